"""RE2's syntax of regular expressions, read by Python's engine: one meaning for `match` and `replace` everywhere.

What RE2 has and Python spells otherwise is translated: `\\z`, `$`, `\\Q…\\E`, `\\pL`, `[[:alpha:]]`, `(?<name>…)`,
flags inside the pattern, `\\d`, `\\w`, `\\s` and `\\b` for ASCII. What RE2 refuses is refused: look-around and
references to groups. Not there: scripts (`\\p{Greek}`), `(?U)`, `\\C`. Left as Python does it: `(?i)` folds by
Python's Unicode tables, which differ from RE2's for a few letters.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from typing import Final

from trawl.functions.refused import GROUP_NAME, LARGEST, LOOKS, bracket_hint, escape_hint, refused, refused_by_python

MOST_NESTED: Final = 100
"""Groups within groups: Python's engine comes to its own limit at a few hundred."""
_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_SIMPLE_ESCAPES: Final = {"a": r"\a", "f": r"\f", "t": r"\t", "n": r"\n", "r": r"\r", "v": r"\v"}
_REPETITION: Final = re.compile(r"\{(0|[1-9]\d*)(?:,(0|[1-9]\d*)?)?\}", re.ASCII)
_GROUP = re.compile(r"\(\?(?:P?<(\w+)>|([imsU]*)(-[imsU]+)?([:)]))", re.ASCII)
_NAMED: Final = re.compile(r"\(\?P?<[^=!]")


