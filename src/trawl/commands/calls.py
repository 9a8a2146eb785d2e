"""What is said of calls in expressions that nothing comes of, or that mean something else than they read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from trawl.commands.comparisons import COMPARISONS, compared
from trawl.commands.contradictions import contradictions
from trawl.commands.likenesses import escape_hint, is_glob
from trawl.commands.moments import moment_of
from trawl.errors import Notice, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.spelling import expression_text, quoted
from trawl.schema import Schema
from trawl.values import Scalar, exact_number

_SIGNS: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%"}
"""Calculations, by how they are written."""
_REGEXES: Final = frozenset({"match", "replace", "regex_extract", "mvfind", "regex_groups", "regex_all", "replace_nth"})
_SWAPPED: Final = frozenset(
    {"contains", "startswith", "endswith", "split", "trim", "ltrim", "rtrim", "mvjoin", "round", "nullif"}
)
"""Functions of a value and of something about it, which stands second."""
_PIECES: Final = frozenset({"contains", "startswith", "endswith"})
"""Those that ask for a piece of a text, which may well be a constant with a list in it."""
_PLAIN: Final[Mapping[str, Collection[int]]] = {
    **dict.fromkeys(("split", "trim", "ltrim", "rtrim", "mvjoin", "contains", "eq", "ne"), (1,)),
    "replace": (2,),
    **dict.fromkeys(("concat", "strcat"), range(1 << 16)),
}
"""Places of arguments by function where a text is taken as it stands."""
_OF_TEXTS: Final = frozenset(
    {"json_object", "json_array", "mvappend", "strcat", "concat", "printf", "if", "case", "validate", "search_written"}
)
"""Functions that texts by the name of a field may well be put into."""
_FORMATS: Final = re.compile(r"[yY]{2,4}|[MHhDdms]{2}|ISO")
_LONE_SIGNS: Final = {".": "any character", "|": "nothing or nothing", "^": "the beginning", "$": "the end"}
_PATH: Final = re.compile(r"(?<![\w\\])[A-Za-z]:\\[a-zA-Z][a-z]{2}|[A-Za-z0-9]\\[wWSDbBafv][a-z]{3}")
_TEMPLATE: Final = re.compile(r"\$\{?([A-Za-z_@][\w.]*)[}$]|%\{([A-Za-z_@][\w.]*)\}|\{\{?\.?([A-Za-z_@][\w.]*)\}\}?")
_LENGTH: Final = re.compile(r"[+-]?\d+ ?(?:ms|[smhdwMy]|(?:sec|min|hour|day|week|month|year)\w*)")
_REGEX_DELIMITER: Final = re.compile(r"\\[sSdDwW.|][+*]?|\[.+\][+*]?|.*\w\|.*")
_BACKSLASH: Final = r"a backslash as such is written `\\\\` in double quotes"


def misread_call(call: Call, known: Schema) -> Iterator[Notice]:
    """Warnings of a call as it is bound, over rows of these columns; none of what no query spells.

    Each names the place of the argument that it is about.
    """
    if call.span is None or not call.arguments:
        return
    name, arguments = call.function, call.arguments
    if name in ("and", "or"):
        yield from contradictions(name, arguments)
    if name in COMPARISONS or name == "like":
        yield from compared(name, arguments)
    if name in _SIGNS:
        yield from _calculated(name, arguments, known)
    if name == "split" and len(arguments) > 1:
        yield from _of_delimiter(arguments[1])
    if name in _REGEXES and len(arguments) > 1:
        yield from _of_regex(name, arguments)
    if name in ("strftime", "strptime") and len(arguments) > 1:
        yield from _of_format(name, arguments[1])
    if name in ("strftime", "relative_time"):
        yield from _of_moment(arguments[0])
    if name in _SWAPPED and len(arguments) == 2:
        yield from _of_swapped(name, arguments)
    if name in ("json_value", "json_values") and len(arguments) > 1:
        yield from _of_path(arguments[1])
    yield from _of_escapes(name, arguments)
    if name not in _OF_TEXTS and all(isinstance(argument, Literal) for argument in arguments):
        for argument in arguments:
            yield from _of_text(argument, known)


def misread_text(text: Literal, known: Schema) -> Iterator[Notice]:
    """The warning of a text that holds a field's name as a template of another language does."""
    match text:
        case Literal(str(written), span) if span and (found := _TEMPLATE.search(written)):
            name = found[1] or found[2] or found[3]
            if name in known:
                shown = clip(expression_text(Field(name)))
                message = (
                    f'`{clip(found[0])}` stays as it is written; a field is joined to a text by ` . `: `"a" . {shown}`'
                )
                yield Notice("text_like_template", message, span)


