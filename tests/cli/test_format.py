"""`trawl format`."""

from __future__ import annotations

import json
from collections.abc import Callable

from cli.conftest import Ended


def test_a_query_is_laid_out(trawl: Callable[..., Ended]) -> None:
    ended = trawl("format", "source web|STATS COUNT by host // by host")
    assert (ended.status, ended.out) == (0, "source web\n| stats count by host // by host\n")


def test_as_json_both_forms_are_told(trawl: Callable[..., Ended]) -> None:
    ended = trawl("format", "source web|head 5", "--json")
    assert json.loads(ended.out) == {"query": "source web | head 5", "formatted": "source web\n| head 5"}


def test_what_cannot_be_read_is_refused_with_its_place(trawl: Callable[..., Ended]) -> None:
    ended = trawl("format", "source web | haed 5")
    assert ended.status == 2
    assert "did the query mean `head`" in ended.err
