"""Expressions of `where`, `eval` and measures: operator precedence on explicit stacks, so that no text recurses.

From the loosest to the tightest: AND, OR, NOT, comparisons, `.`, `+ -`, `* / %`, the sign, brackets. That OR
binds tighter than AND is as the language is published; where both meet without brackets the reader warns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trawl.errors import Code, Span, TrawlError
from trawl.expr import DEEPEST, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.nesting import Node, call, too_deep
from trawl.language.operators import (
    AND,
    BINARY,
    COMPARISON,
    CONSTANTS,
    NEGATIVE,
    NOT,
    OR,
    WORDS,
    Operator,
    is_callable,
)
from trawl.language.readings import mixture
from trawl.language.tokens import Grain, Kind, Token

_HABITS = {
    "&&": "the language writes AND",
    "!": "the language writes NOT",
    ".": "a number begins with a digit: `0.5`",
    "]": "square brackets hold subqueries; lists are in round ones",
    "[": "square brackets hold subqueries; lists are in round ones",
    "is": "a value that may be missing is asked for by `isnull(f)` and `isnotnull(f)`",
    "between": "a range is two comparisons: `f >= 1 AND f <= 9`",
}


def read_expression(cursor: Cursor) -> Expr:
    """Takes an expression.

    Raises:
        TrawlError: `SYNTAX_ERROR`, `UNKNOWN_FUNCTION`, `QUERY_TOO_DEEP`.
    """
    return _Reading(cursor).run()


def read_field(cursor: Cursor) -> Field:
    """Takes the name of a field as expressions spell it: odd ones in single quotes."""
    token = cursor.peek(Grain.EXPRESSION)
    if token.kind is Kind.NAME or (token.kind is Kind.WORD and token.text.lower() not in WORDS | CONSTANTS.keys()):
        return Field(cursor.take(token).text, token.span)
    raise cursor.surprise("the name of a field", token=token)


@dataclass(frozen=True, slots=True)
class _Term:
    """An operand, and its place with the brackets around it."""

    node: Node
    span: Span
    alternatives: tuple[Span, ...] = ()
    """the places of the operands, if it is an OR without brackets"""


@dataclass(slots=True)
class _Pending:
    """An operator that waits for its operands; `count` operands for one that is flat."""

    operator: Operator
    token: Token
    count: int = 2
    is_negated: bool = False


@dataclass(slots=True)
class _Frame:
    """An open bracket: of a group, of a call, of the list after IN; or the whole expression."""

    opening: Token | None = None
    call: Token | None = None
    """the function's name, or the word IN"""
    subject: _Term | None = None
    """what stands before IN"""
    is_negated: bool = False
    arguments: list[_Term] = field(default_factory=list)
    operands: list[_Term] = field(default_factory=list)
    operators: list[_Pending] = field(default_factory=list)


