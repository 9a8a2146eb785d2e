"""What a synopsis says of how a command is written, as a grammar: the notation is read, not only shown.

A line is a form, indented lines go on with it. Words in small letters stand as they are, words in capitals for what
they name. `[x]` may be left out, `x|y` is one or the other, `[, x ...]` and `, ...` go on with further ones, and
`[ X ]` with blanks within is in square brackets of the query. `key=VALUE` is an option, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Element: TypeAlias = "Word | Mark | Sign | Slot | Nested | Sequence | Choice | Repeated"

_SAMPLE: Final = r"""(?:\([A-Z]+\)|"[^"]*"|[\w.-]++(?!=))"""
_TOKEN: Final = re.compile(
    rf"""(?P<option>[a-z]\w*)=(?P<value>{_SAMPLE}(?:\|{_SAMPLE})*)?"""
    r"""|(?P<nested>\[\ )|(?P<word>[a-z]\w*(?:\|[a-z]\w*)*)|(?P<slot>"[A-Z ]+"|[A-Z]\w*)"""
    r"""|(?P<mark>\.\.\.|!=|[\[\]|,=<()])|(?P<sign>[-+$])"""
)
_NAMED: Final = re.compile(r"\]([A-Z]+)")
"""What follows a key that may be left out: `[limit=]N`."""
_UNPARTED: Final = frozenset({"FIELD", "COLUMN", "MEASURE"})
"""What is listed with or without commas: fields and measures."""


@dataclass(frozen=True)
class Word:
    """A word that stands as it is.

    Attributes:
        is_called: whether a round bracket follows it.
    """

    text: str
    is_called: bool = False


@dataclass(frozen=True)
class Mark:
    """A mark that stands as it is."""

    text: str


@dataclass(frozen=True)
class Sign:
    """A sign before a word."""

    text: str


@dataclass(frozen=True)
class Slot:
    """Something of the kind that it names: `FIELD`, `EXPRESSION`, `N`.

    Attributes:
        key: the option that it is without its key, in `[limit=]N`.
    """

    name: str
    key: str | None = None


@dataclass(frozen=True)
class Nested:
    """Commands in square brackets.

    Attributes:
        goes_on: whether the first of them works on rows that are there, and makes none of its own.
    """

    goes_on: bool


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    items: tuple[Element, ...]


@dataclass(frozen=True)
class Choice:
    """One of several."""

    items: tuple[Element, ...]


@dataclass(frozen=True)
class Repeated:
    """Once or more, with commas between; these may be left out unless they are needed."""

    item: Element
    needs_comma: bool


NOTHING: Final = Sequence(())


@dataclass(frozen=True)
class Synopsis:
    """How a command is written.

    Attributes:
        whole: what follows the command's name, without options.
        options: by key what may follow `=`.
        words: those that stand as they are.
    """

    whole: Element
    options: Mapping[str, Element]
    words: frozenset[str]

    @property
    def nested(self) -> Nested | None:
        """The commands in square brackets that it holds."""
        return _nested(self.whole)


def read(text: str) -> Synopsis:
    """The grammar of a synopsis."""
    reading = _Reading()
    forms = [reading.form(line) for line in re.sub(r"\n\s+", " ", text).splitlines()]
    return Synopsis(Choice(tuple(forms)), reading.options, frozenset(reading.words))


def _nested(element: Element) -> Nested | None:
    match element:
        case Nested():
            return element
        case Sequence(items) | Choice(items):
            return next((found for item in items if (found := _nested(item))), None)
        case Repeated(item):
            return _nested(item)
    return None


