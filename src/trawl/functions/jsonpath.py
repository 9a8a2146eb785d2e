"""How a place inside a JSON text is named: `a.b{}.c`, as `spath` and the functions of JSON read it."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from trawl.errors import Code, TrawlError, clip

Path: TypeAlias = tuple[str | int | None, ...]
"""Steps into a JSON text: the member of a name, the element of a number from 0 on, or None for every element."""

_ELEMENT: Final = re.compile(r"\{(\d{0,18})\}", re.ASCII)
_NAME: Final = re.compile(r"'((?:[^'\\]|\\.)+)'|([^.{}']+)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(['\\])")
_FORM: Final = "a path is written `a.b`, `a{0}.b`, `a{}.b`; a name with a dot takes single quotes: `'a.b'.c`"


def read_path(text: str) -> Path:
    """The steps that a path says.

    Args:
        text: names with dots between them; `{2}` after a name, or first, for the element 2 of an array (counted
            from 0), `{}` for each of its elements. A name in single quotes may hold dots and curly brackets.

    Raises:
        TrawlError: `INVALID_ARGUMENT`, without a span.
    """
    steps: list[str | int | None] = []
    position = 0
    while position < len(text):
        element = _ELEMENT.match(text, position)
        if element:
            steps.append(int(element[1]) if element[1] else None)
            position = element.end()
            continue
        start = position
        if steps:
            if text[position] != ".":
                raise _refused(text, position)
            start += 1
        name = _NAME.match(text, start)
        if name is None:
            raise _refused(text, start)
        steps.append(_ESCAPE.sub(r"\1", name[1]) if name[1] else name[2])
        position = name.end()
    if not steps:
        raise TrawlError(Code.INVALID_ARGUMENT, "the path is empty", hint=_FORM)
    return tuple(steps)


def _refused(text: str, position: int) -> TrawlError:
    rest = text[position:]
    found = f"`{clip(rest)}`" if rest else "the end"
    expected = "a number or nothing between `{` and `}`" if rest.startswith("{") else "a name"
    if position and rest and text[position - 1] in "}'":
        expected = "a dot or `{`"
    return TrawlError(
        Code.INVALID_ARGUMENT, f"the path `{clip(text)}` cannot be read: found {found}, expected {expected}", hint=_FORM
    )
