"""What is said of conditions side by side of which one field can never fulfil all, or always fulfils one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from trawl.errors import Notice, Span, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.ordering import equal
from trawl.functions.searching import network
from trawl.language.spelling import name_text, quoted
from trawl.schema import NULL
from trawl.values import Scalar, exact_number, simple_lower, text_of

_EQUAL: Final = frozenset({"eq", "search_eq"})


def contradictions(name: str, conditions: Iterable[Expr]) -> Iterator[Notice]:
    """Warnings of conditions as they are bound: of AND where a field would need two values, of OR where it would
    have to have both not to be found.

    Args:
        name: `and` or `or`.
    """
    seen: dict[str, Literal] = {}
    for condition in conditions:
        found = _compared(condition) if name == "and" else _excluded(condition)
        if found is None:
            continue
        field, value, is_search = found
        before = seen.setdefault(field, value)
        if before is not value and not _same(before.value, value.value, is_search):
            yield _notice(name, field, (before, value), condition.span, is_search)
            return


def _notice(name: str, field: str, values: Iterable[Literal], span: Span | None, is_search: bool) -> Notice:
    shown = name_text(clip(field))
    listed = ", ".join(quoted(clip(text_of(value.value))) for value in values if value.value is not None)
    if name == "and":
        message = f"`{shown}` has one value and cannot be both; one of several is asked for by `{shown} IN ({listed})`"
        return Notice("never_holds", message, span)
    both = f"NOT {shown} IN ({listed})" if is_search else f"{shown} NOT IN ({listed})"
    message = f"every value of `{shown}` differs from one of the two; those that differ from both: `{both}`"
    return Notice("always_holds", message, span)


def _compared(condition: Expr) -> tuple[str, Literal, bool] | None:
    """The field and the value of which a condition says that they are equal, and whether as `search` compares."""
    match condition:
        case Call(function, (Field(name) as field, Literal() as value)) if function in _EQUAL:
            type_, is_search = field.type or NULL, function == "search_eq"
            is_pattern = is_search and ("*" in str(value.value) or network(str(value.value)))
            if value.value is not None and type_.kinds and not type_.multivalue and not is_pattern:
                return name, value, is_search
    return None


def _excluded(condition: Expr) -> tuple[str, Literal, bool] | None:
    """The field and the value of which a condition says that they differ."""
    match condition:
        case Call("ne", (left, right)):
            return _compared(Call("eq", (left, right)))
        case Call("and", (Call("search_eq", (_, Literal("*"))), Call("not", (inner,)))) | Call("not", (inner,)):
            return _compared(inner)
    return None


def _same(one: Scalar | None, other: Scalar | None, is_search: bool) -> bool:
    """Whether a value may be equal to both."""
    assert one is not None
    assert other is not None
    if not is_search:
        return equal(one, other)
    texts = simple_lower(text_of(one)), simple_lower(text_of(other))
    numbers = [exact_number(text) for text in texts]
    return texts[0] == texts[1] or (None not in numbers and numbers[0] == numbers[1])