@cache
def compile_re2(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled.

    Raises:
        TrawlError: `INVALID_ARGUMENT`, without a span, where RE2 would refuse it.
    """
    try:
        compiled = re.compile(_Translation(pattern).run())
    except re.error as error:
        raise refused_by_python(error, pattern) from None
    except (OverflowError, ValueError):
        raise refused("a repetition is too large", LARGEST) from None
    if _REPETITION.search(pattern):
        _check_size(pattern)
    return compiled


def _check_size(pattern: str) -> None:
    """Refuses what makes RE2's program too large, as RE2 itself tells it."""
    import pyarrow as pa  # what needs a tenth of a second is loaded where it is needed
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid:
        raise refused("its repetitions make it too large", LARGEST) from None


class _Translation:
    """One pass over a pattern of RE2 that writes the same for `re`."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.place = 0
        self.written: list[str] = []
        self.flags = [frozenset[str]()]
        """Flags in force, one entry an open group; `m` changes how `^` and `$` are written."""
        self.closing = [""]
        """What else closes with an open group: groups that a flag in the middle opened."""

    def run(self) -> str:
        while self.place < len(self.text):
            character = self.text[self.place]
            if character == "\\":
                self.escape()
            elif character == "[":
                self.bracket()
            elif character == "(":
                self.group()
            elif character == ")":
                self.close()
            elif character in "^$":
                self.place += 1
                self.written.append(self.anchor(character))
            elif character == "|":
                self.alternative()
            elif character == "{":
                self.repetition()
            else:
                self.place += 1
                self.written.append(character)
                if character in "*+?}" and self.text[self.place : self.place + 1] == "+":
                    raise refused("possessive repetition", "what repeats gives back what it took: `a+`, `(?:a+)+`")
        return "".join(self.written) + self.closing[0]

    def repetition(self) -> None:
        """How often something is repeated; a bracket that says nothing of the kind stands for itself."""
        self.written.append("{" if _REPETITION.match(self.text, self.place) else r"\{")
        self.place += 1

    def anchor(self, character: str) -> str:
        if "m" in self.flags[-1]:
            return "(?m:^)" if character == "^" else "(?m:$)"
        return r"\A" if character == "^" else r"\Z"

    def group(self) -> None:
        if not self.text.startswith("(?", self.place):
            self.open("(", self.flags[-1])
            self.place += 1
            return
        found = _GROUP.match(self.text, self.place)
        if found is None:
            around = next((sign for sign in LOOKS if self.text.startswith(sign, self.place)), None)
            if around is not None:
                raise refused(f"`{around}` looks around, which RE2 does not", LOOKS[around])
            if _NAMED.match(self.text, self.place):
                raise refused("the name of a group has a sign that names may not have", GROUP_NAME)
            raise refused("a group that RE2 does not know", "a group is named by `(?<name>a)`, unnamed by `(?:a)`")
        name, added, removed, end = found.groups()
        self.place = found.end()
        if name:
            self.open(f"(?P<{name}>", self.flags[-1])
            return
        if "U" in (added or "") + (removed or ""):
            raise refused("the flag U is not supported")
        on, off = set(added or ""), set((removed or "")[1:])
        flags = frozenset((self.flags[-1] | on) - off)
        opening = self.scope(flags)
        if end == ":":
            self.open(opening, flags)
        else:  # the flags hold up to the end of the group around
            self.written.append(opening)
            self.closing[-1] += ")"
            self.flags[-1] = flags

    def scope(self, flags: frozenset[str]) -> str:
        """A group in which exactly these flags hold; `m` is spelled at each anchor."""
        on = "".join(flag for flag in "is" if flag in flags)
        off = "".join(flag for flag in "is" if flag not in flags)
        return f"(?{on}{'-' + off if off else ''}:"

    def open(self, opening: str, flags: frozenset[str]) -> None:
        if len(self.flags) > MOST_NESTED:
            raise refused(f"groups nest more than {MOST_NESTED} deep")
        self.written.append(opening)
        self.flags.append(flags)
        self.closing.append("")

    def close(self) -> None:
        if len(self.flags) == 1:
            raise refused("a bracket closes that was not opened", bracket_hint(self.text, ")"))
        self.place += 1
        self.flags.pop()
        self.written.append(self.closing.pop() + ")")

    def alternative(self) -> None:
        """A flag in the middle holds in the next branches too, so its group is closed and opened again."""
        self.place += 1
        extra = len(self.closing[-1])
        self.written.append(")" * extra + "|" + self.scope(self.flags[-1]) * bool(extra))
        self.closing[-1] = ")" * bool(extra)

    def escape(self) -> None:
        character = self.text[self.place + 1 : self.place + 2]
        if character == "Q":
            end = self.text.find("\\E", self.place)
            end = len(self.text) if end < 0 else end
            self.written.append(re.escape(self.text[self.place + 2 : end]))
            self.place = end + 2
        elif character in {"A", "z"}:
            self.place += 2
            self.written.append(r"\A" if character == "A" else r"\Z")
        elif character in {"b", "B"}:
            self.place += 2
            self.written.append(f"(?a:\\{character})")
        elif character == "C":
            raise refused(r"\C is not supported")
        else:
            self.written.append(f"[{self.escaped_class()}]")

    def escaped_class(self) -> str:
        """An escape as it may stand inside square brackets; a leading `^` for a negated class."""
        character = self.text[self.place + 1 : self.place + 2]
        self.place += 2
        if character in {"p", "P"}:
            return self.property(character == "P")
        if character.lower() in _CLASSES and character:
            return _CLASSES[character] if character.islower() else "^" + _CLASSES[character.lower()]
        if character in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[character]
        if character == "x":
            return self.hexadecimal()
        if character == "0" or (character in "1234567" and self.text[self.place : self.place + 1].isdigit()):
            return self.octal(character)
        if not character or character.isalnum():
            raise refused(f"an escape that RE2 does not know: \\{character}", escape_hint(character))
        return re.escape(character) if character.isascii() else character

    def hexadecimal(self) -> str:
        found = re.compile(r"\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2})").match(self.text, self.place)
        if found is None:
            raise refused(r"an escape that RE2 does not know: \x")
        self.place = found.end()
        return f"\\U{int(found[1] or found[2], 16):08x}"

    def octal(self, first: str) -> str:
        found = re.compile(r"[0-7]{0,2}").match(self.text, self.place)
        assert found is not None
        self.place = found.end()
        return f"\\U{int(first + found[0], 8):08x}"

    def property(self, negated: bool) -> str:
        found = re.compile(r"\{(\^?)(\w+)\}|([A-Z])").match(self.text, self.place)
        if found is None:
            raise refused("a Unicode class without a name")
        self.place = found.end()
        ranges = _category(found[2] or found[3])
        return "^" * (negated != bool(found[1])) + ranges

    def bracket(self) -> None:
        self.place += 1
        outer = self.text.startswith("^", self.place)
        self.place += outer
        parts, negated = list[str](), list[str]()
        first = True
        while True:
            character = self.text[self.place : self.place + 1]
            if not character:
                raise refused("a square bracket is not closed", bracket_hint(self.text, "["))
            if character == "]" and not first:
                self.place += 1
                break
            first = False
            inside = self.inside(character)
            if inside == "-" and parts[-1:] == ["-"]:  # the end of a range, where Python would warn of `--`
                inside = r"\-"
            if inside.startswith("^"):
                negated.append(inside[1:])
            else:
                parts.append(inside)
        positive = "".join(parts)
        if not negated:
            self.written.append(f"[{'^' * outer}{positive}]")
        else:
            choices = "|".join([f"[{positive}]"] * bool(positive) + [f"[^{item}]" for item in negated])
            self.written.append(f"(?:(?!{choices})(?s:.))" if outer else f"(?:{choices})")

    def inside(self, character: str) -> str:
        """One item of a class in square brackets; a leading `^` for a negated one."""
        if character == "\\":
            return self.escaped_class()
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.text, self.place)
        if posix is not None:
            if posix[2] not in _POSIX:
                raise refused(f"a class that RE2 does not know: {posix[0]}")
            self.place = posix.end()
            return posix[1] + _POSIX[posix[2]]
        self.place += 1
        return "\\" + character if character in "[]^&~|" else character


@cache
def _category(name: str) -> str:
    """The code points of a general category (`L`, `Lu`) as ranges for square brackets."""
    ranges: list[list[int]] = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)).startswith(name):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    if not ranges:
        raise refused(f"a Unicode class that is not known: {name}")
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
