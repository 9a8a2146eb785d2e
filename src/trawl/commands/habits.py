"""What to say of words of other search languages: their commands, fields, aggregations and terms of a search."""

from __future__ import annotations

import re
from typing import Final

from trawl.errors import clip, meant
from trawl.language.spelling import name_text, quoted
from trawl.schema import Schema
from trawl.values import exact_number

_THIS_SOURCE = "events are named by `source {} | …`"
_SOURCE = _THIS_SOURCE.format("NAME")

_COMPUTED: Final = 'values are converted by functions: `eval a = tonumber(a)`, `eval a = strftime(a, "%F")`'
_MOVING: Final = "a moving average is measured by `streamstats avg(a) as trend window=5`"
_NO_FORECAST: Final = f"nothing is forecast; {_MOVING}, what is unusual by `anomalydetection a`"

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
    "fillna": "missing values are filled by `fillnull value=0 a`",
    "contingency": "values of two fields are counted together by `chart count over a by b`",
    "erex": 'fields are taken out of texts by `rex field=a "(?<b>…)"`',
    **dict.fromkeys(("convert", "fieldformat"), _COMPUTED),
    **dict.fromkeys(("addcoltotals", "total"), "a row of sums is added by `addtotals row=false col=true`"),
    **dict.fromkeys(("trendline", "smooth"), _MOVING),
    **dict.fromkeys(("outlier", "anomalies", "ad"), "unusual numbers are found by `anomalydetection a`"),
    **dict.fromkeys(("cluster", "kmeans"), "texts that are alike are put together by `patterns field=a`"),
    **dict.fromkeys(("metadata", "eventcount", "describe", "getschema"), f"{_SOURCE}, its fields by `fieldsummary`"),
    **dict.fromkeys(("loadjob", "savedsearch", "inputcsv"), "rows that were kept are read by `inputlookup NAME`"),
    **dict.fromkeys(
        ("outputcsv", "tee", "into", "insert"), "rows are kept by `outputlookup NAME`, `collect index=NAME`"
    ),
    **dict.fromkeys(("rest", "dbinspect", "with", "show", "cat", "explain"), _SOURCE),
    **dict.fromkeys(("gentimes", "generate", "row", "print", "datatable"), "rows are made by `| makeresults count=3`"),
    **dict.fromkeys(("mv-expand", "mv_expand", "expand", "unnest", "explode"), "a row of each value: `mvexpand a`"),
    **dict.fromkeys(("json", "flatten", "jq", "unpack"), "fields are taken out of JSON by `spath`"),
    **dict.fromkeys(("logfmt", "keyvalue", "unpack_logfmt"), "pairs of names and values are taken out by `kv`"),
    **dict.fromkeys(("grok", "dissect", "pattern"), 'fields are taken out of a text by `parse a "%{{WORD:b}}"`'),
    **dict.fromkeys(("regexp", "extract_regex"), 'fields are taken out of a text by `rex field=a "(?<b>x)"`'),
    **dict.fromkeys(("grep", "egrep", "ag", "rg"), "words are looked for by `search …`, others by `search NOT …`"),
    **dict.fromkeys(("wc", "count_over_time"), "events are counted by `stats count`"),
    **dict.fromkeys(("cut", "project-keep"), "fields are kept by `fields a, b`"),
    **dict.fromkeys(("project-away", "remove", "del", "delete"), "fields are dropped by `fields - a, b`"),
    **dict.fromkeys(("project-rename", "label_format"), "a field gets another name by `rename a as b`"),
    **dict.fromkeys(("awk", "line_format", "strcat", "concat"), 'texts are put together by `eval c = a . "-" . b`'),
    **dict.fromkeys(("sed", "sub"), 'a text is rewritten by `rex field=a mode=sed "s/x/y/"`'),
    **dict.fromkeys(
        ("pivot", "make-series", "timeslice"), "series are made by `timechart count by a`, `chart count by a, b`"
    ),
    **dict.fromkeys(
        ("histogram", "geostats"), "numbers are put into buckets by `bin a span=10`, then `stats count by a`"
    ),
    **dict.fromkeys(("render", "decolorize", "serialize", "sendemail", "less", "more"), "the command is left out"),
    **dict.fromkeys(("unwrap", "sum", "avg", "min", "max"), "numbers are measured by `stats sum(a) by b`"),
    **dict.fromkeys(("inner", "left", "outer"), "rows are joined by `join type=left a [ source NAME ]`"),
    **dict.fromkeys(("enrich", "lookup_table"), "what a table knows is added by `lookup NAME a`"),
    **dict.fromkeys(("if", "case", "update", "set_field"), "a choice is a function: `eval a = if(b == 1, 2, 3)`"),
    **dict.fromkeys(("for", "loop", "each"), "the same is done for several fields by `foreach a, b [ eval … ]`"),
    **dict.fromkeys(("sample", "some"), "a part of the events is kept by `where random() % 10 == 0`"),
    **dict.fromkeys(
        ("offset", "skip"), "events after others are numbered: `streamstats count as n`, then `where n > 10`"
    ),
    "addinfo": "the time of the search is `now()`: `eval searched = now()`",
    "fill": "missing values are filled by `fillnull value=0 a`",
    "timewrap": 'days are compared by `eval day = strftime(@timestamp, "%F")`, then `chart count by a, day`',
    "topk": "the most frequent values are kept by `top 5 a`",
    "evaluate": "fields are computed by `eval a = …`",
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
    **dict.fromkeys(("now", "current_timestamp", "sysdate", "today"), "the time of the search is `now()`"),
    **dict.fromkeys(
        (
            "date_hour",
            "date_mday",
            "date_wday",
            "date_month",
            "date_year",
            "date_minute",
            "hour",
            "day",
            "month",
            "year",
        ),
        'parts of a time are written by `eval hour = strftime(@timestamp, "%H")`',
    ),
    **dict.fromkeys(("default", "else", "otherwise"), 'the last pair of `case` may be `true, "anything else"`'),
}
"""Hints by the name of a field that no event has."""


