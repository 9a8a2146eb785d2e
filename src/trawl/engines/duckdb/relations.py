"""What each relation becomes: a frame that grows out of those of its inputs, one entry a relation of the algebra.

An entry says which module does it and what that has to know of the statement (`Compiler`): where faults are counted,
which rows are kept for others that read them, which columns the data told.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Given,
    Join,
    Locate,
    Lump,
    Match,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Rows,
    Scan,
    Session,
    Slice,
    Sort,
    Templates,
    Transpose,
    Union,
    Unpack,
    Unpivot,
    Window,
)
from trawl.engines.duckdb import (
    aggregating,
    checks,
    firsts,
    joining,
    late,
    matching,
    ordering,
    profiling,
    reshaping,
    sessions,
    shaping,
    templates,
    totals,
    transposing,
    unpacking,
    windows,
)
from trawl.engines.duckdb.columns import columns_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import kept

if TYPE_CHECKING:
    from trawl.engines.duckdb.compile import Compiler


@singledispatch
def compiled(relation: Relation, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    """The relation as a frame over those of its inputs, which grow into it."""
    raise AssertionError(f"{type(relation).__name__} has no spelling in DuckDB")


@compiled.register(Scan)
def _(relation: Scan, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    frame = compiler.reading(relation).whole(is_counted=id(relation) in compiler.counted)
    if relation.newest is not None:
        frame.limit(relation.newest)
    return frame


@compiled.register(Given)
def _(relation: Given, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return compiler.reading(relation).whole(is_counted=id(relation) in compiler.counted)


@compiled.register(Rows)
def _(relation: Rows, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return shaping.constant_rows(compiler.names, relation)


@compiled.register(Generate)
def _(relation: Generate, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return shaping.generated(compiler.names, relation)


@compiled.register(Filter)
def _(relation: Filter, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    if id(relation.input) in compiler.kept_firsts:
        frame = firsts.numbered(compiler, relation, frame)
    expressions = Expressions(frame, compiler.zone)
    condition = expressions.truth(relation.condition)
    compiler.checks += checks.of_rows(expressions)
    frame.filter(condition)
    frame.settle(frame.columns)
    return frame


@compiled.register(Extend)
def _(relation: Extend, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    expressions = Expressions(frame, compiler.zone)
    added = {name: expressions.operand(expression) for name, expression in relation.assignments}
    if expressions.noted and totals.is_filtered(relation.input, compiler.put_aside):
        compiler.offer(frame, is_kept=True)
        compiler.put_aside.add(id(relation))
    if id(relation) in compiler.carrying:
        checks.carry(expressions)
    else:
        compiler.checks += checks.of_rows(expressions)
    frame.settle({**frame.columns, **added})
    return frame


@compiled.register(Project)
def _(relation: Project, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    frame.settle({new: frame.columns.get(old, ()) for new, old in relation.names})
    return frame


@compiled.register(Sort)
def _(relation: Sort, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    expressions = Expressions(frame, compiler.zone)
    keys = [
        found for key in relation.keys for found in ordering.sort_keys(key, expressions.operand(key.value), expressions)
    ]
    compiler.checks += checks.of_rows(expressions)
    frame.settle(frame.columns, (*keys, *frame.order))
    return frame


@compiled.register(Reverse)
def _(relation: Reverse, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    frame.reverse()
    return frame


@compiled.register(Slice)
def _(relation: Slice, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return late.sliced(compiler, relation, *inputs)


@compiled.register(Aggregate)
def _(relation: Aggregate, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    groups, found = aggregating.aggregate(
        frame, relation, compiler.zone, lambda found: compiler.offer(found, is_kept=True)
    )
    compiler.checks += found
    return groups


@compiled.register(Union)
def _(relation: Union, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return shaping.union(compiler.names, inputs, relation.columns.names)


@compiled.register(Explode)
def _(relation: Explode, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    shaping.explode(frame, relation)
    return frame


@compiled.register(Unpivot)
def _(relation: Unpivot, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    return shaping.unpivot(frame, relation)


@compiled.register(Window)
def _(relation: Window, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    if not totals.can(relation):
        is_first_kept = id(relation) in compiler.kept_firsts
        compiler.checks += windows.extend(frame, relation, compiler.zone, is_first_kept=is_first_kept)
        if not (relation.only_numbers or is_first_kept):
            compiler.offer(frame)
        return frame
    known = compiler.totals.get(id(relation))
    if known is not None:
        totals.join(frame, relation, known, compiler.zone)
        return frame
    if not totals.is_streamed(relation.input):
        compiler.share(frame)
    elif totals.is_filtered(relation.input, compiler.put_aside):
        compiler.offer(frame, is_kept=True)
        compiler.put_aside.add(id(relation))
    measured, found = totals.measure(frame.copy(), relation, compiler.zone)
    compiler.checks += found
    totals.join(frame, relation, measured, compiler.zone)
    compiler.offer(frame)
    return frame


@compiled.register(Session)
def _(relation: Session, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    compiler.checks += sessions.extend(frame, relation, compiler.zone, compiler.host, compiler.statement)
    return frame


@compiled.register(Join)
def _(relation: Join, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    left, right = inputs
    return joining.join(relation, left, right, compiler.zone)


@compiled.register(Match)
def _(relation: Match, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    left, right = inputs
    return matching.match(relation, left, right, compiler.host, compiler.shared, compiler.zone)


@compiled.register(Locate)
def _(relation: Locate, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    return matching.locate(relation, frame, compiler.snapshot, compiler.host, compiler.shared)


@compiled.register(Lump)
def _(relation: Lump, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    if not totals.is_streamed(relation.input):
        compiler.share(frame)
    reshaping.lump(frame, relation, compiler.host, compiler.shared, compiler.zone)
    return frame


@compiled.register(Pivot)
def _(relation: Pivot, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    known = compiler.schema_of(relation.input)
    result, schema = reshaping.pivot(frame, relation, known, compiler.host, compiler.shared)
    compiler.know(relation, schema)
    return result


@compiled.register(Transpose)
def _(relation: Transpose, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    known = compiler.schema_of(relation.input)
    result, schema = transposing.transpose(frame, relation, known, compiler.host, compiler.shared)
    compiler.know(relation, schema)
    return result


@compiled.register(Unpack)
def _(relation: Unpack, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    if id(relation) not in compiler.found:
        if unpacking.are_few(relation.input):
            kept(frame, compiler.host, compiler.shared)
        compiler.find(relation, frame)
    compiler.checks += unpacking.unpack(frame, relation, compiler.found[id(relation)], compiler.zone)
    return frame


@compiled.register(Fill)
def _(relation: Fill, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    return reshaping.fill(inputs[0], relation, compiler.host, compiler.shared)


@compiled.register(Profile)
def _(relation: Profile, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    source = columns_of(relation.input, frame, compiler.snapshot.segments, compiler.host, compiler.shared)
    return profiling.profile(relation, compiler.schema_of(relation.input), source, compiler.names, compiler.host)


@compiled.register(Templates)
def _(relation: Templates, inputs: tuple[Frame, ...], compiler: Compiler) -> Frame:
    (frame,) = inputs
    return templates.mined(frame, relation, compiler.host, compiler.statement)
