"""What may follow in a command that is being written: its beginning is held against its synopsis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from trawl.commands.synopsis import Choice, Element, Mark, Nested, Repeated, Sequence, Sign, Slot, Synopsis, Word
from trawl.language.tokens import Kind, Scanner, Token
from trawl.language.unfinished import VALUES, Part, condition, expression, peek

_WITHIN: Final = {"EXPRESSION": "EXPRESSION", "MEASURE": "EXPRESSION", "TERM": "TERM"}
"""What stands in the round brackets of a slot."""
LONGEST: Final = 1 << 18
"""Signs of a command that are looked at: while somebody types, a longer one would take seconds."""
_ANY: Final = Choice((Slot("VALUE"), Sequence((Mark("("), Slot("EXPRESSION"), Mark(")")))))
"""What an option takes that is not known."""
_UNFINISHED: Final = tuple(",=<>(+-*/%!.$")
"""Where a text ends in one of these, what it begins goes on."""


@dataclass(frozen=True)
class Expectations:
    """What may follow, each in the order of the synopsis.

    Attributes:
        words: words of the command's own.
        called: words of the command's own that round brackets follow.
        values: those of an option whose key the text ends with.
        slots: what words in capitals of the synopsis stand for.
        operators: words between and before the operands of a condition.
        options: keys of options that have not been given.
        tables: the lookup or the sources that the command has named so far.
    """

    words: tuple[str, ...]
    called: tuple[str, ...]
    values: tuple[str, ...]
    slots: tuple[str, ...]
    operators: tuple[str, ...]
    options: tuple[str, ...]
    tables: tuple[str, ...]


NOTHING: Final = Expectations((), (), (), (), (), (), ())


def expected(text: str, synopsis: Synopsis) -> Expectations:
    """What may follow a text that begins after the name of the command and ends before a word.

    Nothing, where the text cannot be held against the synopsis, or is longer than `LONGEST`.
    """
    if len(text) > LONGEST:
        return NOTHING
    matching = _Matching(text, synopsis)
    matching.whole()
    return Expectations(
        () if matching.is_within else tuple(matching.words),
        tuple(matching.called),
        tuple(matching.words) if matching.is_within else (),
        tuple(matching.slots),
        tuple(matching.operators),
        tuple(key for key in synopsis.options if key not in matching.given) if matching.takes_option() else (),
        tuple(matching.tables),
    )


class _Matching:
    """The matching of one text. A match begins at a place and has any number of ends; at the end of the text it
    notes what is expected there, and has none.

    Attributes:
        words, called, slots, operators, tables: as of `Expectations`, each once.
        is_within: whether the text ends within a part: in round brackets, after the key of an option.
        given: keys of the options that stand in the text.
    """

    def __init__(self, text: str, synopsis: Synopsis) -> None:
        self._synopsis = synopsis
        self._scanner = Scanner(text)
        self._is_between = False
        """whether the text ends where a part of the command has ended"""
        self.is_within = False
        self._is_value = False
        """whether what an option takes is being matched, where no further option stands"""
        self.words: dict[str, None] = {}
        self.called: dict[str, None] = {}
        self.slots: dict[str, None] = {}
        self.operators: dict[str, None] = {}
        self.given: set[str] = set()
        self.tables: dict[str, None] = {}

    def whole(self) -> None:
        """Matches the whole text."""
        for end in self._match(self._synopsis.whole, 0):
            token = self._settled(end)
            self._is_between |= token is not None and token.kind is Kind.END

    def takes_option(self) -> bool:
        """Whether an option may follow the text."""
        text = self._scanner.text.rstrip()
        last = text.split()[-1].lower() if text else ""
        is_begun = text.endswith(_UNFINISHED) or last in self._synopsis.words
        return self._is_between and not self.is_within and not is_begun

    def _match(self, element: Element, position: int) -> set[int]:
        """Where an element that begins at a place may end."""
        match element:
            case Sequence(items):
                ends = {position}
                for item in items:
                    ends = self._each(item, ends)
                return ends
            case Choice(items):
                return {end for item in items for end in self._match(item, position)}
            case Repeated(item, needs_comma):
                return self._repeated(item, needs_comma, position)
        token = self._settled(position)
        if token is None:
            return set()
        if isinstance(element, Slot) and element.name in ("EXPRESSION", "MEASURE"):
            return self._computed(element.name, expression(self._scanner, token.start, self._synopsis.words))
        if isinstance(element, Slot) and element.name == "TERM":
            return self._computed(element.name, condition(self._scanner, token.start))
        if token.kind is Kind.END:
            self._expect(element)
            return set()
        return self._token(element, token)

    def _each(self, element: Element, starts: Iterable[int]) -> set[int]:
        return {end for start in starts for end in self._match(element, start)}

    def _repeated(self, item: Element, needs_comma: bool, position: int) -> set[int]:
        ends: set[int] = set()
        last = self._match(item, position)
        while last := last - ends:
            ends |= last
            starts = set()
            for end in last:
                token = self._settled(end)
                if token is not None and token.is_mark(","):
                    starts.add(token.end)
                elif token is not None and not needs_comma:
                    starts.add(end)
            last = self._each(item, starts)
        return ends

    def _expect(self, element: Element) -> None:
        """Notes what is expected at the end of the text."""
        self._is_between = True
        if isinstance(element, Word):
            (self.called if element.is_called else self.words)[element.text] = None
        elif isinstance(element, Slot):
            self.slots[element.name] = None
        self.is_within |= element == Mark(")")

    def _token(self, element: Element, token: Token) -> set[int]:
        """Where an element of one token, or of commands in brackets, ends."""
        match element:
            case Word(text):
                matches = token.is_word(text.lower())  # values are in capitals in some synopses
            case Mark(text):
                matches = token.is_mark(text)
            case Sign(text):
                return {token.start + 1} if token.kind is Kind.WORD and token.text.startswith(text) else set()
            case Nested():
                closing = self._scanner.skip_bracket(token.end) if token.is_mark("[") else None
                return set() if closing is None else {closing + 1}
            case Slot(name, key):
                matches = token.kind in VALUES and token.word not in self._synopsis.words
                matches = token.text.isdecimal() if name == "N" else matches
                if matches and name in ("LOOKUP", "SOURCE"):
                    self.tables[token.text] = None
                if matches and key is not None:
                    self.given.add(key)
        return {token.end} if matches else set()

    # --- tokens and options --------------------------------------------------------------------------

    def _settled(self, position: int) -> Token | None:
        """The token at a place, after the options that stand there; None where they do not end, or none is read.

        An option that the command does not know is one as well: what follows it may be known.
        """
        token = peek(self._scanner, position)
        while token is not None and token.word and self._synopsis.options and not self._is_value:
            sign = peek(self._scanner, token.end)
            if sign is None or not sign.is_mark("="):
                break
            self.given.add(token.word)
            following = peek(self._scanner, sign.end)
            is_last = following is None or following.kind is Kind.END
            self.is_within |= is_last
            self._is_value = True
            ends = self._match(self._synopsis.options.get(token.word, _ANY), sign.end)
            self._is_value = False
            if following is None or not (ends or following.kind in VALUES):
                return None
            token = peek(self._scanner, max(ends, default=following.end))
        return token

    def _computed(self, slot: str, part: Part) -> set[int]:
        """Where an expression, a measure or a condition ends; notes what is expected if that is the end of the text."""
        if part.is_last:
            self._is_between = True
            self.is_within |= part.is_within
            named = _WITHIN[slot] if part.depth else slot
            if part.needs_operand:
                self.slots[named] = None
            if named != "MEASURE":
                self.operators.update(dict.fromkeys(part.operators))
        return set() if part.end is None else {part.end}
