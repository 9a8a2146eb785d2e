"""What may be meant by a regular expression that RE2 would refuse."""

from __future__ import annotations

import re
from typing import Final

_AFTER: Final = "RE2: what follows is matched too, and a group takes the part that is wanted: `(wanted)following`"
_BEFORE: Final = "RE2: what stands before is matched too, and a group takes the part that is wanted: `before(wanted)`"
_NOT: Final = "RE2: a class of other signs, `[^…]`, or a further condition, `NOT match(f, …)`"
LOOKS: Final = {"(?=": _AFTER, "(?<=": _BEFORE, "(?!": _NOT, "(?<!": _NOT}
_BACKSLASH: Final = r"a backslash as such is written `\\\\`"
_ESCAPES: Final = {
    "Z": r"the end of the text is `\z`",
    "h": r"a blank or a tab is `[ \t]`",
    "R": r"the end of a line is `\r?\n`",
    "u": r"a character by its number is `\x{263A}`",
}
_HINTS: Final = {
    "nothing to repeat": r"any run of characters is `.*`; the sign as such takes a backslash: `\*`, `\?`, `\+`",
    "multiple repeat": r"a sign repeats what stands before it once: `a*`; the sign as such takes a backslash: `\*`",
    "bad character range": "a range goes up, `[a-z]`; a minus sign as such stands last: `[az-]`",
    "min repeat": "the smaller number stands first: `a{1,2}`",
    "redefinition of group": "each group has a name of its own",
}
"""Hints by how Python's engine begins its reason."""


def reason_hint(reason: str) -> str:
    """What may be meant where Python's engine refuses a pattern."""
    return next((hint for begin, hint in _HINTS.items() if reason.startswith(begin)), "RE2 syntax")


def escape_hint(character: str) -> str:
    """What may be meant by a backslash before a character that makes no escape of it."""
    if character.isdigit() and character:
        return 'RE2 refers to none of its groups; `replace` puts one in: `replace(field, "(a)", "\\1")`'
    return _ESCAPES.get(character, f"{_BACKSLASH} in double quotes")


def bracket_hint(pattern: str, bracket: str) -> str:
    """How a bracket is written that stands for itself, and how a backslash is where it was read as part of one."""
    hint = f"a bracket as such takes a backslash: `\\{bracket}`"
    if f"\\\\{bracket}" in pattern:
        return f"{hint}; two of them are a backslash as such"
    partner = {"[": "]", ")": "("}.get(bracket)
    if partner and re.search(rf"(?<!\\)(\\\\)*\\{re.escape(partner)}", pattern):
        return f"{hint}; so `\\{partner}` is one, after a backslash as such it is `\\\\\\\\{partner}` in double quotes"
    return hint
