"""What the reading of an expression keeps on its stacks: open brackets, and operators that wait for operands."""

from __future__ import annotations

from dataclasses import dataclass, field

from trawl.language.nesting import Node
from trawl.language.operators import Operator
from trawl.language.tokens import Token


@dataclass(slots=True)
class Pending:
    """An operator that waits for its operands; `count` operands for one that is flat."""

    operator: Operator
    token: Token
    count: int = 2
    is_negated: bool = False


@dataclass(slots=True)
class Frame:
    """An open bracket: of a group, of a call, of the list after IN; or the whole expression."""

    opening: Token | None = None
    call: Token | None = None
    """the function's name, or the word IN"""
    subject: Node | None = None
    """what stands before IN"""
    is_negated: bool = False
    arguments: list[Node] = field(default_factory=list)
    operands: list[Node] = field(default_factory=list)
    operators: list[Pending] = field(default_factory=list)
