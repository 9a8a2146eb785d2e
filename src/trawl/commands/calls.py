"""What is said of comparisons and calls in expressions that hold for nothing, or mean something else than they read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from trawl.commands.contradictions import contradictions
from trawl.commands.likenesses import escape_hint, glob_of, is_glob, like_of
from trawl.errors import Notice, clip
from trawl.expr import Call, Expr, Field, Literal, fields_of
from trawl.functions.searching import network
from trawl.instants import read_time
from trawl.language.spelling import expression_text, quoted, run_text
from trawl.schema import NULL, Kind, Schema
from trawl.values import exact_number

_EQUALITIES: Final = frozenset({"eq", "ne", "in"})
_ORDERS: Final = frozenset({"lt", "le", "gt", "ge"})
_COMPARISONS: Final = _EQUALITIES | _ORDERS
_SIGNS: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%"}
"""Calculations, by how they are written."""
_REGEXES: Final = frozenset({"match", "replace", "regex_extract", "mvfind", "regex_groups", "regex_all", "replace_nth"})
_SWAPPED: Final = frozenset(
    {"contains", "startswith", "endswith", "split", "trim", "ltrim", "rtrim", "mvjoin", "round", "nullif"}
)
"""Functions of a value and of something about it, which stands second."""
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
_LISTED: Final = re.compile(r"[\w.-]+(?:,[\w.-]+)+")
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
    if name in _COMPARISONS or name == "like":
        yield from _compared(name, arguments)
    if name in _SIGNS:
        yield from _calculated(name, arguments, known)
    if name == "split" and len(arguments) > 1:
        yield from _of_delimiter(arguments[1])
    if name in _REGEXES and len(arguments) > 1:
        yield from _of_regex(name, arguments)
    if name in ("strftime", "strptime") and len(arguments) > 1:
        yield from _of_format(name, arguments[1])
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
                if _LENGTH.fullmatch(text.strip()):
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


# --- comparisons -------------------------------------------------------------------------------------


def _compared(name: str, arguments: tuple[Expr, ...]) -> Iterator[Notice]:
    """Warnings of operands that make a comparison one that never holds, or another than is meant."""
    for place, operand in enumerate(arguments):
        subject = arguments[0] if place else arguments[-1]
        code, message = "value_as_it_stands", None
        match operand:
            case Literal(None, span) if span and name != "like" and fields_of(subject):
                code, message = "compared_with_null", _of_null(name, subject)
            case Literal(str(text)) if name == "in" and len(arguments) == 2 and _LISTED.fullmatch(text) and place:
                values = ", ".join(quoted(value) for value in text.split(","))
                message = f"{quoted(clip(text))} is one value; several are listed by `IN ({clip(values)})`"
            case Literal(str(text)) if operand.span and (message := _of_kind(name, text, subject)):
                code = "of_another_kind"
            case Literal(str(text)) if operand.span:
                code, message = "pattern_as_it_stands", _of_pattern(name, text, subject)
            case Call("sub", (Literal(int(low)), Literal(int(high)))) if name in _EQUALITIES and low < high:
                shown = _shown(subject)
                comparisons = f"`{shown} >= {low} AND {shown} <= {high}`"
                message = f"`{low} - {high}` is {low - high}; a range is two comparisons: {comparisons}"
        if message:
            yield Notice(code, message, operand.span)


def _of_null(name: str, subject: Expr) -> str:
    """The warning of a comparison with null."""
    shown = _shown(subject)
    what = "below or above" if name in _ORDERS else "equal or unequal to"
    hint = f"a value that is missing is asked for by `isnull({shown})`, one that is there by `isnotnull({shown})`"
    return f"nothing is {what} null; {hint}"


def _of_kind(name: str, text: str, subject: Expr) -> str | None:
    """The warning of a text that no value of a field's type compares with."""
    type_ = subject.type or NULL
    if not isinstance(subject, Field) or name == "like":
        return None
    shown = _shown(subject)
    verdict = "nothing is below or above it" if name in _ORDERS else "none is equal to it"
    if type_.is_number and exact_number(text) is None:
        message = f"`{shown}` holds numbers only, and {quoted(clip(text))} is none, so that {verdict}"
        like = f"; any run of characters is asked for by `{shown} LIKE {quoted(clip(like_of(text)))}`"
        return message + like if like_of(text) != text else message
    if type_.kind is Kind.TIME and read_time(text) is None:
        hint = 'a time is written "2024-01-31", one before now `relative_time(now(), "-1d")`'
        return f"`{shown}` holds times, and {quoted(clip(text))} is none, so that {verdict}; {hint}"
    if type_.kind is Kind.BOOLEAN and text not in ("true", "false"):
        return f"`{shown}` is true or false, so that {verdict}"
    return None


def _of_pattern(name: str, text: str, subject: Expr) -> str | None:
    """The warning of a pattern of one language that stands where another's is read."""
    shown = _shown(subject)
    if name == "like":
        if "*" in text and "%" not in text:
            like = quoted(clip(text.replace("*", "%")))
            return f"`*` is a star in LIKE, `%` any run of characters: `{shown} LIKE {like}`"
        return None
    if name not in _EQUALITIES:
        return None
    if (like := like_of(text)) != text:
        found = f"`{shown} LIKE {quoted(clip(like))}`"
        searched = f", or by `| search {shown}={run_text(clip(text))}`" if isinstance(subject, Field) else ""
        return f"`*` is a star here; any run of characters is asked for by {found}{searched}"
    if network(text):
        asked = f"`cidrmatch({quoted(text)}, {shown})`"
        return f"{quoted(clip(text))} is compared as a text; a network is asked for by {asked}"
    if glob_of(text) != text:
        return f"`%` stands for itself here; any run of characters is asked for by `{shown} LIKE {quoted(clip(text))}`"
    return None


def _shown(subject: Expr) -> str:
    """A field as a hint names it; something else is any field."""
    return clip(expression_text(subject)) if isinstance(subject, Field) else "field"


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
        case (Literal(value) as constant, Field() as subject) if value is not None and constant.span:
            shown = f"{name}({clip(expression_text(subject))}, {clip(expression_text(constant))})"
            message = f"the value that `{name}` is about stands first: `{shown}`"
            yield Notice("arguments_swapped", message, constant.span)
