"""What `rex mode=sed` does to a text: `s/regex/replacement/flags` and `y/signs/others/`."""

from __future__ import annotations

import re
from typing import Final

from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Literal
from trawl.language.names import Written

_FLAGS: Final = re.compile(r"(?:g|i|[1-9]\d{0,8})*", re.ASCII)
_FLAG: Final = re.compile(r"g|i|\d+", re.ASCII)
_FORM: Final = "it is written `s/regex/replacement/g` or `y/abc/xyz/`"


def rewritten(value: Expr, script: Written) -> Expr:
    """The value as the script rewrites it.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where the script cannot be read.
    """
    first, second, flags = _parts(script)
    if script.text[0] == "y":
        if flags or len(first) != len(second) or len(set(first)) < len(first):
            raise _refused(script, "`y` takes two texts of as many signs, each sign of the first once")
        return Call("translate", (value, Literal(first), Literal(second)), script.span)
    found = _FLAG.findall(flags) if _FLAGS.fullmatch(flags) else None
    numbers = [int(flag) for flag in found or () if flag.isdecimal()]
    if found is None or len(numbers) > 1 or (numbers and "g" in found):
        raise _refused(script, f"the flags `{clip(flags)}` are not `g`, `i` or a number")
    pattern = Literal(f"(?i){first}" if "i" in found else first, script.span)
    replacement = Literal(second, script.span)
    if "g" in found:
        return Call("replace", (value, pattern, replacement), script.span)
    return Call("replace_nth", (value, pattern, replacement, Literal(numbers[0] if numbers else 1)), script.span)


def _parts(script: Written) -> tuple[str, str, str]:
    """What stands between the delimiters; a backslash before a delimiter makes it a sign like others."""
    text = script.text
    if text[:1] not in ("s", "y") or len(text) < 2 or text[1].isalnum() or text[1] in "\\ ":
        raise _refused(script, f"`{clip(text)}` is neither `s/…/…/` nor `y/…/…/`")
    mark = text[1]
    parts = [""]
    place = 2
    while place < len(text):
        pair = text[place : place + 2]
        if pair[0] == "\\" and len(pair) == 2:
            parts[-1] += mark if pair[1] == mark else pair
            place += 2
        elif pair[0] == mark and len(parts) < 3:
            parts.append("")
            place += 1
        else:
            parts[-1] += pair[0]
            place += 1
    if len(parts) < 3 or not parts[0]:
        raise _refused(script, f"`{clip(text)}` has not three `{mark}`" if parts[0] else "nothing is looked for")
    return parts[0], parts[1], parts[2]


def _refused(script: Written, reason: str) -> TrawlError:
    return TrawlError(Code.INVALID_ARGUMENT, reason, hint=_FORM, span=script.span)
