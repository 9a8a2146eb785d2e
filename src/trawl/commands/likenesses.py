"""What a text may be meant as: a pattern of LIKE, a regular expression, one of `search`."""

from __future__ import annotations

import re
from typing import Final

_DELIMITED: Final = re.compile(r"/(.+)/[gimsu]*")
_OF_REGEX: Final = re.compile(r"\.[*+]|\\[dwsDWS][+*{]|\[[^\]]+\][+*{]|\(\?|\\\.|[^/]\$$|^\^")
_BEGINS_REGEX: Final = re.compile(r"\^\S|\.[*+]|\(\?|\S*\\[dws]\+|\S*\.\+")
_LIKE: Final = re.compile(r"%[^%]+%|[^%]*[^%\d]%", re.DOTALL)
_GLOB: Final = re.compile(r"\*[^*]*\w[^*]*\*?|[^*]*\w[^*]*\*", re.DOTALL)
_CODES: Final = {"n": "%0A", "r": "%0D", "t": "%09"}
_ESCAPED_BREAK: Final = re.compile(r"\A(?:\\[nrt])+\Z")
_ESCAPED_BREAK_INSIDE: Final = re.compile(r"\\[nrt](?![A-Za-z0-9])")


def glob_of(text: str) -> str:
    """A pattern of LIKE as one of `search`; any other text as it is, a percentage and `%TEMP%` too."""
    is_variable = text[:1] == "%" and text[1:-1].isupper()
    return text.replace("%", "*") if _LIKE.fullmatch(text) and not is_variable else text


def like_of(text: str) -> str:
    """A pattern of `search` as one of LIKE; any other text as it is, one with blanks about its stars too."""
    return text.replace("*", "%") if _GLOB.fullmatch(text) else text


def escape_hint(text: str, *, inside: bool = False, is_constant: bool = False) -> str | None:
    """What is said of a text that is the escape of a line's end or a tab, which no text knows; None for others.

    Args:
        inside: whether it may stand among other signs.
        is_constant: whether the text cannot be computed.
    """
    found = (_ESCAPED_BREAK_INSIDE if inside else _ESCAPED_BREAK).search(text)
    if found is None:
        return None
    spelled = found[0][:2]
    computed = "" if is_constant else f', or is `urldecode("{_CODES[spelled[1]]}")`'
    return f"`{spelled}` is a backslash and a letter; the sign itself stands in the quotes as it is{computed}"


def is_glob(pattern: str) -> bool:
    """Whether a regular expression may be meant as a pattern of `search`: what its star repeats may be missing."""
    return re.fullmatch(r"\^?[\w/-]+\*\$?", pattern) is not None


def regex_of(text: str) -> str | None:
    """The regular expression that a word of a search may be meant as, without slashes around it; None for others."""
    delimited = _DELIMITED.fullmatch(text)
    if delimited and _OF_REGEX.search(delimited[1]):
        return delimited[1]
    return text if _BEGINS_REGEX.match(text) else None
