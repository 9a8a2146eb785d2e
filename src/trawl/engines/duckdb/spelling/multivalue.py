"""DuckDB's spelling of functions of multivalues (`trawl.functions.multivalue`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import FARTHEST, as_float, numbers, pattern, text, whole
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import in_order, key_text, kinds_of, listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, constant, element, is_there, one, opened
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.expr import Call, Expr, Literal
from trawl.functions.multivalue import MOST_VALUES
from trawl.schema import Kind, Type


def is_uniform(operand: Operand) -> bool:
    """Whether all values are of one kind, and known to be."""
    return len({given.kind for given in operand}) == 1 and operand[0].kind is not None


def boxes(given: Alternative) -> str:
    """A list of values as one of boxed values."""
    return f"list_transform({given.sql}, lambda x: {box(replace(given, sql='x', many=False), INLINE)})"


def filled(to: Expressions, values: str) -> str:
    """A list, or null where it has no values."""
    values = to.bind(values)
    return f"CASE WHEN len({values}) > 0 THEN {values} END"


def _append(to: Expressions, call: Call) -> Operand:
    lists = [in_order(to.operand(argument), to) for argument in call.arguments]
    every = tuple(given for operand in lists for given in operand)
    kinds = kinds_of(every)
    if not kinds:
        return ()
    if is_uniform(every):
        (kind,) = kinds
        joined = filled(to, f"list_concat({', '.join(given.sql for given in every)})")
        return (Alternative(joined, kind, many=True, wide=any(given.wide for given in every)),)
    joined = filled(to, f"list_concat({', '.join(map(boxes, every))})")
    return (Alternative(joined, None, many=True, inside=Type(kinds)),)


def _count(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    counts = (f"coalesce(len({given.sql}), 0)" for given in listed(operand, to))
    return one(Kind.INTEGER, f"CASE WHEN {is_there(operand)} THEN {' + '.join([*counts, '0'])} END")


def _texts(to: Expressions, operand: Operand, form: str = "{}") -> str:
    """The list of the values' texts, or of something computed of each."""
    lists = []
    for given in in_order(operand, to):
        computed = form.format(text((element(given, "x"),), INLINE))
        lists.append(given.sql if computed == "x" else f"list_transform({given.sql}, lambda x: {computed})")
    return sql.coalesce(lists, "VARCHAR[]")


