"""Keys of an order as `sort` and `dedup … sortby` list them."""

from __future__ import annotations

from collections.abc import Iterable

from trawl.algebra import SortKey, SortMode
from trawl.errors import clip
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.searches import KEYWORDS
from trawl.language.spelling import name_text
from trawl.language.tokens import Kind

_MODES = {"num": SortMode.NUMBER, "str": SortMode.STRING, "ip": SortMode.IP, "auto": SortMode.AUTO}


def read_keys(cursor: Cursor) -> tuple[SortKey, ...]:
    """Takes keys, each with an optional sign and a way to compare: `-num(bytes), host`."""
    keys = [_key(cursor)]
    while True:
        if not cursor.mark(","):
            if cursor.at_end() or cursor.at_option():
                break
            _refuse_direction(cursor, keys[-1])
            cursor.refuse_clause()
        keys.append(_key(cursor))
    return tuple(keys)


def key_texts(keys: Iterable[SortKey]) -> list[str]:
    """The keys as a query writes them."""
    return [_text(key) for key in keys]


def _key(cursor: Cursor) -> SortKey:
    is_descending = cursor.sign() == "-"
    word = cursor.peek()
    if word.is_word("by"):
        raise cursor.surprise(
            "a field to sort by", "fields follow `sort` at once; one of this name takes single quotes: 'by'"
        )
    opening = cursor.after(word)
    if word.is_word(*_MODES) and opening.is_mark("("):
        cursor.take(opening)
        name = cursor.name()
        cursor.expect_mark(")")
        return SortKey(Field(name.text, name.span), is_descending, _MODES[word.text.lower()])
    if word.kind is Kind.END:
        raise cursor.surprise("a field to sort by")
    name = cursor.name()
    return SortKey(Field(name.text, name.span), is_descending)


def _refuse_direction(cursor: Cursor, before: SortKey) -> None:
    """Other languages say the direction after the field; a field of that name takes a comma or single quotes."""
    word = cursor.peek()
    if word.is_word("asc", "desc", "ascending", "descending"):
        assert isinstance(before.value, Field)
        sign = "-" if word.text.lower().startswith("d") else "+"
        hint = f"the direction stands before the field: {sign}{clip(name_text(before.value.name))}"
        raise cursor.surprise("a comma or the end", hint, word)


def _text(key: SortKey) -> str:
    assert isinstance(key.value, Field)
    name = name_text(key.value.name, {*KEYWORDS, "by"})
    text = name if key.mode is SortMode.AUTO else f"{key.mode.value}({name})"
    blank = " " if text.startswith("'") else ""  # within a word a quote would be an apostrophe
    return f"-{blank}{text}" if key.descending else text
