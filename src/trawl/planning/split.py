"""Where a plan is cut: what an engine runs where the data is, and what is finished here, with the same meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from trawl.algebra import Given, Relation, post_order


class Capable(Protocol):
    """What splitting asks of an engine."""

    def can(self, relation: Relation) -> bool:
        """Whether it runs this relation, given that it runs its inputs."""


@dataclass(frozen=True)
class Cut:
    """A plan in two.

    Attributes:
        remote: the relations that the engine runs, under the names by which `local` reads them.
        local: what the embedded engine finishes; None where the engine runs it all.
    """

    remote: tuple[tuple[str, Relation], ...]
    local: Relation | None


def split(root: Relation, engine: Capable) -> Cut:
    """Cuts as high as the engine can: every relation runs there whose inputs do and that it can."""
    runs: set[int] = set()
    order = list(post_order(root))
    for relation in order:
        if all(id(child) in runs for child in relation.inputs) and engine.can(relation):
            runs.add(id(relation))
    if id(root) in runs:
        return Cut((("result", root),), None)
    remote: dict[int, tuple[str, Relation]] = {}
    leaves: dict[int, Given] = {}  # one for all that read it, as what is given is read once
    rebuilt: dict[int, Relation] = {}
    for relation in order:
        if id(relation) in runs:
            continue
        inputs: list[Relation] = []
        for child in relation.inputs:
            if id(child) in runs:
                name, _ = remote.setdefault(id(child), (f"remote{len(remote)}", child))
                inputs.append(leaves.setdefault(id(child), Given(name, schema=child.schema)))
            else:
                inputs.append(rebuilt[id(child)])
        rebuilt[id(relation)] = relation.with_inputs(tuple(inputs))
    return Cut(tuple(remote.values()), rebuilt[id(root)])
