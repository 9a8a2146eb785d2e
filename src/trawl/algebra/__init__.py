"""The relations that every command lowers to and every engine compiles: N commands + M engines, not N × M.

A relation is a *sequence* of rows: each one's docstring says in which order its rows come. The order
is total, so that running it again gives the same row at the same index (api.md 2).

Relations are made unbound by commands (`schema` is None, expressions untyped) and bound by
`trawl.planning.bind`. They are compared by identity. A pipeline of 1,000 commands is a chain that
deep, so nothing here or in an engine may recurse over it: use `post_order`.
"""

from __future__ import annotations

from trawl.algebra.base import Relation, Unary, post_order, rebuilt
from trawl.algebra.columns import Lump, Pivot, Transpose, Unpack, Unpivot
from trawl.algebra.groups import BY_PLACE, CARRY, LAG, ROW_NUMBER, Aggregate, Buckets, Fill, Measure, Session, Window
from trawl.algebra.joins import Fact, How, Join, Locate, Match, MatchKey, Union
from trawl.algebra.leaves import Generate, Given, Rows, Scan
from trawl.algebra.rows import Explode, Extend, Filter, Project, Reverse, Slice, Sort, SortKey, SortMode
from trawl.algebra.summaries import Profile, Templates

__all__ = [
    "BY_PLACE",
    "CARRY",
    "LAG",
    "ROW_NUMBER",
    "Aggregate",
    "Buckets",
    "Explode",
    "Extend",
    "Fact",
    "Fill",
    "Filter",
    "Generate",
    "Given",
    "How",
    "Join",
    "Locate",
    "Lump",
    "Match",
    "MatchKey",
    "Measure",
    "Pivot",
    "Profile",
    "Project",
    "Relation",
    "Reverse",
    "Rows",
    "Scan",
    "Session",
    "Slice",
    "Sort",
    "SortKey",
    "SortMode",
    "Templates",
    "Transpose",
    "Unary",
    "Union",
    "Unpack",
    "Unpivot",
    "Window",
    "post_order",
    "rebuilt",
]