_DISTINCT = "distinct values are counted by `dc(field)` and listed by `values(field)`"

_PERCENTILE: Final = "a percentile is `perc(field, 95)` or `p95(field)`"

MEASURES: Final = {
    **dict.fromkeys(("distinct", "uniq", "unique", "cardinality", "count_distinct"), _DISTINCT),
    **dict.fromkeys(("percentile_approx", "percentile_cont", "quantile", "quantile_over_time"), _PERCENTILE),
    **dict.fromkeys(("exactperc", "upperperc", "pct"), _PERCENTILE),
    **dict.fromkeys(("dcount", "count_distinct_approx", "approx_distinct", "nunique"), _DISTINCT),
    **dict.fromkeys(("countif", "count_if"), "events of which something is true are counted by `count(eval(a == 1))`"),
    **dict.fromkeys(
        ("sumif", "sum_if", "avgif"), "some of the numbers are measured by `sum(eval(if(a == 1, b, null)))`"
    ),
    **dict.fromkeys(
        ("make_list", "array_agg", "string_agg", "group_concat", "listagg"), "all values are `list(field)`"
    ),
    **dict.fromkeys(("make_set", "collect_set", "groupuniqarray"), "distinct values are listed by `values(field)`"),
    **dict.fromkeys(("any_value", "take_any", "any", "top_value"), "one of the values is `first(field)`"),
    **dict.fromkeys(("arg_max", "argmax", "max_by", "arg_min"), "the event of the most: `sort -a`, then `dedup b`"),
    **dict.fromkeys(("latest_time", "earliest_time"), "times are measured by `max(@timestamp)` and `min(@timestamp)`"),
    **dict.fromkeys(
        ("lag", "lead", "prev", "delta"), "the value of the event above: `streamstats last(a) as before current=false`"
    ),
    "sparkline": "counts over time are made by `timechart count by a`",
    "variance": "the variance of a sample is `var(field)`, of everything `varp(field)`",
    "average": "the mean is `avg(field)`",
    "stddev": "the deviation of a sample is `stdev(field)`, of everything `stdevp(field)`",
}
"""Hints by the name of an aggregation of other languages, lower case."""

_CONTAINS = 'a piece of a text is asked for by `contains(field, "…")`'
_SNAPPED: Final = 'a time is cut to the hour by `relative_time(@timestamp, "@h")`, buckets by `bin @timestamp span=1h`'
_WRITTEN: Final = 'parts of a time are written by `strftime(@timestamp, "%Y-%m")`'
_READ: Final = 'a text becomes a time by `strptime(field, "%Y-%m-%d")`'
_LENGTH = "values are counted by `mvcount(field)`"