class _Reading:
    """The reading of a synopsis: the options and words found so far, and the pieces of a form that are left."""

    def __init__(self) -> None:
        self.options: dict[str, Element] = {}
        self.words: set[str] = set()
        self._text = ""
        self._position = 0
        self._key: str | None = None
        """the option that the next slot is without its key"""

    def form(self, line: str) -> Element:
        """What follows the name of the command in a line."""
        self._text, self._position = line.removeprefix("| ").partition(" ")[2], 0
        return self._alternatives(is_whole=True)

    def _alternatives(self, *, is_whole: bool = False) -> Element:
        """What stands up to the closing bracket, or the end of the form if it is the whole of it."""
        found: list[Element] = []
        items: list[Element] = []
        while piece := self._next():
            if piece["mark"] == "]":
                break
            if piece["mark"] == "|":
                found.append(_sequence(items))
                items = []
            elif piece["mark"] == "...":
                pass
            elif piece["mark"] == "," and self._text.startswith(" ...", self._position):
                _repeat(items, [])
            elif piece["mark"] == "[" and self._text.startswith(", ", self._position):
                self._further(items)
            else:
                several = [self._element(piece)]
                while is_whole and self._text.startswith("|", self._position):  # without blanks
                    self._position += 1
                    if following := self._next():
                        several.append(self._element(following))
                items.append(_one_of(several))
        found.append(_sequence(items))
        return _one_of(found)

    def _further(self, items: list[Element]) -> None:
        """Takes the rest of `[, x ...]`, which goes on with a list, or of `[, x]`, which is one more."""
        self._next()
        content = self._alternatives()
        listed: list[Element] = list(content.items) if isinstance(content, Sequence) else [content]
        if self._text.endswith("...]", 0, self._position):
            _repeat(items, listed)
        else:
            items.append(Choice((Sequence((Mark(","), *listed)), NOTHING)))

    def _called(self) -> Iterator[Element]:
        """What stands in round brackets, with them."""
        while piece := self._next():
            yield self._element(piece)
            if piece["mark"] == ")":
                return

    def _next(self) -> re.Match[str] | None:
        found = _TOKEN.search(self._text, self._position)
        self._position = found.end() if found else len(self._text)
        return found

    def _element(self, piece: re.Match[str]) -> Element:
        if piece["option"]:
            named = _NAMED.match(self._text, self._position)
            self._key = piece["option"] if named else None
            self.options[piece["option"]] = _value(named[1] if named else piece["value"])
            return NOTHING
        if piece["nested"]:
            goes_on = self._text.startswith("COMMAND", self._position)
            depth = 1
            while depth and (inner := self._next()):
                depth += bool(inner["nested"] or inner["mark"] == "[") - (inner["mark"] == "]")
            return Nested(goes_on)
        if piece["mark"] == "[":
            return Choice((self._alternatives(), NOTHING))
        if piece["word"]:
            words = piece["word"].split("|")
            is_called = self._text.startswith("(", self._position)
            if not is_called:  # what is called may be the name of a field as well
                self.words.update(words)
            found = _one_of([Word(word, is_called) for word in words])
            return Sequence((found, *self._called())) if is_called else found
        if piece["sign"]:
            return Sign(piece["sign"])
        if piece["slot"]:
            key, self._key = self._key, None
            return Slot(piece["slot"].strip('"'), key)
        return Mark(piece["mark"])


def _one_of(items: list[Element]) -> Element:
    return items[0] if len(items) == 1 else Choice(tuple(items))


def _sequence(items: list[Element]) -> Element:
    kept = [item for item in items if item != NOTHING and item != Choice((NOTHING, NOTHING))]
    return kept[0] if len(kept) == 1 else Sequence(tuple(kept))


def _repeat(items: list[Element], again: list[Element]) -> None:
    """Makes a list of the last of some elements: from where `again` stands among them, or from the last slot on."""
    starts = [
        start
        for start, item in enumerate(items)
        if (items[start : start + len(again)] == again if again else _slot(item))
    ]
    start = starts[-1] if starts else len(items) - 1
    start -= not again and start > 0 and _is_sign(items[start - 1])
    listed = _sequence(items[start:])
    first = next((slot for each in items[start:] if (slot := _slot(each))), None)
    is_plain = not any(isinstance(each, Word | Mark) for each in items[start:])
    items[start:] = [Repeated(listed, not (is_plain and first is not None and first.name in _UNPARTED))]


def _slot(element: Element) -> Slot | None:
    """The slot that an element is, or that it may be instead of another thing."""
    if isinstance(element, Choice):
        return None if NOTHING in element.items else _slot(element.items[0])
    return element if isinstance(element, Slot) else None


def _is_sign(element: Element) -> bool:
    """Whether it is a sign, or one of several, which may be left out."""
    return isinstance(element, Sign) or (
        isinstance(element, Choice) and all(item == NOTHING or _is_sign(item) for item in element.items)
    )


def _value(sample: str) -> Element:
    """What an option takes, by what the synopsis shows: one of the words, what a word in capitals stands for."""
    if sample.startswith("("):
        return Sequence((Mark("("), Slot(sample.strip("()")), Mark(")")))
    values = sample.split("|")
    if len(values) > 1:
        return _one_of([Word(value) for value in values])
    if sample in ("true", "false", "BOOL"):
        return Choice((Word("true"), Word("false")))
    return Word(sample) if re.fullmatch(r"[a-z]+", sample) else Slot(sample.strip('"'))
