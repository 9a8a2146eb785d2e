"""Rewrites of a plan that never change its rows: a tuple, applied in order.

Each is a module with one function `apply(root) -> root`, from bound relations to bound ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.algebra import Relation
from trawl.planning.rules import memberships, merge, prune, sink, skip

RULES: Final[tuple[Callable[[Relation], Relation], ...]] = (
    sink.apply,
    merge.apply,
    memberships.apply,
    prune.apply,
    skip.apply,
)


def improve(root: Relation) -> Relation:
    """The plan after all rewrites."""
    for rule in RULES:
        root = rule(root)
    return root
