"""The fields of JSON objects that rows have as texts."""

from __future__ import annotations

from collections.abc import Callable

from trawl.algebra import Unpack
from trawl.engines.reference.expressions import Faults, evaluate
from trawl.engines.reference.rows import Row, Sequence
from trawl.errors import Notice
from trawl.functions.base import Fault, spread
from trawl.functions.flattening import fields_of_text
from trawl.functions.pairs import LONGEST_NAME, are_pairs
from trawl.schema import STRING, Column, Schema, Type, type_of
from trawl.values import Value


def unpack(relation: Unpack, input_: Sequence, faults: Faults, tell: Callable[[Notice], None]) -> Sequence:
    """The rows with the fields of their objects, of types that hold what was there and what is added."""
    found = [_fields(relation, row, faults) for row in input_.rows]
    values: dict[str, list[Value]] = {}
    for fields in found:
        for name, value in fields.items():
            if name not in relation.kept:
                values.setdefault(name, []).append(value)
    names = sorted(values)
    if len(names) > relation.most:
        tell(relation.notice)
    added = set(names[: relation.most])
    known = input_.schema
    columns = (Column(name, known.type_of(name).union(_type_of(values[name]))) for name in sorted(added))
    rows = [
        row | {name: value for name, value in fields.items() if name in added}
        for row, fields in zip(input_.rows, found, strict=True)
    ]
    return Sequence(Schema(known.with_columns(columns).columns), rows)


def _fields(relation: Unpack, row: Row, faults: Faults) -> dict[str, Value]:
    """The fields of a row's object; a text that is no JSON is at fault."""
    text = _alone(evaluate(relation.text, row, faults))
    try:
        found = fields_of_text(text)
    except ValueError:
        faults.add(Fault("not_json", "a text that is no JSON was found"), relation.text.span)
        return {}
    if not are_pairs(relation.text) or all(len(name) <= LONGEST_NAME for name in found):
        return found
    reason = f"a name of more than {LONGEST_NAME} characters was found, and its pair is left out"
    faults.add(Fault("long_name", reason), relation.text.span)
    return {name: value for name, value in found.items() if len(name) <= LONGEST_NAME}


def _alone(value: Value) -> Value:
    """The value; of an array of one that one."""
    items = spread(value)
    return items[0] if len(items) == 1 else None


def _type_of(values: list[Value]) -> Type:
    """The type that holds the values; arrays without a value in them may hold text."""
    kinds = frozenset(kind for value in values for item in spread(value) for kind in type_of(item).kinds)
    has_lists = any(isinstance(value, list) for value in values)
    return Type(kinds or STRING.kinds, not all(isinstance(value, list) for value in values), has_lists)
