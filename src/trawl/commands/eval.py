"""`eval`: fields computed from fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl import functions
from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import EveryField, Expr, Field, fields_of, walk
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression, read_field
from trawl.language.spelling import expression_text
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Eval(Command):
    """Compute fields.

    A field that is there already is replaced; one whose expression is null is missing then. Later
    assignments see earlier ones. AND and OR bind as in `where`.

    Synopsis:
        eval FIELD=EXPRESSION[, FIELD=EXPRESSION ...]

    Examples:
        Kilobytes, and whether that is much.

        >>> source web qsize=2 | eval kb = bytes / 1024, large = kb > 1 | fields kb, large
        kb   | large
        0.25 | false
        0.5  | false
    """

    name: ClassVar[str] = "eval"

    assignments: tuple[tuple[str, Expr], ...]

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads assignments with commas between them."""
        assignments = [_assignment(cursor)]
        while cursor.mark(","):
            assignments.append(_assignment(cursor))
        if cursor.at_option():
            before, following = clip(assignments[-1][0]), clip(cursor.peek().text)
            hint = f"a comma goes between two assignments: `{before}=…, {following}=…`"
            raise cursor.surprise("a comma, `|` or the end", hint)
        if cursor.peek().is_word("as"):
            named = cursor.after(cursor.peek())
            shown = clip(named.text) if named.kind is Kind.WORD else "a"
            raise cursor.surprise("a comma, `|` or the end", f"the name stands in front: `{shown} = …`")
        _, last = assignments[-1]
        if cursor.peek().kind in (Kind.WORD, Kind.STRING) and isinstance(last, Field) and functions.find(last.name):
            hint = f"a function takes brackets: `{clip(last.name)}({clip(str(cursor.peek()).strip('`'))})`"
            raise cursor.surprise("a comma, `|` or the end", hint)
        return cls(tuple(assignments))

    def write(self, writer: Writer) -> None:
        """Writes the assignments."""
        writer.word(self.name)
        writer.list(f"{expression_text(Field(name))} = {expression_text(expr)}" for name, expr in self.assignments)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Computes side by side what can be, and after it what reads or replaces what was computed."""
        together: dict[str, Expr] = {}
        for name, expr in self.assignments:
            reads_all = any(isinstance(node, EveryField) for node in walk(expr))
            if name in together or reads_all or not together.keys().isdisjoint(fields_of(expr)):
                upstream = Extend(upstream, tuple(together.items())) if together else upstream
                together = {}
            together[name] = expr
        return Extend(upstream, tuple(together.items()))


def _assignment(cursor: Cursor) -> tuple[str, Expr]:
    first = cursor.peek()
    if first.kind is Kind.STRING:
        hint = f"a field's name takes single quotes: '{clip(first.text)}'"
        raise cursor.surprise("the name of a field", hint)
    target = read_field(cursor)
    if first.kind is Kind.WORD and target.name.endswith(":") and cursor.scanner.text.startswith("=", first.end):
        hint = f"one sign assigns: `{clip(target.name[:-1]) or 'a'} = …`"
        raise TrawlError(
            Code.SYNTAX_ERROR, "found `:=`, expected `=`", hint=hint, span=Span(first.end - 1, first.end + 1)
        )
    if not cursor.mark("="):
        raise cursor.surprise(f"`=` after `{clip(target.name)}`", _meant(target.name, cursor))
    return target.name, read_expression(cursor)


def _meant(name: str, cursor: Cursor) -> str:
    """What is meant by a name that no `=` follows."""
    token, shown = cursor.peek(), clip(name)
    if token.is_mark("=="):
        return f"one sign assigns, two compare: `{shown}=…`"
    if token.is_mark("("):
        return f"what is computed goes to a field: `a = {shown}(…)`"
    if token.kind is Kind.WORD and token.text[0] == "-" and token.start == cursor.position:
        return f"an odd name takes single quotes: '{shown}{clip(token.text)}'"
    if token.kind is Kind.WORD and cursor.after(token).is_mark("=") and token.text.isidentifier():
        return f"a name with a blank takes single quotes: '{shown} {clip(token.text)}'"
    return f"what is computed follows the name: `{shown} = …`"