def misread_measure(name: str, arguments: tuple[Expr, ...], known: Schema) -> Iterator[Notice]:
    """Warnings of a measure as it is bound, over rows of these columns."""
    if arguments:
        yield from _of_text(arguments[0], known)
    match arguments:
        case (_, Literal(float(percent), span)) if name == "perc" and 0 < percent < 1:
            message = (
                f"the percentile is less than one percent; that of {percent:.0%} is `perc(field, {percent * 100:g})`"
            )
            yield Notice("small_percent", message, span)


def _of_text(argument: Expr, known: Schema) -> Iterator[Notice]:
    """The warning of a text by the name of a field, where a field is meant."""
    if isinstance(argument, Literal) and isinstance(argument.value, str) and argument.value in known and argument.span:
        shown = clip(expression_text(Field(argument.value)))
        message = f"{quoted(clip(argument.value))} is a text here; a field's name takes no double quotes: `{shown}`"
        yield Notice("text_like_field", message, argument.span)


def _calculated(name: str, arguments: tuple[Expr, ...], known: Schema) -> Iterator[Notice]:
    """Warnings of what no number comes of: a text as an operand, a name with a minus sign in it."""
    for argument in arguments:
        match argument:
            case Literal(str(text), span) if span and exact_number(text) is None:
                hint = "texts are joined by ` . `: `a . b`" if name == "add" else "a number takes no double quotes"
                if _LENGTH.fullmatch(text.strip()) or moment_of(text):
                    hint = 'times are moved by seconds, `now() - 3600`, or by `relative_time(now(), "-1h")`'
                message = f"{quoted(clip(text))} is no number, so that nothing comes of `{_SIGNS[name]}`; {hint}"
                yield Notice("not_a_number", message, span)
    match name, arguments:
        case "sub", (Field(left, before), Field(right, after)) if f"{left}-{right}" in known and before and after:
            message = f"a field is taken from another; an odd name takes single quotes: '{clip(f'{left}-{right}')}'"
            yield Notice("name_in_pieces", message, before.to(after))
        case "sub", (Field(left, before), Field() | Literal() as right) if before and right.span and not known.open:
            taken = right.name if isinstance(right, Field) else right.text or str(right.value)
            written = f"{left}-{taken}"
            if left not in known and right.span.end - before.start == len(written):
                message = f'{quoted(clip(taken))} is taken from a field; a text takes double quotes: "{clip(written)}"'
                yield Notice("name_in_pieces", message, before.to(right.span))


# --- calls -------------------------------------------------------------------------------------------


def _of_regex(name: str, arguments: tuple[Expr, ...]) -> Iterator[Notice]:
    """Warnings of a regular expression that reads like something else, and of what replaces its matches."""
    pattern = arguments[1]
    if isinstance(pattern, Literal) and isinstance(pattern.value, str):
        message = _of_pattern_text(name, pattern.value)
        if message:
            yield Notice("regex_as_it_stands", message, pattern.span)
    if name in ("replace", "replace_nth") and len(arguments) > 2:
        match arguments[2]:
            case Literal(str(written), span) if re.search(r"\$\{?\d", written):
                message = r"`$1` is put in as it stands; the first group is `\1`"
                yield Notice("regex_as_it_stands", message, span)


