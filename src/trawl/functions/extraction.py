"""What commands take out of values: groups of a regular expression, pieces of a text, replaced values.

Operators of commands, with arguments that commands have checked; queries have functions of their own for such things.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import Final

from trawl import wildcards
from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Fault, Function, Multivalue, fixed, spread
from trawl.functions.coercion import fits, text
from trawl.functions.regex import compile_re2
from trawl.functions.text import check_replacement, expanded, matches
from trawl.schema import INTEGER, STRING, Type, array_of
from trawl.values import Scalar, Value, text_of

_NAMED: Final = re.compile(r"(\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])|\(\?P?<\w+>", re.DOTALL)
_DIGITS: Final = re.compile(r"([+-]?[0-9]+)(?:\.[0-9]*)?", re.ASCII)


@cache
def unnamed(pattern: str) -> str:
    """The regular expression with its named groups as plain ones, which keep their numbers."""
    return _NAMED.sub(lambda found: found[1] or "(", pattern)


def _groups(value: Scalar, pattern: Scalar) -> Value:
    compiled = compile_re2(text(pattern))
    found = compiled.search(text(value))
    return [group or None for group in found.groups()] if found else [None] * compiled.groups


def _all_of_group(value: Scalar, pattern: Scalar, group: Scalar, most: Scalar) -> Value:
    assert isinstance(group, int)
    assert isinstance(most, int)
    found = [piece for match in compile_re2(text(pattern)).finditer(text(value)) if (piece := match[group])]
    return list(found[: most or None]) or None


def _member(values: Value, place: Value) -> Value:
    assert isinstance(place, int)
    listed = values if isinstance(values, list) else [values]
    return listed[place - 1] if place <= len(listed) else None


def _leading(values: Value, count: Value) -> Value:
    assert isinstance(count, int)
    kept: list[Scalar | None] = [*spread(values)[:count]]
    return kept


def _replace_nth(value: Scalar, pattern: Scalar, replacement: Scalar, number: Scalar) -> str:
    subject = text(value)
    for count, found in enumerate(matches(compile_re2(text(pattern)), subject), 1):
        if count == number:
            return subject[: found.start()] + expanded(text(replacement), found) + subject[found.end() :]
    return subject


def _translate(value: Scalar, signs: Scalar, others: Scalar) -> str:
    return text(value).translate(str.maketrans(text(signs), text(others)))


def _pieces(value: Scalar, delimiter: Scalar, keeps_empty: Scalar) -> Value:
    found = [piece for piece in text(value).split(text(delimiter)) if piece or keeps_empty is True]
    return list(found) or None


def _replace_values(value: Value, *pairs: Value) -> Value:
    texts = [text_of(item) for item in pairs if item is not None and not isinstance(item, list)]
    if isinstance(value, list):
        return [None if item is None else _replaced(item, texts) for item in value]
    return None if value is None else _replaced(value, texts)


def _replaced(value: Scalar, pairs: list[str]) -> Scalar:
    """The value as the first pair that matches replaces it."""
    written = text_of(value)
    for pattern, replacement in zip(pairs[::2], pairs[1::2], strict=True):
        stars = wildcards.stars(pattern, written)
        if stars is not None:
            pieces = replacement.split("*")
            return "".join(chain(*zip(pieces, (*stars, "")[-len(pieces) :], strict=True)))
    return value


def _integer(value: Scalar) -> int:
    found = _DIGITS.fullmatch(text(value))
    if found is None:
        raise Fault("not_a_number", "a text that is no number was found where a number is expected")
    return fits(int(found[1]))


def _replaced_type(arguments: tuple[Type, ...]) -> Type:
    return arguments[0].union(Type(STRING.kinds, arguments[0].single, arguments[0].multivalue))


def _check_constants(arguments: tuple[Expr, ...]) -> None:
    """Refuses what no command writes: the first constant is a regular expression, or another text."""
    first = arguments[1]
    if not isinstance(first, Literal) or not isinstance(first.value, str):
        raise TrawlError(Code.INVALID_ARGUMENT, "found no text in double quotes where one is expected", span=first.span)


def _check_pairs(arguments: tuple[Expr, ...]) -> None:
    if len(arguments) % 2 == 0 or not all(isinstance(argument, Literal) for argument in arguments[1:]):
        raise TrawlError(Code.INVALID_ARGUMENT, "found no pairs of a pattern and what replaces it")


def check_pattern(arguments: tuple[Expr, ...]) -> None:
    """Refuses a second argument that is no regular expression."""
    _check_constants(arguments)
    pattern = arguments[1]
    assert isinstance(pattern, Literal)
    try:
        compile_re2(str(pattern.value))
    except TrawlError as error:
        error.span = error.span or pattern.span
        raise


FUNCTIONS: Final = (
    Function(
        "regex_groups",
        ("text", "regex"),
        fixed(array_of(STRING)),
        _groups,
        "The texts of all groups of the first match, in order; null where a group took nothing.",
        examples=(Example('regex_groups("a-1", "(\\w)-(\\d)")', ["a", "1"]),),
        is_operator=True,
        constants=(1,),
        check=check_pattern,
    ),
    Function(
        "regex_all",
        ("text", "regex", "group", "most"),
        fixed(array_of(STRING)),
        _all_of_group,
        "What a group took in each match that it took something in; at most so many (0: all).",
        examples=(Example('regex_all("a1b22", "\\d+", 0, 0)', ["1", "22"]),),
        is_operator=True,
        constants=(1, 2, 3),
        check=check_pattern,
    ),
    Function(
        "member",
        ("values", "place"),
        lambda arguments: Type(arguments[0].kinds),
        _member,
        "The value at a place of a list, counted from 1; nulls count.",
        examples=(Example('member(mvappend("a", "b"), 2)', "b"),),
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
        constants=(1,),
    ),
    Function(
        "leading",
        ("values", "count"),
        lambda arguments: array_of(arguments[0]),
        _leading,
        "The first so many values.",
        examples=(Example('leading(mvappend("a", "b"), 1)', ["a"]),),
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
        constants=(1,),
    ),
    Function(
        "replace_nth",
        ("text", "regex", "replacement", "number"),
        fixed(STRING),
        _replace_nth,
        "The text with the match of a number replaced, counted from 1.",
        examples=(Example('replace_nth("aaa", "a", "b", 2)', "aba"),),
        is_operator=True,
        constants=(1, 2, 3),
        check=check_replacement,
    ),
    Function(
        "translate",
        ("text", "signs", "others"),
        fixed(STRING),
        _translate,
        "The text with each of the signs replaced by the one at the same place among the others.",
        examples=(Example('translate("abc", "ab", "xy")', "xyc"),),
        is_operator=True,
        constants=(1, 2),
        check=_check_constants,
    ),
    Function(
        "pieces",
        ("text", "delimiter", "keeps_empty"),
        fixed(array_of(STRING)),
        _pieces,
        "The pieces of a text between delimiters; null where there are none.",
        examples=(Example('pieces("a,,b", ",", false)', ["a", "b"]),),
        is_operator=True,
        constants=(1, 2),
        check=_check_constants,
    ),
    Function(
        "replace_values",
        ("value", "pattern", "replacement", "..."),
        _replaced_type,
        _replace_values,
        "The value, or each of several, as the first pattern that it matches as a whole replaces it.",
        examples=(Example('replace_values("web-1", "web-*", "*.web")', "1.web"),),
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
        takes_text=False,
        check=_check_pairs,
    ),
    Function(
        "leading_integer",
        ("text",),
        fixed(INTEGER),
        _integer,
        "The integer that a text is, without what stands after a decimal point.",
        examples=(Example('leading_integer("12.5")', 12),),
        is_operator=True,
    ),
)
