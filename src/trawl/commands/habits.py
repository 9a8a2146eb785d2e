"""What to say of words that other search languages begin commands with."""

from __future__ import annotations

from typing import Final

_SOURCE = "events are named by `source NAME | …`"

HABITS: Final = {
    "index": _SOURCE,
    "sourcetype": _SOURCE,
    "from": _SOURCE,
    "datamodel": _SOURCE,
    "tstats": f"{_SOURCE}, then `aggs` or `stats`",
    "select": f"{_SOURCE}, fields by `fields a, b`",
    "project": "fields are kept by `fields a, b`",
    "keep": "fields are kept by `fields a, b`",
    "drop": "fields are dropped by `fields - a, b`",
    "filter": "events are filtered by `search` and `where`",
    "extend": "fields are computed by `eval a = …`",
    "let": "fields are computed by `eval a = …`",
    "summarize": "events are grouped by `stats count by a`",
    "group": "events are grouped by `stats count by a`",
    "count": "events are counted by `stats count`",
    "order": "events are sorted by `sort -a, b`",
    "limit": "so many events are kept by `head 10`",
    "take": "so many events are kept by `head 10`",
    "distinct": "one event for each value is kept by `dedup a`",
    "uniq": "one event for each value is kept by `dedup a`",
    "fillna": "missing values are filled by `fillnull value=0 a`",
}
"""Hints by word, lower case."""