class _Reading:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._frames = [_Frame()]

    @property
    def _frame(self) -> _Frame:
        return self._frames[-1]

    def run(self) -> Expr:
        while True:
            if self._operand() and not self._operators():
                return self._reduce_all().node.expr

    # --- where an operand is expected ----------------------------------------------------------------

    def _operand(self) -> bool:
        """Takes an operand and says True; or what precedes one, a prefix or an opening bracket."""
        cursor, frame = self._cursor, self._frame
        token = cursor.peek(Grain.EXPRESSION)
        if token.is_mark("("):
            self._open(_Frame(cursor.take(token)))
            return False
        if token.is_mark(")") and frame.call and not (frame.arguments or frame.operands or frame.operators):
            cursor.take(token)
            self._close(token)
            return True
        if token.is_mark("-") or token.is_word("not"):
            cursor.take(token)
            frame.operators.append(_Pending(NEGATIVE if token.text == "-" else NOT, token, 1))
            if len(frame.operators) > 2 * DEEPEST:
                raise too_deep(token.span)
            return False
        if token.is_mark("+"):
            cursor.take(token)
            return False
        if token.kind is Kind.WORD:
            return self._word(token)
        frame.operands.append(_Term(Node(self._constant(token)), token.span))
        return True

    def _word(self, token: Token) -> bool:
        cursor = self._cursor
        following = cursor.after(token, Grain.EXPRESSION)
        name = token.text.lower()
        if following.is_mark("(") and name not in ("and", "or", "as", "by"):
            if not is_callable(name):
                reason = f"there is no function `{token.text}`"
                raise TrawlError(Code.UNKNOWN_FUNCTION, reason, span=token.span)
            cursor.take(following)
            self._open(_Frame(following, token))
            return False
        if name in WORDS:
            hint = f"a field of this name takes single quotes: '{token.text}'"
            raise cursor.surprise("a value", hint, token)
        cursor.take(token)
        expr = Literal(CONSTANTS[name], token.span) if name in CONSTANTS else Field(token.text, token.span)
        self._frame.operands.append(_Term(Node(expr), token.span))
        return True

    def _constant(self, token: Token) -> Expr:
        if token.kind is Kind.STRING:
            return Literal(self._cursor.take(token).text, token.span)
        if token.kind is Kind.NAME:
            return Field(self._cursor.take(token).text, token.span)
        if token.kind is Kind.NUMBER:
            return self._number(self._cursor.take(token))
        raise self._cursor.surprise("a value", _HABITS.get(token.text), token)

    def _number(self, token: Token) -> Literal:
        """A number; a minus sign just before it is part of it."""
        text, span = token.text, token.span
        operators = self._frame.operators
        if operators and operators[-1].operator is NEGATIVE and operators[-1].token.span.end == span.start:
            span = operators.pop().token.span.to(span)
            text = f"-{text}"
        value = int(text) if text.lstrip("-").isdigit() else float(text)
        if value in (float("inf"), float("-inf")):
            raise TrawlError(Code.INVALID_ARGUMENT, f"the number `{text}` is too large", span=span)
        return Literal(value, span, text=None if str(value) == text else text)

    # --- where an operator is expected ---------------------------------------------------------------

    def _operators(self) -> bool:
        """Takes what may follow an operand; True if another operand must follow, False at the end of it all."""
        cursor = self._cursor
        while True:
            frame = self._frame
            token = cursor.peek(Grain.EXPRESSION)
            if token.is_mark(")") and len(self._frames) > 1:
                self._close(cursor.take(token))
                continue
            if token.is_mark(",") and frame.call:
                cursor.take(token)
                frame.arguments.append(self._reduce_all())
                return True
            is_negated = token.is_word("not") and cursor.after(token, Grain.EXPRESSION).is_word("in", "like")
            if is_negated:
                token = cursor.after(cursor.take(token), Grain.EXPRESSION)
            operator = BINARY.get(token.text.lower()) if token.kind in (Kind.MARK, Kind.WORD) else None
            if operator is None:
                return self._end(token)
            cursor.take(token)
            if operator.function == "in":
                self._open_list(token, is_negated)
            else:
                self._push(_Pending(operator, token, is_negated=is_negated))
            return True

    def _end(self, token: Token) -> bool:
        opening = self._frame.opening
        habit = _HABITS.get(token.text.lower()) if token.kind in (Kind.MARK, Kind.WORD) else None
        if opening is not None:
            line = self._cursor.scanner.text.count("\n", 0, opening.span.start) + 1
            hint = habit or f"the bracket was opened in line {line}"
            raise self._cursor.surprise("an operator or `)`", hint, token)
        if habit and not token.is_mark("]"):
            raise self._cursor.surprise("an operator or the end", habit, token)
        return False

    def _push(self, pending: _Pending) -> None:
        """Puts an operator on the stack, after those that bind tighter have taken their operands."""
        operators, operator = self._frame.operators, pending.operator
        while operators and operators[-1].operator.power >= operator.power:
            top = operators[-1]
            if top.operator is operator and operator.is_flat:
                top.count += 1
                return
            if operator.power == COMPARISON == top.operator.power:
                raise self._cursor.surprise("AND, OR or the end", "comparisons do not chain", pending.token)
            self._reduce()
        operators.append(pending)

    # --- brackets ------------------------------------------------------------------------------------

    def _open(self, frame: _Frame) -> None:
        self._frames.append(frame)
        if len(self._frames) > DEEPEST + 1:
            assert frame.opening is not None
            raise too_deep(frame.opening.span)

    def _open_list(self, token: Token, is_negated: bool) -> None:
        """Opens the list after IN; what stands before it becomes the first argument."""
        operators = self._frame.operators
        while operators and operators[-1].operator.power > COMPARISON:
            self._reduce()
        if operators and operators[-1].operator.power == COMPARISON:
            raise self._cursor.surprise("AND, OR or the end", "comparisons do not chain", token)
        opening = self._cursor.peek(Grain.EXPRESSION)
        if not opening.is_mark("("):
            raise self._cursor.surprise("`(` and a list of values after IN", token=opening)
        self._cursor.take(opening)
        self._open(_Frame(opening, token, self._frame.operands.pop(), is_negated))

    def _close(self, closing: Token) -> None:
        """Makes the innermost bracket an operand of the one around it."""
        frame = self._frame
        if frame.operands:
            frame.arguments.append(self._reduce_all())
        self._frames.pop()
        assert frame.opening is not None
        if frame.call is None:
            (inner,) = frame.arguments
            span = frame.opening.span.to(closing.span)
            self._frame.operands.append(_Term(inner.node, span))
            return
        arguments = ([frame.subject] if frame.subject else []) + frame.arguments
        start = frame.subject.span if frame.subject else frame.call.span
        span = start.to(closing.span)
        name = frame.call.text.lower()
        if name in CONSTANTS and not arguments:
            node = Node(Literal(CONSTANTS[name], span))
        else:
            node = call(name, [argument.node for argument in arguments], span)
        self._frame.operands.append(_Term(call("not", [node], span) if frame.is_negated else node, span))

    # --- operands taken ------------------------------------------------------------------------------

    def _reduce_all(self) -> _Term:
        while self._frame.operators:
            self._reduce()
        return self._frame.operands.pop()

    def _reduce(self) -> None:
        """Lets the last operator take its operands."""
        frame = self._frame
        pending = frame.operators.pop()
        operands = frame.operands[-pending.count :]
        del frame.operands[-pending.count :]
        operator = pending.operator
        start = pending.token.span if operator.is_prefix else operands[0].span
        span = start.to(operands[-1].span)
        if operator is AND and any(operand.alternatives for operand in operands):
            places = [operand.alternatives or (operand.span,) for operand in operands]
            self._cursor.notices.append(mixture(self._cursor.scanner.text, places, span))
        node = call(operator.function, [operand.node for operand in operands], span, is_flat=operator.is_flat)
        if pending.is_negated:
            node = call("not", [node], span)
        frame.operands.append(_Term(node, span, tuple(o.span for o in operands) if operator is OR else ()))
