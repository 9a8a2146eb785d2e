"""What is said of `field=value` in a `search` that holds for no event, or means something else than it reads like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from trawl.commands.likenesses import glob_of, regex_of
from trawl.errors import Notice, clip
from trawl.expr import Literal
from trawl.instants import read_time
from trawl.language.spelling import name_text, quoted, run_text
from trawl.schema import Kind, Schema
from trawl.values import exact_number

_CHOICE: Final = re.compile(r"[\w.-]+(?:(?:\|| OR )[\w.-]+)+")
_RANGE: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?:-|\.\.|:)(-?\d+(?:\.\d+)?)")
_CLASS: Final = re.compile(r"([1-5])[xX]{2}")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_BACKSLASHES: Final = re.compile(r"(?<=[^\\])\\\\")
_ESCAPED: Final = re.compile(r"\\([/:])")


def value_notice(name: str, value: Literal, known: Schema) -> Iterator[Notice]:
    """The warning of a comparison with a value, as written after `=`, `!=` or in a list; none where all is well."""
    text, type_ = str(value.value), known.type_of(name)
    is_plain = text.isalnum() and text.lower() != "null" and Kind.STRING in type_.kinds
    if is_plain or text in ("", "*"):  # most are, of which there may be very many
        return
    is_bare = value.span is not None and value.span.end - value.span.start == len(text)
    said = _of_another_kind(name, text, known) or _spelled(name, text, known, is_bare=is_bare)
    if said:
        yield Notice("value_as_it_stands", said, value.span)


def _of_another_kind(name: str, text: str, known: Schema) -> str | None:
    """The warning of a value that a field of its type never has."""
    type_, shown = known.type_of(name), name_text(clip(name))
    if "*" in text:
        return None
    if type_.is_number and exact_number(text) is None:
        message = f"`{shown}` holds numbers only, so that none is `{clip(text)}`"
        if found := _RANGE.fullmatch(text):
            return f"{message}; a range is two comparisons: `{shown}>={clip(found[1])} {shown}<={clip(found[2])}`"
        if found := _CLASS.fullmatch(text):
            return f"{message}; a range is two comparisons: `{shown}>={found[1]}00 {shown}<{int(found[1]) + 1}00`"
        if listed := _listed(name, text):
            return f"{message}; {listed}"
        if text.startswith("!"):
            return f"{message}; the language writes `{shown}!={clip(text[1:])}`"
        return f"{message}; {_missing(shown)}" if text.lower() == "null" else message
    if type_.kind is Kind.TIME and read_time(text) is None:
        return f"`{shown}` holds times, and `{clip(text)}` is none; a time is written `2024-01-31T00:00:00`"
    if type_.kind is Kind.TIME and _DATE.fullmatch(text):
        return f"`{text}` is the moment when the day begins; the day is `{shown}>={text} {shown}<…`"
    return None


def _spelled(name: str, text: str, known: Schema, *, is_bare: bool) -> str | None:
    """The warning of a value that other languages read otherwise."""
    if text.isalnum() and text.lower() != "null":
        return None
    shown, as_is = name_text(clip(name)), f"`{clip(text)}` is compared as it stands"
    if is_bare and text.lower() == "null":
        return f"{as_is}, a text; {_missing(shown)}"
    if is_bare and text.startswith("!"):
        return f"{as_is}; the language writes `{shown}!={run_text(clip(text[1:]))}`"
    regex = regex_of(text) or (text[1:] if is_bare and re.match(r"~[^/~]", text) else None)
    if regex:
        return f"{as_is}; a regular expression is asked for by `| regex {shown}={quoted(clip(regex))}`"
    if (glob := glob_of(text)) != text:
        return f"{as_is}; `*` is any run of characters: `{shown}={run_text(clip(glob))}`"
    if listed := _listed(name, text):
        return f"{as_is}, as one value; {listed}"
    if is_bare and re.search(r"\w\?(?:\w|$)", text) and not re.search(r"[/.=&*]", text):
        return (
            f"{as_is}; `?` stands for itself, `*` for any run of characters: `{shown}={clip(text.replace('?', '*'))}`"
        )
    plain = _ESCAPED.sub(r"\1", _BACKSLASHES.sub(r"\\", text)) if is_bare else text
    if plain != text:
        return f"{as_is}; without quotes nothing takes a backslash before it: `{shown}={run_text(clip(plain))}`"
    if "." in text and text in known:
        return f"{as_is}; two fields are compared by `| where {shown} == {name_text(clip(text))}`"
    return None


def _listed(name: str, text: str) -> str | None:
    """How several values are listed that one text holds; None where it does not."""
    if not _CHOICE.fullmatch(text):
        return None
    values = ", ".join(run_text(value) for value in re.split(r"\|| OR ", text))
    return f"several are listed by `{name_text(clip(name))} IN ({clip(values)})`"


def _missing(shown: str) -> str:
    return f"events without the field are found by `NOT {shown}=*`, those with it by `{shown}=*`"