FUNCTIONS: Final = {
    **dict.fromkeys(("instr", "indexof", "strpos", "locate", "position", "has"), _CONTAINS),
    **dict.fromkeys(("substring", "mid", "slice"), "a piece of a text is cut out by `substr(field, 1, 3)`"),
    **dict.fromkeys(("size", "array_length", "mvlength"), _LENGTH),
    **dict.fromkeys(("mvsum", "array_sum", "list_sum", "mvavg"), "each value counts in aggregates: `stats sum(field)`"),
    "array_distinct": "each value is kept once by `mvdedup(field)`",
    "array_contains": "a value among several is asked for by `field == …`",
    "ifnull": "the first value that is there is given by `coalesce(a, b)`",
    "nvl": "the first value that is there is given by `coalesce(a, b)`",
    **dict.fromkeys(("iif", "iff", "decode", "switch"), "a choice is written `if(condition, a, b)`"),
    **dict.fromkeys(("concat_ws", "textjoin"), "texts are joined by a dot between blanks: `a . b`"),
    **dict.fromkeys(("left", "right"), "a piece of a text is cut out by `substr(field, 1, 3)`, `substr(field, -3)`"),
    **dict.fromkeys(("length", "char_length", "strlen", "size_of"), "the length of a text is `len(field)`"),
    **dict.fromkeys(("greatest", "least"), "the greatest and the least value are `max(a, b)` and `min(a, b)`"),
    **dict.fromkeys(("modulo", "remainder"), "a remainder is written `a % b`"),
    **dict.fromkeys(("date_trunc", "startofday", "startofhour", "floor_time"), _SNAPPED),
    **dict.fromkeys(("to_char", "date_format", "format_datetime", "format_date"), _WRITTEN),
    **dict.fromkeys(("year", "month", "day", "hour", "minute", "dayofweek", "getmonth"), _WRITTEN),
    **dict.fromkeys(("time_bucket", "timebucket"), _SNAPPED),
    **dict.fromkeys(("formatdate", "dateformat", "from_unixtime"), _WRITTEN),
    **dict.fromkeys(("unix_timestamp", "epoch", "to_epoch"), 'seconds since 1970 are `strftime(@timestamp, "%s")`'),
    **dict.fromkeys(("regexp_like", "regexp_match", "regexp_matches", "rlike"), 'it is `match(field, "a")`'),
    **dict.fromkeys(
        ("ip_in_range", "insubnet", "ipv4_is_in_range", "cidr_match", "iprange"),
        'it is `cidrmatch("10.0.0.0/8", field)`',
    ),
    **dict.fromkeys(
        ("lag", "lead", "prev", "previous"),
        "the value of the event above: `streamstats last(a) as before current=false`",
    ),
    **dict.fromkeys(("nvl2", "ifelse", "cond"), "a choice is written `if(condition, a, b)`"),
    **dict.fromkeys(("date_part", "datepart", "hourofday", "dayofmonth", "monthofyear", "weekday"), _WRITTEN),
    **dict.fromkeys(("todatetime", "to_timestamp", "to_date", "datetime", "date", "date_parse"), _READ),
    **dict.fromkeys(("today", "curdate", "startoftoday"), 'the day began at `relative_time(now(), "@d")`'),
    **dict.fromkeys(("getdate", "current_date", "sysdate", "current_timestamp"), "the time of the search is `now()`"),
    **dict.fromkeys(("datediff", "date_diff", "datetime_diff"), "times are subtracted, in seconds: `a - b`"),
    **dict.fromkeys(("ago", "dateadd", "date_add", "date_sub"), 'times are moved by `relative_time(now(), "-1h")`'),
    **dict.fromkeys(("regexp_replace", "replace_string", "replace_regex", "gsub"), 'it is `replace(field, "a", "b")`'),
    **dict.fromkeys(
        ("regexp_extract", "extract", "regexp_substr"), 'a piece is taken by `regex_extract(field, "(a)")`'
    ),
    **dict.fromkeys(("cast", "to_string", "str", "string", "text"), "values become text by `tostring(field)`"),
    **dict.fromkeys(("to_integer", "toint", "tolong", "todouble", "int", "to_number"), "it is `tonumber(field)`"),
    **dict.fromkeys(
        ("isempty", "is_null", "missing", "empty"), 'it is `isnull(field)`, of an empty text `field == ""`'
    ),
    **dict.fromkeys(("isnotempty", "exists", "ispresent", "exist"), "a field that is there: `isnotnull(field)`"),
    **dict.fromkeys(("parse_json", "get_json_object"), 'JSON is looked into by `spath(field, "a.b")`'),
    **dict.fromkeys(("mv_concat", "array_join", "strcat_array"), 'values are joined by `mvjoin(field, ",")`'),
    **dict.fromkeys(("row_number", "rownum"), "events are numbered by `streamstats count as n`"),
    **dict.fromkeys(("qstr", "query_string", "kql"), 'what `search` finds is asked for by `searchmatch("a=1")`'),
}
"""Hints by the name of a function of other languages, lower case."""


_COMPARED: Final = re.compile(r"\s*([\w.@-]+)\s*(==?|!=|<=?|>=?)\s*(.+?)\s*\Z")


def field_hint(name: str, known: Schema, time_field: str) -> str | None:
    """What is meant by a field that no event has, where its name alone tells."""
    if name == "_time":
        return f"the time is in `{time_field}`"
    before, colon, after = name.partition(":")
    if colon and before in known and not after:
        return f"a comparison has no colon: `{clip(before)}>5`"
    if colon and before in known:
        return f"a field is compared by `{clip(before)} == {clip(after) or '…'}`"
    left, dot, right = name.partition(".")
    if right in known and left not in known and not left.startswith("$"):
        return meant([right])
    if left in known and right in ("keyword", "raw", "text"):
        return meant([left])
    if dot and left in known and (right in known or right.isdecimal()):
        return f"values are joined by a dot between blanks: `{clip(left)} . {clip(right)}`"
    return FIELDS.get(name)


def text_hint(text: str, known: Schema) -> str | None:
    """What is meant by a text to look for that compares a field: `startswith="status=500"`."""
    found = _COMPARED.match(text)
    if found is None or found[1] not in known:
        return None
    sign = "==" if found[2] == "=" else found[2]
    value = found[3].strip('"')
    shown = value if exact_number(value) is not None else quoted(value)
    return f"a field is compared by an expression in brackets: `({name_text(found[1])} {sign} {clip(shown)})`"
