"""What to say of words of other search languages: their commands, fields, aggregations and terms of a search."""

from __future__ import annotations

import re
from typing import Final

from trawl.errors import clip
from trawl.expr import Literal
from trawl.language.spelling import name_text, quoted
from trawl.schema import Schema
from trawl.values import exact_number

_THIS_SOURCE = "events are named by `source {} | …`"
_SOURCE = _THIS_SOURCE.format("NAME")

_TREND = "the trend so far is shown by `streamstats avg(a) as trend window=5`"
_NO_FORECAST = f"nothing is forecast; {_TREND}, what is unusual by `anomalydetection a`"

HABITS: Final = {
    "index": _THIS_SOURCE,
    "source": _THIS_SOURCE,
    "sourcetype": _SOURCE,
    "from": _THIS_SOURCE,
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
    "having": "groups are filtered by `where` after a bar",
    "order": "events are sorted by `sort -a, b`",
    "limit": "so many events are kept by `head 10`",
    "take": "so many events are kept by `head 10`",
    "distinct": "one event for each value is kept by `dedup a`",
    "unique": "one event for each value is kept by `dedup a`",
    "uniq": "one event for each value is kept by `dedup a`",
    "map": "what each row asks for is a subquery: `search [ … ]`, `join FIELD [ … ]`",
    "multisearch": "searches are put together by `union [ … ], [ … ]`",
    "set": "rows that both have are found by `join FIELD [ … ]`, those that one has by `search NOT [ … ]`",
    "selfjoin": "rows are joined by `join FIELD [ … ]`, or measured together by `eventstats`",
    "appendpipe": "rows are added by `append [ source NAME | … ]`",
    **dict.fromkeys(("predict", "forecast"), _NO_FORECAST),
    "trendline": _TREND,
    "fillna": "missing values are filled by `fillnull value=0 a`",
    "convert": 'values are converted by `eval`: `tonumber(a)`, `strftime(a, "%F %T")`',
    "fieldformat": 'numbers become texts by `eval a = tostring(a, "commas")`',
    "strcat": "texts are joined by `eval c = a . b`",
    "erex": 'fields are taken out of texts by `rex field=a "(?<b>…)"`',
    "cluster": "texts that are alike are found by `patterns field=a`",
    "outlier": "numbers far from the usual are found by `anomalydetection a`",
    "contingency": "values of two fields are counted together by `chart count over a by b`",
    "inputcsv": "the rows of a lookup are read by `| inputlookup NAME`",
    "outputcsv": "rows are written to a lookup by `outputlookup NAME`",
}
"""Hints by word, lower case; `{}` is for the word that follows."""

_TEXT = 'a text is looked for in all fields by `search "…"`'

FIELDS: Final = {
    "index": _SOURCE,
    "_index": _SOURCE,
    "source": _SOURCE,
    "sourcetype": _SOURCE,
    **dict.fromkeys(("earliest", "latest"), "the range of time is an option of `source`: `source NAME earliest=-1d`"),
    "_raw": _TEXT,
    "_all": _TEXT,
    "_exists_": "a field that is there is asked for by `field=*`",
}
"""Hints by the name of a field that no event has."""


_DISTINCT = "distinct values are counted by `dc(field)` and listed by `values(field)`"

MEASURES: Final = {
    **dict.fromkeys(("distinct", "uniq", "unique", "cardinality", "count_distinct"), _DISTINCT),
    "percentile_approx": "a percentile is `perc(field, 95)` or `p95(field)`",
    "quantile": "a percentile is `perc(field, 95)` or `p95(field)`",
    "stddev": "the deviation of a sample is `stdev(field)`, of everything `stdevp(field)`",
}
"""Hints by the name of an aggregation of other languages, lower case."""

_CONTAINS = 'a piece of a text is asked for by `contains(field, "…")`'
_LENGTH = "values are counted by `mvcount(field)`"

FUNCTIONS: Final = {
    **dict.fromkeys(("instr", "indexof", "strpos", "locate", "position", "has"), _CONTAINS),
    **dict.fromkeys(("substring", "mid", "slice"), "a piece of a text is cut out by `substr(field, 1, 3)`"),
    **dict.fromkeys(("size", "array_length", "mvlength"), _LENGTH),
    "array_distinct": "each value is kept once by `mvdedup(field)`",
    "array_contains": "a value among several is asked for by `field == …`",
    "ifnull": "the first value that is there is given by `coalesce(a, b)`",
    "nvl": "the first value that is there is given by `coalesce(a, b)`",
    "iif": "a choice is written `if(condition, a, b)`",
}
"""Hints by the name of a function of other languages, lower case."""


_COMPARED: Final = re.compile(r"\s*([\w.@-]+)\s*(==?|!=|<=?|>=?)\s*(.+?)\s*\Z")


def field_hint(name: str, known: Schema, time_field: str) -> str | None:
    """What is meant by a field that no event has, where its name alone tells."""
    if name == "_time":
        return f"the time is in `{time_field}`"
    before, colon, after = name.partition(":")
    if colon and before in known:
        return f"a field is compared by `{clip(before)} == {clip(after) or '…'}`"
    left, dot, right = name.partition(".")
    if dot and left in known and (right in known or right.isdecimal()):
        return f"values are joined by a dot between blanks: `{clip(left)} . {clip(right)}`"
    return FIELDS.get(name)


def term_hint(term: Literal, known: Schema) -> str | None:
    """What is meant by a term of `search` that other languages read otherwise: `status:500`, `-word`."""
    text = str(term.value)
    before, colon, after = text.partition(":")
    if colon and before in known:
        return f"a field is compared by `{clip(before)}={clip(after) or '…'}`"
    if text.startswith("_exists_:"):
        return FIELDS["_exists_"]
    is_bare = term.span is not None and term.span.end - term.span.start == len(text)
    if is_bare and text.startswith("-") and text[1:].isalpha():
        return f"events without a word are found by `NOT {clip(text[1:])}`"
    return None


def text_hint(text: str, known: Schema) -> str | None:
    """What is meant by a text to look for that compares a field: `startswith="status=500"`."""
    found = _COMPARED.match(text)
    if found is None or found[1] not in known:
        return None
    sign = "==" if found[2] == "=" else found[2]
    value = found[3].strip('"')
    shown = value if exact_number(value) is not None else quoted(value)
    return f"a field is compared by an expression in brackets: `({name_text(found[1])} {sign} {clip(shown)})`"
