"""Macros: texts of the settings that a query calls by name, put into its text before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from trawl.errors import Code, Span, TrawlError, clip, nearest, nearest_hint
from trawl.language.patches import Patched
from trawl.language.tokens import Grain, Kind, Scanner, next_backtick

if TYPE_CHECKING:
    from trawl.settings.process import Macro

MOST_NESTED: Final = 20
"""Macros within macros."""
MOST_SIGNS: Final = 1 << 20
_MOST_UNKNOWN: Final = 10
"""Names that no macro has for which those are kept that may be meant: the first one is refused as a rule."""
_NAME: Final = r"[\w.-]+"
_CALL: Final = re.compile(rf"""`\s*({_NAME})\s*(?:\(((?s:"(?:[^"\\]|\\.)*"|[^"`])*)\)\s*)?`""")
_NAMED: Final = re.compile(rf"`\s*({_NAME})")
_PARAMETER: Final = re.compile(r"\$(\w+)\$")
_ARGUMENT: Final = re.compile(r"""(?s:"(?:[^"\\]|\\.)*"|[^"])""")


class Expansion(NamedTuple):
    """What a call of a macro became.

    Attributes:
        span: where the call stands in the query as it was written.
        name: of the macro. text: what was put in its place.
    """

    span: Span
    name: str
    text: str


class Expanded(NamedTuple):
    """A query's text with macros put in: `patched` knows where each place of it was written."""

    patched: Patched
    expansions: tuple[Expansion, ...]


def expand(text: str, macros: Mapping[str, Macro]) -> Expanded:
    """The text with every call of a macro replaced by what it stands for, and so on within that.

    Raises:
        TrawlError: `UNKNOWN_MACRO`, `INVALID_ARGUMENT`, `SYNTAX_ERROR`, `QUERY_TOO_DEEP`, `BODY_TOO_LARGE`.
    """
    patched = Patched()
    expansions: list[Expansion] = []
    expander = _Expander(macros)
    position = 0
    while (start := next_backtick(text, position)) is not None:
        call = _CALL.match(text, start)
        if call is None:
            raise _no_call(text, start)
        patched.copy(text[position:start], position)
        span = Span(start, call.end())
        expansion = Expansion(span, call[1], expander.expanded(call, (), span))
        patched.put(expansion.text, span)
        expansions.append(expansion)
        position = call.end()
    patched.copy(text[position:], position)
    return Expanded(patched, tuple(expansions))


def needed(text: str, macros: Mapping[str, Macro]) -> dict[str, Macro]:
    """Those of the macros that a text may call, those that they may call, and those meant by an unknown name."""
    found: dict[str, Macro] = {}
    unknown: list[str] = []
    texts = [text]
    while texts:
        for name in _NAMED.findall(texts.pop()):
            if name not in macros:
                unknown.append(name)
            elif name not in found:
                found[name] = macros[name]
                texts.append(macros[name].definition)
    return {name: macros[name] for word in unknown[:_MOST_UNKNOWN] for name in nearest(word, macros)} | found


@contextmanager
def explaining(expansions: Sequence[Expansion]) -> Iterator[None]:
    """Adds to an error that is about a call of a macro what the macro became."""
    try:
        yield
    except TrawlError as error:
        if not expansions:
            raise
        raise _explained(error, expansions) from error


def _explained(error: TrawlError, expansions: Sequence[Expansion]) -> TrawlError:
    others = [_explained(other, expansions) for other in error.others]
    reason, span = error.reason, error.span
    about = [] if span is None else [one for one in expansions if _concerns(one.span, span)]
    if about:
        first = about[0]
        reason += f"; the macro `{clip(first.name)}` stands for `{clip(' '.join(first.text.split()), 100)}`"
    return TrawlError(error.code, reason, hint=error.hint, span=span, facts=error.facts, others=others)


def _concerns(call: Span, error: Span) -> bool:
    """Whether an error is within a call, around it, or just behind it, as that is where what is missing shows."""
    return call.start < max(error.end, error.start + 1) and error.start <= call.end + 1


