"""DuckDB's spelling of the operators of `search` (`trawl.functions.searching`): without regard to case, never null."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text_of
from trawl.engines.duckdb.comparing import compare, with_number
from trawl.engines.duckdb.expressions import Expressions, any_value
from trawl.engines.duckdb.operands import Alternative, constant
from trawl.engines.duckdb.scopes import Scope
from trawl.engines.duckdb.spelling.network import within
from trawl.expr import Call, Literal
from trawl.functions.searching import network, terms
from trawl.instants import read_time
from trawl.schema import Kind
from trawl.values import Instant, Scalar, exact_number, simple_lower
from trawl.values import text_of as plain_text

_TERM: Final = r"\pL\pN_"


def like_pattern(pattern: str) -> str:
    """A pattern of `search` for ILIKE: `*` is any run of characters, everything else is itself."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def matches(value: str, pattern: str) -> str:
    """Whether a text matches a pattern with wildcards, without regard to case."""
    escape = " ESCAPE '\\'" if any(sign in pattern for sign in "\\%_") else ""
    return f"({value} ILIKE {sql.text(like_pattern(pattern))}{escape})"


def same_text(value: str, wanted: str) -> str:
    """Whether two texts are equal without regard to case."""
    folded = simple_lower(wanted)
    if folded.isascii() and not any(character.isalpha() for character in folded):
        return f"({value} = {sql.text(folded)})"
    return f"(length({value}) = {len(folded)} AND lower({value}) = {sql.text(folded)})"


def _is(to: Expressions, call: Call) -> list[str]:
    field, literal = call.arguments
    operand = to.operand(field)
    wanted = _constant(literal)
    if wanted is None:
        return []
    written = plain_text(wanted)
    if written == "*":
        return [sql.any_of(f"{given.sql} IS NOT NULL" for given in operand)] if operand else []
    return any_value(operand, lambda value, to: _one_is(value, written, to), to)


def _is_one_of(to: Expressions, call: Call) -> list[str]:
    field, *literals = call.arguments
    operand = to.operand(field)
    wanted = dict.fromkeys(plain_text(value) for literal in literals if (value := _constant(literal)) is not None)
    if "*" in wanted:
        return [sql.any_of(f"{given.sql} IS NOT NULL" for given in operand)] if operand else []
    return any_value(operand, lambda value, to: _one_is_among(value, wanted, to), to)


def _one_is_among(value: Alternative, wanted: Iterable[str], to: Scope) -> str | None:
    """Whether a value is one of many: a list for all that can be in one, a condition for each of the others."""
    listed: list[str] = []
    others: list[str] = []
    for text in wanted:
        constant_of_list = None if "*" in text else _listed(value, text)
        if constant_of_list is not None:
            listed.append(constant_of_list)
        if constant_of_list is None or (value.kind is Kind.STRING and network(text) is not None):
            condition = _one_is(value, text, to)
            others.extend([] if condition is None else [condition])
    if listed:
        own = to.bind(value.sql)
        # a text whose lower case has another length is folded otherwise than the constants are
        kept = f"length({own}) = length(lower({own})) AND lower({own})" if value.kind is Kind.STRING else own
        others.insert(0, f"({kept} IN ({', '.join(listed)}))")
    return sql.any_of(others) if others else None


def _listed(value: Alternative, wanted: str) -> str | None:
    """A constant that only equal values of this kind are, folded; None where there is no such constant."""
    if value.kind is Kind.STRING:
        return sql.text(simple_lower(wanted))
    if value.kind is Kind.TIME:
        instant = read_time(wanted)
        return None if instant is None else sql.literal(instant)
    number = exact_number(wanted) if value.kind is Kind.INTEGER else None
    is_whole = number is not None and number == number.to_integral_value() and abs(number) < 1 << 63
    return sql.integer(int(number)) if is_whole and number is not None else None


def _one_is(value: Alternative, wanted: str, to: Scope) -> str | None:
    if "*" in wanted:
        return matches(text_of(value, to), wanted)
    match value.kind:
        case Kind.STRING:
            block = network(wanted)
            same_as = same_text(value.sql, wanted)
            return same_as if block is None else sql.any_of([same_as, within(value.sql, block, to)])
        case Kind.BOOLEAN:
            folded = simple_lower(wanted)
            return f"({value.sql} = {folded})" if folded in {"true", "false"} else None
        case Kind.TIME:
            instant = read_time(wanted)
            return None if instant is None else f"({value.sql} = {sql.literal(instant)})"
        case _:
            number = exact_number(wanted)
            return None if number is None else with_number(value, "=", number, to)


