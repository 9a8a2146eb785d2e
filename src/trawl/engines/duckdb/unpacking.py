"""The fields of JSON objects in texts (`trawl.algebra.Unpack`): found level by level, then read at once.

An object that is made of pairs is never written: the pairs themselves tell its fields.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from trawl.algebra import Extend, Filter, Project, Relation, Scan, Slice, Unpack
from trawl.engines.duckdb import checks, documents, pairs, sql
from trawl.engines.duckdb.arguments import of_kind
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.documents import Path
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import Host, Shared, asking
from trawl.engines.duckdb.operands import Alternative, Operand, is_there, one
from trawl.engines.duckdb.scopes import Flaw, Silent
from trawl.engines.duckdb.spelling.json import is_valid_json
from trawl.expr import Call
from trawl.functions.pairs import are_pairs
from trawl.schema import Column, Kind, Schema, Type

FEW: Final = 20_000
"""Rows that are kept with all their columns, so that they can be looked at twice."""


@dataclass(frozen=True)
class Found:
    """The fields that objects have.

    Attributes:
        fields: by name the paths that lead to each.
        signs: by path what the values are (`trawl.engines.duckdb.documents`).
        has_long: whether names of pairs are too long, which are left out.
    """

    fields: Mapping[str, Sequence[Path]]
    signs: Mapping[Path, Collection[str]]
    has_long: bool = False

    def are_texts(self, several: Sequence[Path]) -> bool:
        """Whether one path leads to a field, and to nothing but texts."""
        return len(several) == 1 and set(self.signs[several[0]]) == {documents.TEXT}

    def type_of(self, name: str) -> Type:
        """What a field may be."""
        every = {sign for path in self.fields[name] for sign in self.signs[path]}
        return documents.type_of(every, merges=len(self.fields[name]) > 1)

    def schema(self, known: Schema) -> Schema:
        """The columns of rows that have others besides."""
        return known.with_columns(Column(name, known.type_of(name).union(self.type_of(name))) for name in self.fields)


def are_few(relation: Relation) -> bool:
    """Whether the relation gives few rows of what may be many: to keep them is less than to read twice for them."""
    while isinstance(relation, Filter | Extend | Project | Slice):
        if isinstance(relation, Slice) and relation.count is not None and relation.count <= FEW:
            return True
        relation = relation.input
    return isinstance(relation, Scan) and relation.newest is not None and relation.newest <= FEW


def find(frame: Frame, relation: Unpack, zone: str, host: Host, shared: list[Shared]) -> Found:
    """Looks at the texts of all rows to learn which fields their objects have.

    The texts alone are kept for it, as rows with all their columns may be far larger.
    """
    if are_pairs(relation.text):
        return _of_pairs(frame, relation, zone, host, shared)
    text = _document(Expressions(frame, zone), relation)
    table = host.keep(asking(frame.select([f"{text} AS document"]), host, shared))
    signs = documents.paths(table, host, relation.most)
    fields: dict[str, list[Path]] = {}
    for path in sorted(signs):
        fields.setdefault(".".join(path), []).append(path)
    return Found({name: fields[name] for name in _added(fields, relation, host)}, signs)


def _of_pairs(frame: Frame, relation: Unpack, zone: str, host: Host, shared: list[Shared]) -> Found:
    """The names in pairs, whose values are texts. Of equal texts one is read; an empty name stands for long ones."""
    text = pairs.text_of(relation.text, Expressions(frame, zone))
    document = frame.names.new()
    given = frame.select([f"{text} AS {document}"])
    texts = Frame(frame.names, f"(SELECT DISTINCT {document} FROM ({given}))", {})
    names = pairs.names(pairs.found(document, relation.text, texts), relation.text)
    named = f"CASE WHEN {pairs.is_long('name')} THEN '' ELSE name END"
    query = f"SELECT DISTINCT {named} FROM ({texts.select([f'unnest({names}) AS name'])}) ORDER BY ALL"
    limit = relation.most + len(relation.kept) + 2
    found = [str(name) for (name,) in host.rows(asking(f"{query} LIMIT {limit}", host, shared))]
    paths: dict[str, Path] = {name: (name,) for name in _added(filter(None, found), relation, host)}
    signs = {path: {documents.TEXT} for path in paths.values()}
    return Found({name: [path] for name, path in paths.items()}, signs, has_long="" in found)


def _added(found: Iterable[str], relation: Unpack, host: Host) -> Sequence[str]:
    """The fields that are added of those that there are, by name."""
    names = sorted(set(found) - set(relation.kept))
    if len(names) > relation.most:
        host.tell(relation.notice)
    return names[: relation.most]


def unpack(frame: Frame, relation: Unpack, found: Found, zone: str) -> list[Check]:
    """Adds the fields to the frame, each layer of it for all of them at once; what counts the faults of the texts."""
    to = Expressions(frame, zone)
    added = _pairs(to, relation, found) if are_pairs(relation.text) else _members(to, relation, found)
    columns = dict(frame.columns)
    for name in found.fields:
        is_new = is_there(added[name])
        old = frame.columns.get(name, ())
        masked = (replace(g, sql=f"CASE WHEN NOT {is_new} THEN {g.sql} END", constant=None) for g in old)
        columns[name] = (*masked, *added[name])
    counted = checks.of_rows(to)
    frame.settle(columns)
    return counted


def _pairs(to: Expressions, relation: Unpack, found: Found) -> dict[str, Operand]:
    """The values of pairs by their names, of each name the first one."""
    text = pairs.text_of(relation.text, to)
    several = pairs.found(text, relation.text, to)
    names = to.frame.compute(pairs.names(several, relation.text))
    values = to.frame.compute(pairs.values(text, several, relation.text, to))
    if found.has_long:
        with to.at(relation.text.span):
            to.note(Flaw.LONG_NAME, f"len(list_filter({names}, lambda x: {pairs.is_long('x')})) > 0")
    return {
        name: one(Kind.STRING, to.frame.compute(f"{values}[list_position({names}, {sql.text(name)})]"))
        for name in found.fields
    }


def _members(to: Expressions, relation: Unpack, found: Found) -> dict[str, Operand]:
    """The values of members of objects, by the names of fields."""
    frame = to.frame
    document = frame.compute(_document(to, relation, counts=True))
    plain = {name: several[0] for name, several in found.fields.items() if found.are_texts(several)}
    others = [path for name, several in found.fields.items() if name not in plain for path in several]
    texts = frame.compute(documents.extracted_texts(document, list(plain.values())))
    every = frame.compute(documents.extracted(document, others))
    added: dict[str, Operand] = {
        name: one(Kind.STRING, frame.compute(f"{texts}[{number}]")) for number, name in enumerate(plain, 1)
    }
    values = {path: frame.compute(f"{every}[{number}]") for number, path in enumerate(others, 1)}
    boxes = {path: frame.compute(documents.boxed(values[path], found.signs[path])) for path in others}
    together = {
        name: _merged([boxes[path] for path in several], frame)
        for name, several in found.fields.items()
        if name not in plain
    }
    for name, box in together.items():
        is_wide = any(documents.WIDE in found.signs[path] for path in found.fields[name])
        added[name] = _value(box, found.type_of(name), is_wide=is_wide)
    return added


def _document(to: Expressions, relation: Unpack, *, counts: bool = False) -> str:
    """The text where it is a JSON object, else null.

    Args:
        counts: whether texts that are no JSON count as faults; what was made as JSON is.
    """
    text = to.frame.compute(of_kind(to.operand(relation.text), Kind.STRING, Silent(to)))
    if counts and not isinstance(relation.text, Call):
        with to.at(relation.text.span):
            to.note(Flaw.NO_JSON, f"NOT {is_valid_json(text)}")
    is_valid = f"{text}[1] IN ('{{', ' ', '\t', '\n', '\r') AND {is_valid_json(text)}"
    return f"CASE WHEN CASE WHEN {is_valid} THEN json_type({text}) = 'OBJECT' END THEN {text} END"


def _merged(boxes: Sequence[str], frame: Frame) -> str:
    """What several paths of one name lead to: the one value, or an array of all."""
    if len(boxes) == 1:
        return boxes[0]
    count = " + ".join(f"CAST({box} IS NOT NULL AS INTEGER)" for box in boxes)
    items = ", ".join(f"nullif(CASE WHEN {box}[1] = '[' THEN {box}[2:-2] ELSE {box} END, '')" for box in boxes)
    together = f"'[' || concat_ws(',', {items}) || ']'"
    return frame.compute(f"CASE WHEN {count} > 1 THEN {together} ELSE {sql.coalesce(boxes, 'VARCHAR')} END")


def _value(box: str, type_: Type, *, is_wide: bool) -> Operand:
    """A boxed value, as what it holds where that is single and of one kind."""
    if type_.kind is None or type_.multivalue:
        return (Alternative(box, None, inside=type_),)
    value = documents.of_kind(box, type_.kind, is_wide=is_wide)
    return (Alternative(value, type_.kind, wide=is_wide and type_.kind is Kind.INTEGER),)