class _Expander:
    """Expands calls; each call with the same arguments once."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros
        self._done: dict[tuple[str, str], str] = {}

    def expanded(self, call: re.Match[str], trail: tuple[str, ...], span: Span) -> str:
        """What a call stands for. `trail` are the macros around it, `span` is where the outermost one is called."""
        name, written = call[1], call[2] or ""
        if (name, written) not in self._done:
            self._done[name, written] = self._within(self._filled(name, written, trail, span), (*trail, name), span)
        return self._done[name, written]

    def _filled(self, name: str, written: str, trail: tuple[str, ...], span: Span) -> str:
        """The definition with the arguments in it."""
        macro = self._macros.get(name)
        where = f", which the macro `{clip(trail[-1])}` calls" if trail else ""
        if macro is None:
            hint = nearest_hint(name, self._macros) or "macros are defined under `[macros]` in `trawl.toml`"
            raise TrawlError(Code.UNKNOWN_MACRO, f"there is no macro `{clip(name)}`{where}", hint=hint, span=span)
        if name in trail:
            way = " → ".join(f"`{clip(each)}`" for each in (*trail[trail.index(name) :], name))
            raise TrawlError(Code.QUERY_TOO_DEEP, f"the macro `{clip(name)}` calls itself: {way}", span=span)
        if len(trail) >= MOST_NESTED:
            raise TrawlError(Code.QUERY_TOO_DEEP, f"macros nest more than {MOST_NESTED} deep", span=span)
        arguments = _arguments(written)
        if len(arguments) != len(macro.args):
            wanted = f"{name}({', '.join(macro.args)})" if macro.args else name
            reason = f"the macro `{clip(name)}`{where} is given {len(arguments)} arguments, expected {len(macro.args)}"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=f"it is written `{clip(wanted, 80)}`", span=span)
        values = dict(zip(macro.args, arguments, strict=True))
        return _PARAMETER.sub(lambda found: values.get(found[1], found[0]), macro.definition)

    def _within(self, text: str, trail: tuple[str, ...], span: Span) -> str:
        """A text with the calls in it expanded."""
        pieces: list[str] = []
        position = size = 0
        while (start := next_backtick(text, position)) is not None:
            call = _CALL.match(text, start)
            if call is None:
                reason = f"the macro `{clip(trail[-1])}` holds a backtick that calls no macro"
                raise TrawlError(Code.SYNTAX_ERROR, reason, span=span)
            pieces += [text[position:start], self.expanded(call, trail, span)]
            position = call.end()
            size += len(pieces[-2]) + len(pieces[-1])
            if size > MOST_SIGNS:
                break
        pieces.append(text[position:])
        if size + len(pieces[-1]) > MOST_SIGNS:
            reason = f"the macro `{clip(trail[-1])}` stands for more than 1 MiB of text"
            raise TrawlError(Code.BODY_TOO_LARGE, reason, span=span)
        return "".join(pieces)


def _arguments(written: str) -> list[str]:
    """The arguments of a call, parted by commas outside quotes and brackets; one in quotes goes without them."""
    found = [""]
    depth = 0
    for piece in _ARGUMENT.findall(written):
        depth += (piece in "([{") - (piece in ")]}")
        if piece == "," and depth <= 0:
            found.append("")
        else:
            found[-1] += piece
    return [_bare(argument.strip()) for argument in found] if written.strip() else []


def _bare(argument: str) -> str:
    if not argument.startswith('"'):
        return argument
    token = Scanner(argument).token(0, Grain.EXPRESSION)
    return token.text if token.kind is Kind.STRING and token.end == len(argument) else argument


def _no_call(text: str, start: int) -> TrawlError:
    end = text.find("`", start + 1)
    if end < 0:
        reason, span = "the macro has no closing backtick", Span(start, len(text))
    else:
        span = Span(start, end + 1)
        reason = f"found {clip(text[start : end + 1])}, expected the name of a macro between backticks"
    hint = "a macro is called by `name` or `name(argument, …)` between backticks; a comment stands between three"
    return TrawlError(Code.SYNTAX_ERROR, reason, hint=hint, span=span)
