"""Text: case, length, pieces, patterns, likeness (language.md 4). Other values count as the text that they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Function, Multivalue, fixed
from trawl.functions.coercion import text, whole
from trawl.functions.constants import compiled, constant_text
from trawl.functions.regex import compile_re2
from trawl.schema import BOOLEAN, FLOAT, INTEGER, STRING
from trawl.values import Scalar, simple_lower

BLANKS: Final = " \t"
"""What `trim` takes off if nothing else is named."""


def simple_upper(value: str) -> str:
    """Unicode simple upper case: code point by code point, the length stays."""
    return "".join(high if len(high := character.upper()) == 1 else character for character in value)


def _substring(value: Scalar, start: Scalar, length: Scalar | None = None) -> str:
    whole_text = text(value)
    first = whole(start)
    begin = first - 1 if first > 0 else len(whole_text) + first if first < 0 else -1
    end = len(whole_text) if length is None else begin + whole(length)
    begin, end = min(begin, end), max(begin, end)
    return whole_text[max(0, begin) : max(0, end)]


def _trimmed(trim: Callable[[str, str], str]) -> Callable[..., str]:
    def evaluate(value: Scalar, characters: Scalar = BLANKS) -> str:
        return trim(text(value), text(characters))

    return evaluate


@cache
def _like_pattern(pattern: str) -> re.Pattern[str]:
    signs = {"%": ".*", "_": "."}
    return re.compile("".join(signs.get(character) or re.escape(character) for character in pattern), re.DOTALL)


def _like(value: Scalar, pattern: Scalar) -> bool:
    return _like_pattern(text(pattern)).fullmatch(text(value)) is not None


def _match(value: Scalar, pattern: Scalar) -> bool:
    return compile_re2(text(pattern)).search(text(value)) is not None


def _replace(value: Scalar, pattern: Scalar, replacement: Scalar) -> str:
    subject, written = text(value), text(replacement)
    parts: list[str] = []
    place = 0
    for found in matches(compile_re2(text(pattern)), subject):
        parts += (subject[place : found.start()], expanded(written, found))
        place = found.end()
    return "".join(parts) + subject[place:]


def expanded(replacement: str, found: re.Match[str]) -> str:
    """A replacement with the groups of a match filled in; one that the expression has not is no group."""
    return "".join(part if isinstance(part, str) else _group(found, part) for part in _replacement(replacement))


def _group(found: re.Match[str], number: int) -> str:
    return found[number] or "" if number <= found.re.groups else f"\\{number}"


def as_re2(replacement: str) -> str:
    """A replacement as RE2 reads it, where a backslash must not stand before anything but a digit or another."""
    parts = _replacement(replacement)
    return "".join(part.replace("\\", r"\\") if isinstance(part, str) else f"\\{part}" for part in parts)


def matches(pattern: re.Pattern[str], subject: str) -> Iterator[re.Match[str]]:
    """The matches as RE2 finds them: none that is empty right after another."""
    last = -1
    for found in pattern.finditer(subject):
        if found.end() > found.start() or found.start() != last:
            yield found
        last = found.end()


@lru_cache(maxsize=1024)
def _replacement(written: str) -> tuple[str | int, ...]:
    """The literal pieces and the groups (`\\1`, `\\0` for all) of a replacement."""
    pieces = re.split(r"\\([0-9\\])", written)
    parts: list[str | int] = []
    for place, piece in enumerate(pieces):
        if place % 2 == 0 or piece == "\\":
            parts.append(piece)
        else:
            parts.append(int(piece))
    return tuple(parts)


def _entropy(value: Scalar) -> float:
    characters = text(value)
    counts = Counter(characters).values()
    return sum((count / len(characters) * math.log2(len(characters) / count) for count in counts), 0.0)


def _distance(left: Scalar, right: Scalar) -> int:
    """By the rows of the table of distances between the beginnings of both."""
    columns = text(right)
    row = list(range(len(columns) + 1))
    for above, character in enumerate(text(left), 1):
        diagonal, row[0] = row[0], above
        for place, other in enumerate(columns, 1):
            changed = diagonal + (character != other)
            diagonal = row[place]
            row[place] = min(changed, row[place] + 1, row[place - 1] + 1)
    return row[-1]


def _check_match(arguments: tuple[Expr, ...]) -> None:
    compiled(arguments[1])


def check_replacement(arguments: tuple[Expr, ...]) -> None:
    """Refuses a second argument that is no regular expression, and a constant that names a group which it has not."""
    groups = compiled(arguments[1]).groups
    replacement = arguments[2]
    if not isinstance(replacement, Literal):
        return
    parts = _replacement(constant_text(replacement, "the replacement"))
    highest = max((part for part in parts if isinstance(part, int)), default=0)
    if highest > groups:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            f"the replacement names group {highest}, the expression has {groups}",
            span=replacement.span,
        )


FUNCTIONS: Final = (
    Function(
        "entropy",
        ("text",),
        fixed(FLOAT),
        _entropy,
        "Shannon's entropy of the text in bits a code point: 0 where all are the same, high in random names.",
        examples=(Example('entropy("aabb")', 1.0), Example('entropy("aaaa")', 0.0), Example('entropy("abcd")', 2.0)),
    ),
    Function(
        "len",
        ("text",),
        fixed(INTEGER),
        lambda value: len(text(value)),
        "How many code points the text has.",
        examples=(Example('len("häuser")', 6), Example("len(1234)", 4)),
    ),
    Function(
        "levenshtein",
        ("left", "right"),
        fixed(INTEGER),
        _distance,
        "How many code points have to be put in, taken out or replaced to make one text the other.",
        examples=(Example('levenshtein("kitten", "sitting")', 3), Example('levenshtein("häuser", "hauser")', 1)),
    ),
    Function(
        "lower",
        ("text",),
        fixed(STRING),
        lambda value: simple_lower(text(value)),
        "The text in lower case, code point by code point.",
        examples=(Example('lower("ÄB")', "äb"),),
    ),
    Function(
        "upper",
        ("text",),
        fixed(STRING),
        lambda value: simple_upper(text(value)),
        "The text in upper case, code point by code point; `ß` stays.",
        examples=(Example('upper("äb")', "ÄB"), Example('upper("ß")', "ß")),
    ),
    Function(
        "trim",
        ("text", "characters?"),
        fixed(STRING),
        _trimmed(str.strip),
        "The text without such characters (blanks and tabs) at both ends.",
        examples=(Example('trim("  a b ")', "a b"), Example('trim("xxaxx", "x")', "a")),
    ),
    Function(
        "ltrim",
        ("text", "characters?"),
        fixed(STRING),
        _trimmed(str.lstrip),
        "The text without such characters (blanks and tabs) at its start.",
        examples=(Example('ltrim("  a ")', "a "),),
    ),
    Function(
        "rtrim",
        ("text", "characters?"),
        fixed(STRING),
        _trimmed(str.rstrip),
        "The text without such characters (blanks and tabs) at its end.",
        examples=(Example('rtrim(" a  ")', " a"),),
    ),
    Function(
        "substr",
        ("text", "start", "length?"),
        fixed(STRING),
        _substring,
        "The piece of the text from a place on, counted from 1 or, negative, from the end; at most so many code "
        "points; a negative length takes those before the place.",
        examples=(
            Example('substr("splendid", 1, 3)', "spl"),
            Example('substr("splendid", -3)', "did"),
            Example('substr("splendid", 4)', "endid"),
        ),
        takes_text=False,
    ),
    Function(
        "replace",
        ("text", "regex", "replacement"),
        fixed(STRING),
        _replace,
        "The text with every match of a regular expression (RE2) replaced; in the replacement, a constant or not, "
        "`\\1` is the first group and `\\0` the match.",
        examples=(
            Example('replace("1/14/2023", "^(\\d{1,2})/(\\d{1,2})/", "\\2/\\1/")', "14/1/2023"),
            Example('replace("aaa", "a", "b")', "bbb"),
        ),
        constants=(1,),
        check=check_replacement,
    ),
    Function(
        "like",
        ("text", "pattern"),
        fixed(BOOLEAN),
        _like,
        "Whether the whole text is like the pattern: `%` is any run of characters, `_` any one; case counts.",
        examples=(
            Example('like("web-01", "web%")', True),
            Example('like("web-01", "WEB%")', False),
            Example('like("ab", "a_")', True),
        ),
        multivalue=Multivalue.ANY,
    ),
    Function(
        "match",
        ("text", "regex"),
        fixed(BOOLEAN),
        _match,
        "Whether a regular expression (RE2) matches somewhere in the text; case counts.",
        examples=(
            Example('match("web-01", "\\d+$")', True),
            Example('match("web-01", "^\\d")', False),
            Example('match("WEB", "(?i)web")', True),
        ),
        multivalue=Multivalue.ANY,
        constants=(1,),
        check=_check_match,
    ),
)
