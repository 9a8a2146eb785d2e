"""The notation of synopses: what each of its signs lets follow, and where."""

from __future__ import annotations

import pytest

from trawl.commands import synopsis
from trawl.commands.expectations import LONGEST, NOTHING, expected

CURSOR = "‸"


def following(form: str, written: str) -> str:
    """Words, kinds of names and options that may follow what is written of a command, in the order of its synopsis."""
    found = expected(written, synopsis.read(f"name {form}"))
    options = (f"{key}=" for key in found.options)
    return " ".join([*found.words, *found.called, *found.values, *found.slots, *options])


@pytest.mark.parametrize(
    ("form", "told"),
    [
        # one after the other, and what may be left out
        ("FIELD as NAME", ["‸ → FIELD", "a ‸ → as", "a as ‸ → NAME", "a as b ‸ → "]),
        ("FIELD [as NAME] [by FIELD]", ["a ‸ → as by", "a as b ‸ → by", "a by ‸ → FIELD", "a by c ‸ → "]),
        ("[N] FIELD", ["‸ → N FIELD", "3 ‸ → FIELD"]),
        ('"REGEX" FIELD', ['"a b" ‸ → FIELD']),
        # one of several
        ("over|by FIELD", ["‸ → over by", "by ‸ → FIELD"]),
        ("[FIELD=|FIELD!=]VALUE", ["‸ → FIELD VALUE", "a!=‸ → VALUE"]),
        ("[-|+]FIELD", ["‸ → FIELD", "-‸ → FIELD", "+ ‸ → FIELD"]),
        ("FIELD|num(FIELD) to NAME", ["‸ → num FIELD", "num(‸ → FIELD", "num(a) ‸ → to", "num ‸ → to"]),
        # lists: a comma may be left out between fields and measures, and between nothing else
        ("FIELD[, FIELD ...] by NAME", ["a ‸ → by FIELD", "a, ‸ → FIELD", "a b, c ‸ → by FIELD"]),
        ("VALUE with VALUE[, VALUE with VALUE ...]", ["a with b ‸ → ", "a with b, ‸ → VALUE", "a with b, c ‸ → with"]),
        ("MEASURE [as NAME], ... by FIELD", ["count as n, ‸ → MEASURE", "count as n, sum(b) ‸ → as by MEASURE"]),
        ("FIELD[, FIELD]", ["a, ‸ → FIELD", "a, b ‸ → "]),
        # expressions go as far as they can
        ("EXPRESSION by FIELD", ["a + ‸ → EXPRESSION", "a + len(b) ‸ → by", "f(a, ‸ → EXPRESSION", "a) ‸ → "]),
        ("MEASURE over FIELD", ["sum(a + ‸ → EXPRESSION", "sum(over) ‸ → over", "over ‸ → "]),
        # options stand before, between and after the rest, each once
        ("[deep=BOOL] FIELD", ["‸ → FIELD deep=", "deep=‸ → true false", "deep=t a ‸ → ", "a ‸ → deep="]),
        (
            "[kind=new|old] FIELD by NAME",
            ["kind=‸ → new old", "a ‸ → by kind=", "a by ‸ → NAME", "a by kind=‸ → new old"],
        ),
        (
            "[at=FIELD] [if=(EXPRESSION)]",
            ["at=‸ → FIELD", "if=(‸ → EXPRESSION", "if=(a) ‸ → at=", "other=3 ‸ → at= if="],
        ),
        ("[[most=]N] FIELD", ["‸ → N FIELD most=", "3 ‸ → FIELD", "most=‸ → N", "most=3 ‸ → N FIELD"]),
        # subqueries
        ("FIELD [ SUBQUERY ] [as NAME]", ["a [ source b | head ] ‸ → as", "a ‸ → "]),
    ],
)
def test_what_a_sign_lets_follow(form: str, told: list[str]) -> None:
    for line in told:
        written, follows = line.split(f"{CURSOR} → ")
        assert (written, following(form, written)) == (written, follows)


@pytest.mark.parametrize(("form", "goes_on"), [("[ SUBQUERY ]", False), ("FIELD [ COMMAND [| COMMAND ...] ]", True)])
def test_commands_in_brackets_have_rows_of_their_own_or_go_on(form: str, goes_on: bool) -> None:
    assert synopsis.read(f"name {form}").nested == synopsis.Nested(goes_on)


def test_each_line_is_a_form_and_indented_lines_go_on() -> None:
    several = synopsis.read("name FIELD\n    as NAME\nname over FIELD")
    assert expected("", several).words == ("over",)
    assert expected("a ", several).words == ("as",)


def test_a_text_that_fits_no_form_or_is_too_long_lets_nothing_follow() -> None:
    read = synopsis.read("name FIELD[, FIELD ...] [by FIELD]")
    assert expected("( ", read) == NOTHING
    assert expected("a," * LONGEST, read) == NOTHING
