"""What is said of a `search` that finds nothing, or something else than it reads like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from trawl.commands.habits import FIELDS
from trawl.commands.likenesses import glob_of, regex_of
from trawl.commands.values import value_notice
from trawl.errors import Notice, Span, clip
from trawl.expr import Call, Expr, Field, Literal, walk
from trawl.instants import read_time
from trawl.language.spelling import name_text, quoted, run_text
from trawl.schema import Schema
from trawl.values import exact_number

_ORDERED: Final = frozenset({"search_lt", "search_le", "search_gt", "search_ge"})
_RANGE: Final = "the range of time is an option of `source`: `source NAME earliest=-1d`"
_DATE_MATH: Final = re.compile(r"now\b.*|[+-]\d+[A-Za-z]+(?:[@/]\w+)?|@\w+")
_FUZZY: Final = re.compile(r"([^\W\d]\w*)~\d?(?:\.\d+)?|~\d(?:\.\d+)?")
_BOOSTED: Final = re.compile(r"([^\W\d]\w*)?\^\d+(?:\.\d+)?")
_ALONE: Final = {
    "-": "events without a word are found by `NOT {}`; a text with a dash in it takes double quotes",
}
"""Hints by a sign that stands alone before a term, `{}` for that; others, as `+` and `&`, change nothing."""

_SIGNED: Final = {
    "-": "events without a word are found by `NOT {}`",
    "+": "terms side by side must all hold: `{}`",
}
"""Hints by a sign at the beginning of a word, `{}` for the rest of it."""

_OPTIONS: Final = {
    "-v": "events without a word are found by `NOT word`",
    "-i": "case does not count in a search, and the option is left out",
    "-w": "words are looked for as a whole, and the option is left out",
    **dict.fromkeys(("-E", "-P", "-e"), 'a regular expression is asked for by `| regex "…"`'),
}
"""Hints by the options of programs that look for texts."""

_COMMON: Final = frozenset(
    {
        "level",
        "severity",
        "message",
        "msg",
        "service",
        "source",
        "index",
        "tags",
        "status",
        "host",
        "user",
        "env",
        "app",
    }
)
"""What fields are often called, so that such a name before a colon hardly belongs to a text."""

_COMPARED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("equals", "eq"), "a field is compared by `{name}={value}`"),
    "ne": "a field is compared by `{name}!={value}`",
    "gt": "a field is compared by `{name}>{value}`",
    "ge": "a field is compared by `{name}>={value}`",
    "gte": "a field is compared by `{name}>={value}`",
    "lt": "a field is compared by `{name}<{value}`",
    "le": "a field is compared by `{name}<={value}`",
    "lte": "a field is compared by `{name}<={value}`",
    "between": "a range is two comparisons: `{name}>={value} {name}<=…`",
    **dict.fromkeys(("like", "ilike"), "`*` is any run of characters: `{name}={like}`"),
    **dict.fromkeys(("contains", "has"), "`*` is any run of characters: `{name}=*{value}*`"),
    **dict.fromkeys(("startswith", "hasprefix"), "`*` is any run of characters: `{name}={value}*`"),
    **dict.fromkeys(("endswith", "hassuffix"), "`*` is any run of characters: `{name}=*{value}`"),
    **dict.fromkeys(
        ("matches", "rlike", "regexp", "regex", "~", "=~", "!~"),
        "a regular expression is asked for by `| regex {name}={quoted}`",
    ),
    "is": "events without a field are found by `NOT {name}=*`, those with it by `{name}=*`",
}
"""Hints by a word between a field and a value that compares them in other languages, lower case."""


def misread(condition: Expr, known: Schema) -> Iterator[Notice]:
    """Warnings of comparisons that hold for no event, and of terms that look like something else."""
    said: set[Span | None] = set()
    for node in walk(condition):
        match node:
            case Call("and", terms):
                for notice, spans in _side_by_side(terms, known):
                    said.update(spans)
                    yield notice
            case Call(function, (Field(name), Literal(str(text), span))) if function in _ORDERED:
                yield from _bound(name, text, span, known)
            case Call("search_eq", (Field(name), Literal() as value)):
                yield from value_notice(name, value, known)
            case Call("search_text", (Literal(str(text), span) as term, *_)) if span not in said:
                hint = _term_hint(term, known)
                if hint:
                    yield as_text(text, hint, span)


def as_text(text: str, hint: str, span: Span | None) -> Notice:
    """The warning that a text is looked for as such, which may mean something else."""
    return Notice("term_is_text", f"`{clip(text)}` is looked for as a text in all fields; {hint}", span)


def _bound(name: str, text: str, span: Span | None, known: Schema) -> Iterator[Notice]:
    """The warning of a bound that is none."""
    if exact_number(text) is not None or read_time(text) is not None:
        return
    message = f"`{clip(text)}` is neither a number nor a time, so that no event is below or above it"
    if _DATE_MATH.fullmatch(text):
        message += f"; {_RANGE}"
    elif text in known:
        message += f"; two fields are compared by `| where {name_text(clip(name))} > {name_text(clip(text))}`"
    yield Notice("not_a_number", message, span)


# --- terms side by side ------------------------------------------------------------------------------


def _side_by_side(terms: Sequence[Expr], known: Schema) -> Iterator[tuple[Notice, set[Span | None]]]:
    """Warnings of terms that are one in other languages, each with the places of the terms that it may speak of."""
    for place, term in enumerate(terms):
        word = _bare(term)
        if word is None:
            continue
        before = terms[place - 1] if place else None
        following = terms[place + 1] if place + 1 < len(terms) else None
        name = _bare(before)
        hint = _between(name if name is not None and name in known else None, word, following, known)
        if word == "where" and before is None and isinstance(following, Call) and _is_comparison(following):
            hint = "a bar goes before a command: `| where …`"
        if hint:
            yield as_text(word, hint, term.span), {each.span for each in (before, term, following) if each}


def _between(name: str | None, word: str, following: Expr | None, known: Schema) -> str | None:
    """What is meant by a word after the name of a field, if it is one, and before a further term."""
    if name is not None and word.startswith(":") and len(word) > 1:
        return _equal(name, Call("search_text", (Literal(word[1:]),)))
    if following is None:
        return None
    if name is not None and word == ":":
        return _equal(name, following)
    if name is not None and word.lower() in _COMPARED:
        return _compared(name, word.lower(), following)
    if word.endswith(":") and (word[:-1] in known or word.lstrip("+-")[:-1] in _COMMON):
        return _equal(word[:-1], following)
    if word.endswith("~") and word.rstrip("!~") in known:
        return _compared(word.rstrip("!~"), "~", following)
    return _ALONE[word].format(_shown(following)) if word in _ALONE else None


def _bare(term: Expr | None) -> str | None:
    """The word that a term is, without quotes; None for others."""
    match term:
        case Call("search_text", (Literal(str(text), span), *_)) if span and span.end - span.start == len(text):
            return text
    return None


def _is_comparison(term: Call) -> bool:
    return term.function == "search_eq" or term.function in _ORDERED


def _texts(term: Expr) -> list[str] | None:
    """The texts that a term looks for one of; None where it is something else."""
    match term:
        case Call("search_text", (Literal(str(text)), *_)):
            return [text]
        case Call("or", terms):
            found = [_texts(each) for each in terms]
            return [text for texts in found for text in texts or ()] if None not in found else None
    return None


def _shown(term: Expr) -> str:
    """A term as a hint writes it."""
    texts = _texts(term)
    return run_text(clip(texts[0])) if texts and len(texts) == 1 else "…"


def _equal(name: str, value: Expr) -> str:
    """How a field is compared with a value, or with one of several."""
    texts = _texts(value)
    if texts and texts[0].startswith("{"):
        return f"fields of an object have names with a dot: `{name_text(clip(name))}.b=…`"
    if texts is not None and len(texts) > 1:
        listed = ", ".join(run_text(text) for text in texts)
        return f"several values are listed by `{name_text(clip(name))} IN ({clip(listed)})`"
    return f"a field is compared by `{name_text(clip(name))}={run_text(clip(texts[0])) if texts else '…'}`"


def _compared(name: str, word: str, value: Expr) -> str | None:
    """How a field is compared as `word` does in another language; None where it is a word like any other."""
    texts = _texts(value)
    text = texts[0] if texts and len(texts) == 1 else None
    if word == "is" and (text is None or text.lower() != "null") and not _is_negated_null(value):
        return None
    value_text = "…" if text is None else run_text(clip(text))
    return _COMPARED[word].format(
        name=name_text(clip(name)),
        value=value_text,
        like="…" if text is None else run_text(clip(text.replace("%", "*"))),
        quoted='"…"' if text is None else quoted(clip(text)),
    )


def _is_negated_null(term: Expr) -> bool:
    match term:
        case Call("not", (inner,)):
            return (_texts(inner) or [""])[0].lower() == "null"
    return False


# --- one term ----------------------------------------------------------------------------------------


def _term_hint(term: Literal, known: Schema) -> str | None:
    """What is meant by a term that other languages read otherwise: `status:500`, `-word`, `word~`."""
    text = str(term.value)
    if not text or text.isalnum():
        return None
    is_bare = term.span is not None and term.span.end - term.span.start == len(text)
    if is_bare and text.startswith("_exists_:"):
        return FIELDS["_exists_"]
    if is_bare and text == "*:*":
        return "every event is found by `*`"
    hint = (_field_hint(text, known) or _word_hint(text)) if is_bare else None  # quotes say that a text is meant
    if hint:
        return hint
    name, tilde, pattern = text.partition("~")
    if is_bare and tilde and name.rstrip("!") in known:
        shown = quoted(clip(pattern)) if pattern else '"…"'
        return f"a regular expression is asked for by `| regex {name_text(clip(name.rstrip('!')))}={shown}`"
    if is_bare and (regex := regex_of(text)):
        return f"a regular expression is asked for by `| regex {quoted(clip(regex))}`"
    if (glob := glob_of(text)) != text and text[-1] == "%":
        return f"`*` is any run of characters: `{run_text(clip(glob))}`"
    if is_bare and re.search(r"\w\?\w", text) and not re.search(r"[/*]", text):
        return f"`?` stands for itself, `*` for any run of characters: `{run_text(clip(text.replace('?', '*')))}`"
    return None


def _field_hint(text: str, known: Schema) -> str | None:
    """What is meant by a field and a value with a colon between them."""
    sign = text[0] if text.startswith(("+", "-")) else ""
    before, colon, after = text[len(sign) :].partition(":")
    before, after = before.removeprefix("@") if before not in known else before, after.lstrip(":")
    negation = "NOT " if sign == "-" else ""
    if not colon:
        return None
    if before not in known and not (before in _COMMON and (known.open or sign)):
        is_field = re.fullmatch(r"[A-Za-z_][\w.]*", before) and re.match(r"[A-Za-z*]", after)
        near = known.nearest(before, 1) if is_field else []
        return f"a field is compared by `{negation}{name_text(clip(near[0]))}={_value(after)}`" if near else None
    if after.startswith(("{", "[")):
        shown = name_text(clip(before))
        return f"a range is two comparisons: `{shown}>=1 {shown}<=9`; fields of an object have a dot: `{shown}.b=…`"
    if regex := regex_of(after):
        return f"a regular expression is asked for by `| regex {name_text(clip(before))}={quoted(clip(regex))}`"
    return f"a field is compared by `{negation}{name_text(clip(before))}={_value(after)}`"


def _value(written: str) -> str:
    """A value as it is written here, without another language's escapes and weights."""
    value = re.sub(r"\\([^\w\s])", r"\1", re.sub(r"[~^][\d.]*$", "", written))
    return run_text(clip(value)) if value else "…"


def _word_hint(text: str) -> str | None:
    """What is meant by a word with signs around it that other languages give a meaning."""
    if text in _OPTIONS:
        return _OPTIONS[text]
    if text[0] in _SIGNED and text[1:].isalpha():
        return _SIGNED[text[0]].format(clip(text[1:]))
    if fuzzy := _FUZZY.fullmatch(text):
        word = quoted(clip(fuzzy[1])) if fuzzy[1] else '"…"'
        return f"texts that are alike are found by `| where levenshtein(field, {word}) < 3`"
    if boosted := _BOOSTED.fullmatch(text):
        return f"no term weighs more than another: `{clip(boosted[1] or '…')}`"
    return None
