"""The options `key=value` of commands: which there are, and what to say of one that there is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from trawl.errors import Code, TrawlError, clip, nearest_hint
from trawl.language.cursor import Cursor
from trawl.language.habits import RANGES, option_hint
from trawl.language.tokens import Token

T = TypeVar("T")


class Options:
    """The options `key=value` of a command, wherever they stand.

    Args:
        hint: what to say of a key that is not known and like none that is; `{key}` and `{value}` are what was written.
        known: for each key the verb that takes its value, such as `cursor.integer`; it is given the key.
    """

    def __init__(self, cursor: Cursor, hint: str | None = None, /, **known: Callable[[str], Any]) -> None:
        self._cursor = cursor
        self._hint = hint
        self._known = known
        self._values: dict[str, Any] = {}

    def read(self) -> None:
        """Takes the options that stand here, if any."""
        cursor = self._cursor
        while cursor.at_option():
            key = cursor.take(cursor.peek())
            name = key.word
            if name not in self._known:
                raise self._unknown(key)
            if name in self._values:
                raise TrawlError(Code.INVALID_ARGUMENT, f"the option `{name}` is given twice", span=key.span)
            cursor.expect_mark("=")
            self._values[name] = self._known[name](f"`{name}`")

    def get(self, name: str, default: T) -> T:
        """The value of an option, or what it is without."""
        value: T = self._values.get(name, default)
        return value

    def _unknown(self, key: Token) -> TrawlError:
        known = ", ".join(f"`{name}`" for name in self._known)
        expected = f"expected {known}" if known else "the command has none"
        value = self._cursor.after(self._cursor.after(key))
        hint = (RANGES.get(key.word) if "earliest" in self._known else None) or nearest_hint(key.word, self._known)
        is_switch = value.is_word("true", "false")
        if hint is None and self._hint is not None and not is_switch:
            hint = self._hint.replace("{key}", clip(key.text)).replace("{value}", clip(value.text) or "…")
        hint = hint or option_hint(key.text, value.text, is_called=self._cursor.after(value).is_mark("("))
        return TrawlError(
            Code.UNKNOWN_ARGUMENT, f"there is no option `{clip(key.text)}`, {expected}", hint=hint, span=key.span
        )
