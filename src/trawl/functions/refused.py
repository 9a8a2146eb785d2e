"""Words for a regular expression that RE2 refuses: what is wrong with it, and what to write."""

from __future__ import annotations

import re
from typing import Final

from trawl.errors import Code, TrawlError

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
GROUP_NAME: Final = "letters, digits and `_` make the name of a group; `rename a_b as a.b` gives the field another"
LARGEST: Final = "a piece is repeated 1,000 times at most, counted with what repeats it"
_REPEATED: Final = r"any run of characters is `.*`; the sign as such takes a backslash: `\*`, `\?`, `\+`"
_TWICE: Final = r"a sign repeats what stands before it once: `a*`; the sign as such takes a backslash: `\*`"
_REFUSALS: Final = {
    "redefinition of group name": ("two groups have one name", GROUP_NAME),
    "bad character in group name": ("the name of a group begins with a digit", GROUP_NAME),
    "nothing to repeat": ("nothing stands before a sign that repeats it", _REPEATED),
    "multiple repeat": ("what is repeated is a repetition", _TWICE),
    "min repeat greater": ("a repetition counts from more to less", "the smaller number stands first: `a{1,2}`"),
    "bad character range": (
        "a range goes from a later sign to an earlier one",
        "a range goes up, `[a-z]`; a minus sign as such stands last: `[az-]`",
    ),
}
"""By how an error of `re` begins: what is told of it, and a hint."""


def refused(reason: str, hint: str = "RE2 syntax") -> TrawlError:
    """The error that a regular expression is not valid (`INVALID_ARGUMENT`), without a place."""
    return TrawlError(Code.INVALID_ARGUMENT, f"the regular expression is not valid: {reason}", hint=hint)


def refused_by_python(error: re.error, pattern: str) -> TrawlError:
    """The error for what `re` says of the pattern, in words of our own where it is known to say it."""
    if "unterminated subpattern" in error.msg:
        return refused("a round bracket is not closed", bracket_hint(pattern, "("))
    known = next((known for begins, known in _REFUSALS.items() if error.msg.startswith(begins)), (error.msg,))
    return refused(*known)


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
