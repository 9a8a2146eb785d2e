"""What commands read themselves with: a place in the text, and verbs that take what stands there."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trawl.datemath import find_unit
from trawl.errors import Code, Notice, Span, TrawlError, clip, meant
from trawl.language.habits import CLAUSES, NO_NAMES, RANGES, call_hint, clause_hint, option_hint, word_hint
from trawl.language.names import Name, Written
from trawl.language.strides import Stride, read_stride
from trawl.language.time import check
from trawl.language.tokens import MOST_DIGITS, Grain, Kind, Scanner, Token
from trawl.values import LARGEST_INTEGER, exact_number

if TYPE_CHECKING:
    from trawl.language.tree import Query

T = TypeVar("T")

LARGEST: Final = 1 << 62
"""Whole numbers in options and limits go up to here."""
_BARRED: Final = re.compile(r"\|\|[+\-/@][^\s|\]]*")
_TIME_OF_DAY: Final = re.compile(r"\d\d?:\d\d(?::\d\d\S*)?")


class Cursor:
    """A place in a query's text.

    Args:
        nested: reads a subquery, of which the reader knows the commands; the bracket that opens it is next. None
            where there can be no subquery.

    Attributes:
        position: just after the last token taken.
        notices: warnings found so far.
    """

    def __init__(self, text: str, nested: Callable[[], Query] | None = None) -> None:
        self.scanner = Scanner(text)
        self._nested = nested
        self.position = 0
        self.notices: list[Notice] = []

    # --- tokens --------------------------------------------------------------------------------------

    def peek(self, grain: Grain = Grain.RUN) -> Token:
        """The next token, left where it is."""
        return self.scanner.token(self.position, grain)

    def after(self, token: Token, grain: Grain = Grain.RUN) -> Token:
        """The token after one that was peeked at."""
        return self.scanner.token(token.end, grain)

    def take(self, token: Token) -> Token:
        """Moves past a token that was peeked at."""
        self.position = token.end
        return token

    def at_end(self) -> bool:
        """Whether the command ends here: at `|`, at `]`, at the end of the text."""
        token = self.peek()
        return token.kind is Kind.END or (token.kind is Kind.MARK and token.text in "|]")

    def mark(self, *marks: str) -> bool:
        """Takes one of these marks if it is next."""
        token = self.peek()
        return token.is_mark(*marks) and bool(self.take(token))

    def comma_at_once(self) -> bool:
        """Takes a comma if nothing stands before it. Long lists are read faster so."""
        if not self.scanner.text.startswith(",", self.position):
            return False
        self.position += 1
        return True

    def keyword(self, *words: str) -> bool:
        """Takes one of these keywords (lower case here, any case in the text) if it is next."""
        token = self.peek()
        return token.is_word(*words) and bool(self.take(token))

    def sign(self, signs: str = "+-") -> str:
        """Takes one sign that stands before a word or by itself; empty if there is none."""
        token = self.peek()
        if token.kind is not Kind.WORD or token.text[0] not in signs:
            return ""
        self.position = token.start + 1
        return token.text[0]

    def expect_mark(self, mark: str) -> Token:
        """Takes this mark."""
        token = self.peek()
        if not token.is_mark(mark):
            raise self.surprise(f"`{mark}`")
        return self.take(token)

    def surprise(self, expected: str, hint: str | None = None, token: Token | None = None) -> TrawlError:
        """The error that the next token, or the one given, is not what was expected."""
        token = token or self.peek()
        if hint is None and self.at_end() and self.scanner.text[: self.position].rstrip().endswith(","):
            hint = "the last comma is left out"
        hint = hint or (f"missing at the end is {expected}" if token.kind is Kind.END else None)
        return TrawlError(Code.SYNTAX_ERROR, f"found {token}, expected {expected}", hint=hint, span=token.span)

    def span_from(self, start: Token) -> Span:
        """From a token to the last one taken."""
        return Span(start.start, max(self.position, start.end))

    def refuse_clause(self) -> None:
        """Refuses what begins a clause or a comment in other languages, where a list may go on without a comma."""
        token = self.peek()
        if token.kind is Kind.WORD:
            is_clause = token.word in CLAUSES
            following = clip(self.after(token).text.lower()) if is_clause else ""
            hint = clause_hint(token.word, following) if is_clause else word_hint(token.text)
            if hint:
                raise self.surprise("a comma, `|` or the end", hint)

    # --- values --------------------------------------------------------------------------------------

    def text(self, what: str) -> Token:
        """Takes a word or a text in quotes."""
        token = self.peek()
        if token.kind not in (Kind.WORD, Kind.STRING):
            hint = f'a text takes double quotes: "{clip(token.text)}"' if token.kind is Kind.NAME else None
            raise self.surprise(what, hint)
        return self.take(token)

    def integer(self, what: str, least: int = 0, hint: str | None = None) -> int:
        """Takes a whole number of at least `least`; `what` it is for words the error, `hint` is told of another."""
        token = self.peek()
        digits = token.text.removeprefix("-")
        is_number = token.kind in (Kind.WORD, Kind.STRING) and digits.isascii() and digits.isdigit()
        if not is_number or len(digits) > 20 or not least <= int(token.text) <= LARGEST:
            expected = "a whole number" if least == 0 else f"a whole number from {least} on"
            reason = f"found {token}, expected {expected} for {what}"
            bare = digits.rstrip(";")
            meant = f"the number alone: `{clip(bare)}`" if bare != token.text and bare.isdecimal() else "such as `10`"
            hint = hint or (f"the largest is {LARGEST:,}" if is_number and int(digits[:20]) > LARGEST else meant)
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=token.span)
        return int(self.take(token).text)

    def number(self, what: str) -> int | float:
        """Takes a number."""
        token = self.peek()
        exact = exact_number(token.text) if len(token.text) <= MOST_DIGITS else None
        if token.kind is not Kind.WORD or exact is None or not math.isfinite(float(exact)):
            raise TrawlError(Code.INVALID_ARGUMENT, f"found {token}, expected a number for {what}", span=token.span)
        self.take(token)
        return int(exact) if exact == exact.to_integral_value() and abs(exact) <= LARGEST_INTEGER else float(exact)

    def positive(self, what: str) -> int:
        """Takes a whole number from 1 on."""
        return self.integer(what, 1)

    def boolean(self, what: str) -> bool:
        """Takes `true` or `false` (`t`, `f`, `1`, `0` are understood)."""
        token = self.peek()
        if not token.is_word("true", "t", "1", "false", "f", "0"):
            reason = f"found {token}, expected `true` or `false` for {what}"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=token.span)
        return self.take(token).is_word("true", "t", "1")

    def point(self, what: str) -> Written:
        """Takes a point in time as date math; it is checked here and resolved once the clock is known."""
        token = self.text(f"a time for {what}")
        following, ending = self.peek(), "`|`, an option or the end"
        if bars := _BARRED.match(self.scanner.text, token.end):
            hint = f'date math with bars takes double quotes: "{clip(token.text)}{clip(bars[0])}"'
            span = Span(token.end, bars.end())
            raise TrawlError(Code.SYNTAX_ERROR, f"found `{clip(bars[0])}` without quotes", hint=hint, span=span)
        if following.kind is Kind.WORD and _TIME_OF_DAY.fullmatch(following.text):
            whole = f"{clip(token.text)} {following.text}"
            raise self.surprise(ending, f'a time with a blank takes double quotes: "{whole}"')
        if following.is_mark("(") and following.start == token.end:
            shown = clip(token.text)
            raise self.surprise(ending, f"date math has no brackets: `{shown}`, `{shown}-1d`")
        check(token.text, token.span)
        return Written(token.text, token.span)

    def stride(self, what: str) -> Stride:
        """Takes a length of time such as `5min`."""
        token = self.text(f"a length of time for {what}")
        following = self.peek()
        if token.text.isdecimal() and following.kind is Kind.WORD and find_unit(following.text):
            hint = f"a length is one word: `{clip(token.text)}{following.text}`"
            raise self.surprise("no blank before the unit", hint)
        return read_stride(token.text, token.span)

    def subquery(self) -> Query:
        """Takes a query in square brackets."""
        if self._nested is None or not self.peek().is_mark("["):
            raise self.surprise("a subquery in square brackets", "it is written `[ source NAME | … ]`")
        return self._nested()

    # --- names of fields -----------------------------------------------------------------------------

    def name(self, what: str = "a field") -> Name:
        """Takes one name, bare or in single quotes, without `*`."""
        name = self.pattern(what)
        if name.is_pattern:
            shown = clip(name.text)
            hint = f"a name that holds a star takes single quotes: '{shown}'"
            reason = f"found `{shown}`, expected {what} without `*`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=name.span)
        return name

    def new_name(self) -> str:
        """Takes the name of a new column, after `as`; it may stand in double quotes too."""
        token = self.peek()
        return self.take(token).text if token.kind is Kind.STRING else self.name("a name").text

    def pattern(self, what: str = "a field") -> Name:
        """Takes one name, bare or in single quotes; bare it may hold `*`."""
        token = self.peek()
        if token.kind is Kind.NAME:
            return Name(self.take(token).text, False, token.span)
        if token.kind is not Kind.WORD:
            hint = f"a field's name takes single quotes: '{clip(token.text)}'" if token.kind is Kind.STRING else None
            raise self.surprise(what, hint or NO_NAMES.get(token.text))
        following = self.after(token)
        if following.is_mark("(") and following.span.start == token.span.end:
            end = self.scanner.text.find(")", token.span.end)
            hint = call_hint(self.scanner.text[token.span.start : end + 1 or None])
            raise self.surprise(f"{what}, a comma or the end", hint, following)
        return Name(self.take(token).text, "*" in token.text, token.span)

    def names(self, *until: str, patterns: bool = False) -> tuple[Name, ...]:
        """Takes one name or more, with or without commas, up to the end, an option or one of the words `until`."""
        found = [self.pattern() if patterns else self.name()]
        while True:
            if self.comma_at_once() or self.mark(","):
                found.append(self.pattern() if patterns else self.name())
                continue
            token = self.peek()
            if token.kind not in (Kind.WORD, Kind.NAME) or token.is_word(*until) or self.at_option():
                return tuple(found)
            self.refuse_clause()
            found.append(self.pattern() if patterns else self.name())

    # --- options -------------------------------------------------------------------------------------

    def at_option(self) -> bool:
        """Whether `word =` is next."""
        token = self.peek()
        return token.kind is Kind.WORD and self.after(token).is_mark("=")


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
        if hint is None and self._hint is not None:
            hint = self._hint.replace("{key}", clip(key.text)).replace("{value}", clip(value.text) or "…")
        hint = hint or option_hint(key.text, value.text, is_called=self._cursor.after(value).is_mark("("))
        return TrawlError(
            Code.UNKNOWN_ARGUMENT, f"there is no option `{clip(key.text)}`, {expected}", hint=hint, span=key.span
        )


def nearest_hint(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """`did the query mean …?` for a word that is spelled like one or two of the known ones."""
    return meant(nearest(word, known, likeness))


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> list[str]:
    """The known words that a word is spelled like, two at most."""
    return difflib.get_close_matches(word[:60], list(known), n=2, cutoff=likeness)
