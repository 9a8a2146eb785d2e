"""What the reading of an expression keeps on its stacks: operands, operators that wait for theirs, open brackets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from trawl.errors import Span
from trawl.language.nesting import Node
from trawl.language.operators import Operator
from trawl.language.tokens import Token


class Term(NamedTuple):
    """An operand, and its place with the brackets around it."""

    node: Node
    span: Span
    alternatives: tuple[Span, ...] = ()
    """the places of the operands, if it is an OR without brackets"""


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
    subject: Term | None = None
    """what stands before IN"""
    is_negated: bool = False
    arguments: list[Term] = field(default_factory=list)
    operands: list[Term] = field(default_factory=list)
    operators: list[Pending] = field(default_factory=list)