def _ordered(operator: str) -> Callable[[Expressions, Call], list[str]]:
    def build(to: Expressions, call: Call) -> list[str]:
        field, literal = call.arguments
        bound = _constant(literal)
        if bound is None:
            return []
        return any_value(to.operand(field), lambda value, to: _is_beyond(value, operator, bound, to), to)

    return build


def _is_beyond(value: Alternative, operator: str, bound: Scalar, to: Scope) -> str | None:
    if value.kind is Kind.BOOLEAN or isinstance(bound, bool):
        return None
    if value.kind is Kind.TIME:
        instant = read_time(bound)
        return None if instant is None else f"({value.sql} {operator} {sql.literal(instant)})"
    if isinstance(bound, Instant):
        return compare(value, operator, constant(bound)[0], to)
    number = exact_number(bound) if isinstance(bound, str) else bound
    return None if number is None else with_number(value, operator, number, to)


def _has_text(to: Expressions, call: Call) -> list[str]:
    wanted = _constant(call.arguments[0])
    if wanted is None:
        return []
    written = plain_text(wanted)
    sought = () if "*" in written else terms(written)
    between = _between(sought)
    found: list[str] = []
    texts: list[str] = []
    for field in call.arguments[1:]:
        others: list[Alternative] = []
        for alternative in to.operand(field):
            if not sought or alternative.kind in {None, Kind.BOOLEAN}:
                others.append(alternative)
            elif not _may_have(alternative, sought):
                continue
            elif not alternative.many:
                texts.append(text_of(alternative, to))
            elif alternative.kind is Kind.STRING:
                texts.append(f"array_to_string({alternative.sql}, {between})")
            else:
                others.append(alternative)
        found += any_value(tuple(others), lambda value, to: _one_has(value, written, sought, to), to)
    if texts:
        found.append(_any_has(texts, sought))
    return [sql.any_of(found) if found else "false"]


def _may_have(value: Alternative, sought: tuple[str, ...]) -> bool:
    """Whether such values can have all of the terms: texts have their signs, numbers and times have digits."""
    if value.kind is Kind.INTEGER:
        return len(sought) == 1 and sought[0].isdigit()
    if value.kind is Kind.STRING:
        return value.signs is None or all(set(value.signs).issuperset(term) for term in sought)
    return all(any(sign.isdigit() for sign in term) for term in sought)


def _any_has(texts: list[str], sought: tuple[str, ...]) -> str:
    """Whether the terms stand side by side in one of many texts.

    One regular expression over all of them, for those events alone that hold the letters at all: DuckDB compiles
    every expression that it sees, which for hundreds of columns takes longer than to read them, and one in a lambda
    anew for every 2,048 rows.
    """
    rough = sql.any_of(_rough(text, sought) for text in texts)
    every = f"concat_ws({_between(sought)}, {', '.join(texts)})" if len(texts) > 1 else texts[0]
    return f"CASE WHEN {rough} THEN {_exact(every, sought)} ELSE false END"


def _between(sought: tuple[str, ...]) -> str:
    """What is put between texts: a term that is not sought, so that none is found across the seam."""
    term = "_"
    while term in sought:
        term += "_"
    return sql.text(f"\n{term}\n")


def _one_has(value: Alternative, wanted: str, sought: tuple[str, ...], to: Scope) -> str | None:
    if not sought:
        return matches(text_of(value, to), wanted if "*" in wanted else f"*{wanted}*")
    if value.kind is Kind.BOOLEAN:
        return f"({value.sql} = {sought[0]})" if sought in {("true",), ("false",)} else None
    if not _may_have(value, sought):
        return None
    text = to.bind(text_of(value, to))
    return f"({_rough(text, sought)} AND {_exact(text, sought)})"


def _rough(text: str, sought: tuple[str, ...]) -> str:
    """Whether a text holds the letters of all terms: what can be told fast."""
    return sql.all_of(matches(text, f"*{term}*") for term in sought)


def _exact(text: str, sought: tuple[str, ...]) -> str:
    """Whether the terms stand side by side in a text, each whole."""
    pattern = f"(^|[^{_TERM}]){f'[^{_TERM}]+'.join(sought)}($|[^{_TERM}])"
    return f"regexp_matches(lower({text}), {sql.text(pattern)}, 's')"


def _constant(expression: object) -> Scalar | None:
    assert isinstance(expression, Literal), "the parser gives operators of search a constant"
    return expression.value


SEARCHES: Final = {
    "search_eq": _is,
    "search_in": _is_one_of,
    "search_lt": _ordered("<"),
    "search_le": _ordered("<="),
    "search_gt": _ordered(">"),
    "search_ge": _ordered(">="),
    "search_text": _has_text,
}
