"""The word that a text ends in the middle of, while it is being written."""

from __future__ import annotations

import re
from typing import Final

from trawl.errors import TrawlError
from trawl.language.tokens import Grain, Scanner

_WORD: Final = re.compile(r"[\w@.*#$:-]*(?<![$:-])")
"""A word from its end to its beginning."""
_BEFORE_NAME: Final = tuple(" \t\r\n,(=<>|[")
_COMMENT: Final = "```"


def word_start(text: str) -> int | None:
    """Where the word or the name in single quotes begins that a text ends in; its end where it ends in none.

    None where it ends in a text in double quotes, in a comment, or in the call of a macro, which are never closed.
    """
    scanner = Scanner(text)
    place = 0
    while place < len(text):
        end = scanner.skip_piece(place)
        is_alone = end == place + 1
        if text[place] == '"' and end == len(text) and not _is_token(scanner, place):
            return None
        if text.startswith("//", place) and not is_alone and end == len(text):
            return None
        if text[place] == "'" and is_alone and (not place or text[place - 1] in _BEFORE_NAME):
            return place
        if text[place] == "`" and is_alone:
            closing = -1 if text.startswith(_COMMENT, place) else text.find("`", end)
            if closing < 0:
                return None
            end = closing + 1
        place = end
    found = _WORD.match(text[::-1])
    return len(text) - (found.end() if found else 0)


def _is_token(scanner: Scanner, place: int) -> bool:
    try:
        scanner.token(place, Grain.RUN)
    except TrawlError:
        return False
    return True
