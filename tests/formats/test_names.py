"""What a file is called."""

from __future__ import annotations

import pytest

from trawl.errors import Code, TrawlError
from trawl.formats.names import content_disposition, file_name


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("events", "events.csv"),
        ("events.csv", "events.csv"),
        ("Events.CSV", "Events.csv"),
        ("events.json", "events.json.csv"),
        ("  .hidden.  ", "hidden.csv"),
        ('a<b>:"c|d?*', "a_b___c_d__.csv"),
        ("отчёт 𝄞", "отчёт 𝄞.csv"),
        ("nul", "_nul.csv"),
        ("com1.old", "_com1.old.csv"),
    ],
)
def test_a_name_is_cleaned_and_ends_in_its_extension(wanted: str, name: str) -> None:
    assert file_name(wanted, ".csv") == name


def test_what_is_not_whole_says_so() -> None:
    assert file_name("events.csv", ".csv", is_partial=True) == "events.partial.csv"


@pytest.mark.parametrize(
    "wanted",
    ["", " ", "..", ".csv", "???", "a/b", "..\\b", "/etc/passwd", "a\nb", "a\x00", "a\u202eb", "\ud800", "ü" * 101],
)
def test_what_cannot_be_a_name_is_refused(wanted: str) -> None:
    with pytest.raises(TrawlError) as raised:
        file_name(wanted, ".csv")
    assert raised.value.code is Code.MALFORMED_REQUEST


def test_the_header_names_a_file_in_any_script() -> None:
    assert content_disposition("otčet 1.csv") == (
        "attachment; filename=\"ot_et 1.csv\"; filename*=UTF-8''ot%C4%8Det%201.csv"
    )
    header = content_disposition('a"b\\c%41.csv')
    assert header == "attachment; filename=\"a_b_c_41.csv\"; filename*=UTF-8''a%22b%5Cc%2541.csv"