def _join(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    between = text(to.operand(call.arguments[1]), to)
    if not any(given.many for given in opened(operand, to)):
        return one(Kind.STRING, f"CASE WHEN {between} IS NOT NULL THEN {text(operand, to)} END")
    joined = sql.coalesce((_joined(to, given, between) for given in in_order(operand, to)), "VARCHAR")
    return one(Kind.STRING, f"CASE WHEN {is_there(operand)} AND {between} IS NOT NULL THEN coalesce({joined}, '') END")


def _written(to: Expressions, call: Call) -> Operand:
    """`search_written`: the values in quotes, with OR between them."""
    operand = to.operand(call.arguments[0])
    before = text(to.operand(call.arguments[1]), to)
    found = sql.coalesce((_conditions(to, given, before) for given in in_order(operand, to)), "VARCHAR")
    return one(Kind.STRING, found)


def _conditions(to: Expressions, given: Alternative, before: str) -> str:
    value = text((element(given, "x"),), INLINE)
    escaped = rf"""replace(replace({value}, '\', '\\'), '"', '\"')"""
    texts = f"""list_transform({given.sql}, lambda x: {before} || '"' || {escaped} || '"')"""
    kept = to.bind(f"CASE WHEN len({given.sql}) > 0 THEN {texts} END")
    several = f"'(' || array_to_string({kept}, ' OR ') || ')'"
    return f"CASE WHEN len({kept}) > 1 THEN {several} ELSE {kept}[1] END"


def _joined(to: Expressions, given: Alternative, between: str) -> str:
    texts = f"list_transform({given.sql}, lambda x: {text((element(given, 'x'),), INLINE)})"
    kept = to.bind(f"CASE WHEN len({given.sql}) > 0 THEN {texts} END")
    return f"list_reduce({kept}, lambda before, after: before || {between} || after)"


def _index(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    start, *end = (_place(to, argument) for argument in call.arguments[1:])
    found = []
    for given in in_order(operand, to):
        values = to.bind(given.sql)
        first = to.bind(_from_start(start, values))
        if not end:
            item = f"CASE WHEN {first} >= 0 THEN {values}[{first} + 1] END"
            found.append(replace(given, sql=item, many=False))
        else:
            last = to.bind(_from_start(end[0], values))
            begin = f"greatest({first}, 0)"  # 0 of null, so that it is asked for first
            there = f"{first} IS NOT NULL AND {begin} <= {last} AND {begin} < len({values})"
            piece = f"CASE WHEN {there} THEN {values}[{begin} + 1 : {last} + 1] END"
            found.append(replace(given, sql=piece))
    return tuple(found)


def _place(to: Expressions, argument: Expr) -> str:
    if isinstance(argument, Literal) and isinstance(argument.value, int):
        return sql.integer(max(-FARTHEST, min(argument.value, FARTHEST)))
    return to.bind(sql.bounded(to.bind(whole(to.operand(argument), to)), -FARTHEST, FARTHEST))


def _from_start(place: str, values: str) -> str:
    return f"CASE WHEN {place} < 0 THEN len({values}) + {place} ELSE {place} END"


def _find(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    if not operand:
        return ()
    written = pattern(call.arguments[1]).replace("{", "{{").replace("}", "}}")
    matched = _texts(to, operand, f"regexp_matches({{}}, {written})")
    return one(Kind.INTEGER, f"CAST(nullif(list_position({matched}, true), 0) AS BIGINT) - 1")


def _deduplicated(to: Expressions, call: Call) -> Operand:
    lists = in_order(to.operand(call.arguments[0]), to)
    return tuple(replace(given, sql=filled(to, _once(to, given))) for given in lists)


def _once(to: Expressions, given: Alternative) -> str:
    """Each value of a list once, in order of first sight; a whole float as the integer, if that is there too."""
    values = to.bind(given.sql)
    if given.kind is not None:
        kept = f"list_filter({values}, lambda x, place: list_position({values}, x) = place)"
        return f"CASE WHEN len(list_distinct({values})) = len({values}) THEN {values} ELSE {kept} END"
    keys = to.bind(f"list_transform({values}, lambda x: {key_text(opened((element(given, 'x'),), INLINE), INLINE)})")
    first = f"list_filter(range(1, len({keys}) + 1), lambda place: list_position({keys}, {keys}[place]) = place)"
    seen = f"CASE WHEN list_contains({values}, {keys}[place]) THEN {keys}[place] ELSE {values}[place] END"
    return f"list_transform({first}, lambda place: {seen})"


def _sorted(to: Expressions, call: Call) -> Operand:
    operand = opened(to.operand(call.arguments[0]), to)
    lists = listed(operand, to)
    if not any(given.many and given.kind is None for given in operand):
        return tuple(replace(given, sql=filled(to, f"list_sort({given.sql})")) for given in lists)
    structs = ", ".join(ordering.each(given, ordering.struct) for given in lists)
    values = f"list_transform(list_sort(list_concat({structs})), lambda x: x.b)"
    return (Alternative(filled(to, values), None, many=True, inside=Type(kinds_of(lists))),)


def _zip(to: Expressions, call: Call) -> Operand:
    left, right = (_texts(to, to.operand(argument)) for argument in call.arguments[:2])
    between = text(to.operand(call.arguments[2]), to) if len(call.arguments) > 2 else "','"
    pairs = f"list_transform(list_zip({left}, {right}, true), lambda x: x[1] || {between} || x[2])"
    known = f"({left}) IS NOT NULL AND ({right}) IS NOT NULL AND {between} IS NOT NULL"
    return (Alternative(filled(to, f"CASE WHEN {known} THEN {pairs} END"), Kind.STRING, many=True),)


def _range(to: Expressions, call: Call) -> Operand:
    known = [_held(to, argument) for argument in call.arguments]
    if len(known) < 3:
        known.append(constant(1))
    whole = [given.sql for each in known for given in each if given.kind is Kind.INTEGER]
    integers = _integers(to, *whole) if len(whole) == len(known) else None
    if integers is not None and all(len(each) == 1 for each in known):
        return (Alternative(filled(to, integers), Kind.INTEGER, many=True),)
    are_whole = sql.all_of(f"{given} IS NOT NULL" for given in whole) if integers is not None else "false"
    with to.where(f"NOT ({are_whole})"):
        values = _floats(to, *(to.bind(sql.coalesce(map(as_float, each), "DOUBLE")) for each in known))
    if integers is not None:
        values = f"CASE WHEN {are_whole} THEN CAST({integers} AS DOUBLE[]) ELSE {values} END"
    return (Alternative(filled(to, values), Kind.FLOAT, many=True),)


def _held(to: Expressions, argument: Expr) -> Operand:
    """A number; an integer where 64 bits hold it."""
    found = numbers(to.operand(argument), to) or (Alternative(sql.null("BIGINT"), Kind.INTEGER),)
    return tuple(
        replace(given, sql=to.bind(held(to, given.sql, given.wide, [given.sql]) if given.wide else given.sql))
        for given in found
    )


def _integers(to: Expressions, start: str, end: str, step: str) -> str:
    away = f"({end}::HUGEINT - {start}) * sign({step})"
    too_many = f"{away} > {MOST_VALUES}::HUGEINT * abs({step}::HUGEINT)"
    return _unless(to, step, too_many, f"range({start}, {end}, {step})")


def _floats(to: Expressions, start: str, end: str, step: str) -> str:
    count = to.bind(f"({end} - {start}) / nullif({step}, 0)")
    places = f"range(CAST(ceil(CASE WHEN {count} > 0 THEN {count} ELSE 0 END) AS BIGINT))"
    made = f"list_transform({places}, lambda place: {start} + place * {step})"
    return _unless(to, step, f"{count} > {MOST_VALUES}", made)


def _unless(to: Expressions, step: str, too_many: str, made: str) -> str:
    """The values, unless there is no step or they are too many."""
    to.note(Flaw.NOT_DEFINED, f"{step} = 0")
    to.note(Flaw.TOO_MANY_VALUES, f"{step} != 0 AND {too_many}")
    return f"CASE WHEN {step} != 0 AND NOT ({too_many}) THEN {made} END"


Builder = Callable[[Expressions, Call], Operand]

SCALARS: Final[dict[str, Builder]] = {
    "mvappend": _append,
    "mvcount": _count,
    "mvdedup": _deduplicated,
    "mvfind": _find,
    "mvindex": _index,
    "mvjoin": _join,
    "mvrange": _range,
    "mvsort": _sorted,
    "mvzip": _zip,
    "search_written": _written,
}