def _of_pattern_text(name: str, text: str) -> str | None:
    if name == "replace" and text in _LONE_SIGNS:
        return f"`{text}` is {_LONE_SIGNS[text]} in a regular expression; the sign as such is `\\{text}`"
    if name == "match" and is_glob(text):
        like = quoted(clip(text.strip("^$").replace("*", "%")))
        repeated = "`*` repeats the character before it, which may be missing"
        return f"{repeated}; any run of characters is `.*`, or `LIKE {like}`"
    if found := _PATH.search(text):
        escape = text[text.index("\\", found.start()) :][:2]
        return f"`{escape}` is an escape of regular expressions; {_BACKSLASH}"
    return None


def _of_format(name: str, argument: Expr) -> Iterator[Notice]:
    """The warning of a format of times without a sign of percent."""
    match argument:
        case Literal(str(text), span) if "%" not in text and _FORMATS.search(text):
            what = "reads no part of a time" if name == "strptime" else "writes no part of the time"
            message = f"{quoted(clip(text))} {what}; a format is written `%Y-%m-%d %H:%M:%S`"
            yield Notice("format_as_it_stands", message, span)


def _of_moment(argument: Expr) -> Iterator[Notice]:
    """The warning of a text that stands for a time told from now, where the time itself should."""
    match argument:
        case Literal(str(text), span) if span and (moment := moment_of(text)):
            yield Notice("of_another_kind", f"{quoted(clip(text))} is a text and no time; the time is `{moment}`", span)


def _of_delimiter(argument: Expr) -> Iterator[Notice]:
    """The warning of a regular expression that parts a text nowhere."""
    match argument:
        case Literal(str(text), span) if span and _REGEX_DELIMITER.fullmatch(text):
            message = f"{quoted(clip(text))} is no regular expression here, but stands as it is between the pieces"
            yield Notice("regex_as_it_stands", f"{message}; `replace` makes one sign of several before", span)


def _of_escapes(name: str, arguments: tuple[Expr, ...]) -> Iterator[Notice]:
    """Warnings of a line's end or a tab spelled as in other languages, where a text is taken as it stands."""
    for place, argument in enumerate(arguments):
        match argument:
            case Literal(str(text), span) if span and "\\" in text and place in _PLAIN.get(name, ()):
                if hint := escape_hint(text, inside=name in ("mvjoin", "replace"), is_constant=name == "replace"):
                    yield Notice("escape_as_it_stands", hint, span)


def _of_path(argument: Expr) -> Iterator[Notice]:
    """The warning of a place in a JSON text as other languages name it."""
    match argument:
        case Literal(str(path), span) if re.match(r"\$[.{]|/\w", path):
            plain = re.sub(r"/", ".", path.lstrip("$./"))
            shown = quoted(clip(plain))
            message = f"{quoted(clip(path))} begins with a name that has a sign in it; a path is written {shown}"
            yield Notice("path_as_it_stands", message, span)


def _of_swapped(name: str, arguments: tuple[Expr, ...]) -> Iterator[Notice]:
    """The warning of a value that stands where what is asked about it should."""
    match arguments:
        case (Literal(value) as constant, Field() as subject) if constant.span and _is_aside(name, value):
            shown = f"{name}({clip(expression_text(subject))}, {clip(expression_text(constant))})"
            message = f"the value that `{name}` is about stands first: `{shown}`"
            yield Notice("arguments_swapped", message, constant.span)


def _is_aside(name: str, value: Scalar | None) -> bool:
    """Whether a constant is hardly what a function is about: no null, and no list that a value is looked for in."""
    is_list = name in _PIECES and re.search(r"\w[,;|/:]+ ?\w", str(value)) is not None
    return value is not None and not is_list
