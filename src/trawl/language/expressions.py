"""Expressions of `where`, `eval` and measures: operator precedence on explicit stacks, so that no text recurses.

From the loosest to the tightest: AND, OR, NOT, comparisons, `.`, `+ -`, `* / %`, the sign, brackets. That OR
binds tighter than AND is as the language is published; where both meet without brackets the reader warns.
"""

from __future__ import annotations

import math

from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import DEEPEST, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.embedded import SEARCH, read_embedded
from trawl.language.habits import CALLS, COMMENT, NO_NAMES, subquery_hint
from trawl.language.misplaced import no_operator, no_value
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
from trawl.language.stacks import Frame, Pending
from trawl.language.tokens import Grain, Kind, Token
from trawl.values import LARGEST_INTEGER


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
    raise cursor.surprise("the name of a field", NO_NAMES.get(token.text), token)


class _Reading:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._frames = [Frame()]

    def run(self) -> Expr:
        while True:
            if self._operand() and not self._operators():
                return self._reduce_all().expr

    # --- where an operand is expected ----------------------------------------------------------------

    def _operand(self) -> bool:
        """Takes an operand and says True; or what precedes one, a prefix or an opening bracket."""
        cursor, frame = self._cursor, self._frames[-1]
        token = cursor.peek(Grain.EXPRESSION)
        if token.kind is Kind.WORD:
            return self._word(token)
        if token.kind is not Kind.MARK:
            expr = self._constant(token)
            assert expr.span is not None
            frame.operands.append(Node(expr, expr.span))
            return True
        if token.text == "(":
            self._open(Frame(cursor.take(token)))
            return False
        if token.text == ")" and frame.call and not (frame.arguments or frame.operands or frame.operators):
            cursor.take(token)
            self._close(token)
            return True
        if token.text == "-":
            self._prefix(NEGATIVE, token)
        elif token.text == "+":
            cursor.take(token)
        else:
            raise no_value(cursor, frame, token)
        return False

    def _prefix(self, operator: Operator, token: Token) -> None:
        text, before = self._cursor.scanner.text, token.end - 2
        operators = self._frames[-1].operators
        if operators and operators[-1].token.start == before and text.startswith("-- ", before):
            span = Span(before, token.end)
            raise TrawlError(Code.SYNTAX_ERROR, "found `--`, expected a value after `-`", hint=COMMENT, span=span)
        self._cursor.take(token)
        operators.append(Pending(operator, token, 1))
        if len(operators) > 2 * DEEPEST:
            raise too_deep(token.span)

    def _word(self, token: Token) -> bool:
        cursor, name = self._cursor, token.word
        if name == "not":
            self._prefix(NOT, token)
            return False
        following = cursor.after(token, Grain.EXPRESSION)
        if following.is_mark("(") and name not in ("and", "or", "as", "by"):
            if not is_callable(name):
                reason = f"there is no function `{clip(token.text)}`"
                raise TrawlError(Code.UNKNOWN_FUNCTION, reason, hint=CALLS.get(name), span=token.span)
            cursor.take(following)
            self._open(Frame(following, token))
            return False
        if name in WORDS:
            hint = f"a field of this name takes single quotes: '{token.text}'"
            raise cursor.surprise("a value", hint, token)
        cursor.take(token)
        span = token.span
        expr = Literal(CONSTANTS[name], span) if name in CONSTANTS else Field(token.text, span)
        self._frames[-1].operands.append(Node(expr, span))
        return True

    def _constant(self, token: Token) -> Expr:
        if token.kind is Kind.NUMBER:
            return self._number(self._cursor.take(token))
        if token.kind is Kind.STRING:
            return Literal(self._cursor.take(token).text, token.span)
        if token.kind is Kind.NAME:
            return Field(self._cursor.take(token).text, token.span)
        raise no_value(self._cursor, self._frames[-1], token)

    def _number(self, token: Token) -> Literal:
        """A number; a minus sign just before it is part of it."""
        text, span = token.text, token.span
        is_whole = text.isdigit()
        operators = self._frames[-1].operators
        if operators and operators[-1].operator is NEGATIVE and operators[-1].token.end == span.start:
            span = operators.pop().token.span.to(span)
            text = f"-{text}"
        value = int(text) if is_whole else float(text)
        if math.isinf(value) if not is_whole else abs(value) > LARGEST_INTEGER:
            hint = f'a text takes double quotes: "{clip(text)}"'
            raise TrawlError(Code.INVALID_ARGUMENT, f"the number `{clip(text)}` is too large", hint=hint, span=span)
        return Literal(value, span, text=None if str(value) == text else text)

    # --- where an operator is expected ---------------------------------------------------------------

    def _operators(self) -> bool:
        """Takes what may follow an operand; True if another operand must follow, False at the end of it all."""
        cursor = self._cursor
        if self._frames[-1].call and cursor.comma_at_once():
            self._frames[-1].arguments.append(self._reduce_all())
            return True
        while True:
            token = cursor.peek(Grain.EXPRESSION)
            is_negated = False
            if token.kind is Kind.MARK:
                frame = self._frames[-1]
                if token.text == "," and frame.call:
                    cursor.take(token)
                    frame.arguments.append(self._reduce_all())
                    return True
                if token.text == ")" and len(self._frames) > 1:
                    self._close(cursor.take(token))
                    continue
                operator = BINARY.get(token.text)
            else:
                is_negated = token.word == "not" and cursor.after(token, Grain.EXPRESSION).is_word("in", "like")
                if is_negated:
                    token = cursor.after(cursor.take(token), Grain.EXPRESSION)
                operator = BINARY.get(token.word)
            if operator is None:
                if error := no_operator(cursor, self._frames[-1], token):
                    raise error
                return False
            cursor.take(token)
            if operator.function == "in":
                self._open_list(token, is_negated)
            else:
                self._push(Pending(operator, token, is_negated=is_negated))
            return True

    def _push(self, pending: Pending) -> None:
        """Puts an operator on the stack, after those that bind tighter have taken their operands."""
        operators, operator = self._frames[-1].operators, pending.operator
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

    def _open(self, frame: Frame) -> None:
        self._frames.append(frame)
        if len(self._frames) > DEEPEST + 1:
            assert frame.opening is not None
            raise too_deep(frame.opening.span)

    def _open_list(self, token: Token, is_negated: bool) -> None:
        """Opens the list after IN; what stands before it becomes the first argument."""
        operators = self._frames[-1].operators
        while operators and operators[-1].operator.power > COMPARISON:
            self._reduce()
        if operators and operators[-1].operator.power == COMPARISON:
            raise self._cursor.surprise("AND, OR or the end", "comparisons do not chain", token)
        opening = self._cursor.peek(Grain.EXPRESSION)
        if not opening.is_mark("("):
            subquery = subquery_hint(opening, self._cursor.after(opening))
            hint = subquery or "the values stand in round brackets: `IN (1, 2)`"
            raise self._cursor.surprise("`(` and a list of values after IN", hint, opening)
        self._cursor.take(opening)
        self._open(Frame(opening, token, self._frames[-1].operands.pop(), is_negated))

    def _close(self, closing: Token) -> None:
        """Makes the innermost bracket an operand of the one around it."""
        frame = self._frames[-1]
        if frame.operands:
            frame.arguments.append(self._reduce_all())
        self._frames.pop()
        assert frame.opening is not None
        if frame.call is None:
            (inner,) = frame.arguments
            span = frame.opening.span.to(closing.span)
            self._frames[-1].operands.append(Node(inner.expr, span, inner.height))
            return
        arguments = ([frame.subject] if frame.subject else []) + frame.arguments
        start = frame.subject.span if frame.subject else frame.call.span
        span = start.to(closing.span)
        name = frame.call.word
        if name in CONSTANTS and not arguments:
            node = Node(Literal(CONSTANTS[name], span), span)
        elif name == SEARCH:
            node = read_embedded(arguments, span, self._cursor)
        else:
            node = call(name, arguments, span)
        self._frames[-1].operands.append(call("not", [node], span) if frame.is_negated else node)

    # --- operands taken ------------------------------------------------------------------------------

    def _reduce_all(self) -> Node:
        frame = self._frames[-1]
        while frame.operators:
            self._reduce()
        return frame.operands.pop()

    def _reduce(self) -> None:
        """Lets the last operator take its operands."""
        frame = self._frames[-1]
        pending = frame.operators.pop()
        operands = frame.operands[-pending.count :]
        del frame.operands[-pending.count :]
        operator = pending.operator
        start = pending.token.span if operator.is_prefix else operands[0].span
        span = start.to(operands[-1].span)
        if operator is AND and any(operand.alternatives for operand in operands):
            places = [operand.alternatives or (operand.span,) for operand in operands]
            self._cursor.notices.append(mixture(self._cursor.scanner.text, places, span))
        node = call(operator.function, operands, span, is_flat=operator.is_flat)
        if pending.is_negated:
            node = call("not", [node], span)
        if operator is OR:
            node = node._replace(alternatives=tuple([operand.span for operand in operands]))
        frame.operands.append(node)
