"""JSON that is not one object a line: an array of objects, or objects one after the other, laid out as may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

from trawl.errors import Code, TrawlError
from trawl.store.inputs.lines import Block

BLOCK_RECORDS: Final = 8192

_BETWEEN: Final = re.compile(r"[\s,]*")
_FINDER: Final = json.JSONDecoder(parse_int=len)
"""Finds where an object ends. Its values are not used, and integers of thousands of digits Python refuses to read."""


def documents(stream: BinaryIO, name: str) -> Iterator[Block]:
    """The texts of the objects of a file, which is read into memory; their numbers count from 1.

    Raises:
        TrawlError: `UNREADABLE_FILE` where the text is no JSON: what follows cannot be told apart.
    """
    texts = _texts(stream.read(), name)
    first = 1
    while some := tuple(islice(texts, BLOCK_RECORDS)):
        yield Block(first, some)
        first += len(some)


def _texts(data: bytes, name: str) -> Iterator[bytes]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrawlError(Code.UNREADABLE_FILE, f"`{name}` is no UTF-8, at byte {error.start + 1}") from None
    place = _after_blanks(text, 0)
    is_array = text.startswith("[", place)
    place = _after_blanks(text, place + 1) if is_array else place
    while place < len(text):
        if is_array and text[place] == "]":
            is_array, place = False, _after_blanks(text, place + 1)
            continue
        try:
            _, end = _FINDER.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError) as error:
            what = error.msg.lower() if isinstance(error, json.JSONDecodeError) else "it nests too deep"
            line = text.count("\n", 0, place) + 1
            raise TrawlError(Code.UNREADABLE_FILE, f"`{name}` is no JSON at line {line}: {what}") from None
        yield text[place:end].encode()
        place = _after_blanks(text, end)
    if is_array:
        raise TrawlError(Code.UNREADABLE_FILE, f"the array of `{name}` does not end", hint="the file may be cut short")


def _after_blanks(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place
