"""What all relations have, and how a tree of them is walked: never by recursion, as a pipeline may be a long chain."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace

from trawl.schema import Schema


@dataclass(frozen=True, eq=False, kw_only=True)
class Relation:
    """What all relations have: the columns they give, once bound."""

    schema: Schema | None = field(default=None, repr=False)

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The relations that this one reads, in order."""
        return ()

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, that reads other relations in place of its own, as many."""
        assert not inputs
        return self

    @property
    def columns(self) -> Schema:
        """The schema of a bound relation."""
        assert self.schema is not None, f"{type(self).__name__} is not bound"
        return self.schema


@dataclass(frozen=True, eq=False)
class Unary(Relation):
    """What all relations over one other have: that one."""

    input: Relation

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The one that it reads."""
        return (self.input,)

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, over another."""
        (given,) = inputs
        return self if given is self.input else replace(self, input=given)


def rebuilt(root: Relation, change: Callable[[Relation], Relation]) -> Relation:
    """The relation with `change` applied to all below and with it, inputs before what reads them."""
    done: dict[int, Relation] = {}
    for relation in post_order(root):
        inputs = tuple([done[id(child)] for child in relation.inputs])
        done[id(relation)] = change(relation.with_inputs(inputs))
    return done[id(root)]


def post_order(root: Relation, known: Container[int] = ()) -> Iterator[Relation]:
    """Every relation below and with `root`, inputs before what reads them, each once; no recursion.

    Args:
        known: identities of relations that count as leaves: what is below them is left out.
    """
    seen: set[int] = set()
    stack: list[tuple[Relation, bool]] = [(root, False)]
    while stack:
        relation, opened = stack.pop()
        if opened:
            yield relation
        elif id(relation) not in seen:
            seen.add(id(relation))
            stack.append((relation, True))
            if id(relation) not in known:
                stack.extend((child, False) for child in reversed(relation.inputs))


def are_same(given: tuple[Relation, ...], own: tuple[Relation, ...]) -> bool:
    """Whether the inputs given are those that a relation has, each the same one."""
    return all(new is old for new, old in zip(given, own, strict=True))
