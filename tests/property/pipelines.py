"""Random pipelines over random tables: each command by name, as hypothesis strategies of texts."""

from __future__ import annotations

from hypothesis import strategies as st

from property.expressions import CONDITIONS, EXPRESSIONS, MEASURES, SEARCHES
from property.tables import BY, FIELDS, NAMES, Texts, maybe, of, some
from trawl.algebra import How
from trawl.catalog.base import Rules

STATS = of(some(MEASURES, 2), "as z", st.one_of(BY, st.just("by t, i")))
LISTS = some(NAMES)
KEYS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["{}", "num({})", "str({})", "ip({})"]), NAMES).map(
    lambda drawn: drawn[0] + drawn[1].format(drawn[2])
)
SPANS = st.sampled_from(["1h", "1d", "3d", "1w", "1mon", "1q", "2y"])
LENGTHS = st.sampled_from(["7m", "14m", "1h"])
ASSIGNED = st.tuples(NAMES, EXPRESSIONS).map("=".join)
_TAKEN = st.sampled_from(['"(?<t>[a-z])"', '"(?<x>\\w)(?<r>b)?"', '"(?<m>[0-9]+)(\\W|$)"', '"(?s)(?<i>.)(?<l>.*)"'])
_SCRIPTS = st.sampled_from(['"s/[a-z1]/<\\0>/"', '"s/b*/-/g"', '"s/[0-9]|B/x/2i"', '"s/\\b/|/2"', '"y/ab1/ba2/"'])
_CHANGES = st.sampled_from(
    ['"1" with one', '"*" with "*!"', '"a*" with "*", true with "yes"', '"*.*" with "*,*"', 'A with "", "1*" with 2']
)
_ENDS = st.one_of(
    LENGTHS.map("maxpause={}".format),
    LENGTHS.map("maxspan={}".format),
    st.integers(1, 3).map("maxevents={}".format),
    CONDITIONS.map("startswith=({})".format),
    CONDITIONS.map("endswith=({})".format),
    st.sampled_from(['endswith="a"', 'startswith="1"', "keepevicted=true", "timefield=s", "rawevent=t"]),
)


def _once(options: list[str]) -> str:
    """The options, each at its first place only."""
    return " ".join({option.partition("=")[0]: option for option in options}.values())


RULES = {
    "same": Rules(),
    "first": Rules(most=1),
    "folded": Rules(folds=True),
    "patterns": Rules(dict.fromkeys(FIELDS, How.WILDCARD), most=2),
    "networks": Rules({"x": How.CIDR, "m": How.CIDR, "t": How.WILDCARD}, folds=True),
}
"""Lookups over the rows of the table itself, and how they are matched."""
LOOKUPS = st.sampled_from(sorted(RULES))
RANGED = "source events earliest=2024-01-01T00:05:00Z latest=2024-01-01T01:00:00Z"

GENERATING: dict[str, Texts] = {
    "source": st.sampled_from(
        ["source events", "source events", RANGED, "source events qsize=3", "source events, others", "source *"]
    ),
    "inputlookup": LOOKUPS.map("| inputlookup {}".format),
    "makeresults": of("| makeresults", maybe("count=3"), maybe("shownumbers=true")),
}
"""What a pipeline begins with, by the name of the command."""
SOURCES = st.one_of(GENERATING["source"], GENERATING["source"], *GENERATING.values())

STORAGE: dict[str, Texts] = {
    "search": SEARCHES.map("search {}".format),
    "peval": some(ASSIGNED, 2).map("peval {}".format),
}
"""Commands that stand where the data is, after the source and each other (language.md 4)."""

_SERIES = of(maybe("limit=0", "limit=1", "limit=2"), maybe("useother=false", "useother=true"))
_OVER_TIME = [
    of("timefield=s", SPANS.map("span={}".format), MEASURES, BY),
    of("span=7m", _SERIES, "count,", MEASURES, BY),
    of(maybe("bins=3"), MEASURES, BY),
]
MEASURING: dict[str, Texts] = {
    "aggs": of("aggs", maybe("composite=true"), maybe("keepnull=true"), STATS),
    "timeaggs": of("timeaggs", maybe("composite=true"), st.one_of(_OVER_TIME)),
}
"""Commands that stand after those only."""

_FREQUENT = of(
    st.sampled_from(["", "2", "limit=1"]),
    maybe("showcount=false", "showperc=false", "countfield=n percentfield=p", "useother=true"),
    LISTS,
    BY,
)
ANYWHERE: dict[str, Texts] = {
    "search": STORAGE["search"],
    "where": CONDITIONS.map("where {}".format),
    "eval": some(ASSIGNED, 2).map("eval {}".format),
    "sort": of("sort", st.sampled_from(["0", "3", ""]), some(KEYS, 2)),
    "head": st.one_of(st.integers(0, 4).map("head {}".format), CONDITIONS.map("head 3 ({})".format)),
    "tail": st.integers(0, 4).map("tail {}".format),
    "fields": of("fields", maybe("-"), st.one_of(LISTS, st.just("*"), st.just("i, x*"))),
    "table": LISTS.map("table {}".format),
    "dedup": of(
        "dedup",
        maybe("2"),
        some(NAMES, 2),
        maybe("keepevents=true"),
        maybe("keepempty=true"),
        maybe("consecutive=true"),
        maybe(NAMES.map("sortby -{}".format)),
    ),
    "rename": st.one_of(NAMES.map("rename {} as r".format), st.just('rename "*" as "w.*"')),
    "stats": of("stats", maybe("keepnull=true"), STATS),
    "eventstats": of("eventstats", STATS),
    "streamstats": of(
        "streamstats",
        STATS,
        maybe("reset_on_change=true"),
        maybe(CONDITIONS.map("reset_before=({})".format), CONDITIONS.map("reset_after=({})".format)),
        maybe("window=1", "window=3"),
        maybe("current=false"),
    ),
    "reverse": st.just("reverse"),
    "filldown": of("filldown", maybe(LISTS)),
    "fillnull": of("fillnull", maybe("value=0", 'value="a"'), maybe(LISTS)),
    "delta": of("delta", NAMES, maybe("as d"), maybe("p=2")),
    "accum": of("accum", NAMES, maybe("as d")),
    "autoregress": of("autoregress", NAMES, maybe("p=2", "p=1-3")),
    "rate": of("rate", maybe("timefield=s"), NAMES, "as d", BY),
    "addtotals": of("addtotals", maybe("col=true", "row=false col=true labelfield=t"), maybe("i, x", "t, f")),
    "anomalydetection": of("anomalydetection", maybe("action=annotate", "threshold=1"), maybe("i", "t, x", "f by b")),
    "top": of("top", _FREQUENT),
    "rare": of("rare", _FREQUENT),
    "bin": st.one_of(
        st.sampled_from(["bin span=5m @timestamp", "bin span=10 i", "bin span=0.5 f", "bin bins=3 i", "bin x as y"]),
        st.tuples(SPANS, st.sampled_from(["@timestamp", "s"])).map("bin span={0[0]} {0[1]}".format),
    ),
    "timechart": of("timechart", st.one_of(_OVER_TIME)),
    "chart": st.one_of(
        st.tuples(_SERIES, MEASURES, NAMES, NAMES)
        .filter(lambda drawn: drawn[2] != drawn[3])
        .map("chart {0[0]} count, {0[1]} over {0[2]} by {0[3]}".format),
        of("chart", _SERIES, maybe("usenull=false"), MEASURES, "by", NAMES, ", b"),
        of("chart", MEASURES, "over", NAMES),
        st.sampled_from(["chart span=5 count over i by t", "chart bins=3 count over f"]),
    ),
    "xyseries": st.permutations(sorted(FIELDS)).map(lambda names: f"xyseries {', '.join(names[:3])}"),
    "untable": NAMES.map("untable {} name value".format),
    "transpose": of(
        "transpose",
        st.sampled_from(["", "0", "2 include_empty=false", "column_name=k"]),
        maybe(NAMES.map("header_field={}".format)),
    ),
    "fieldsummary": of("fieldsummary", st.sampled_from(["", "maxvals=1", "maxvals=3"]), maybe(LISTS)),
    "transaction": of("transaction", some(NAMES, 2), st.lists(_ENDS, max_size=4).map(_once)),
    "patterns": of("patterns", NAMES.map("field={}".format), st.sampled_from(["threshold=0", "threshold=0.5"])),
    "lookup": st.one_of(
        st.tuples(maybe("dedup=true"), LOOKUPS, NAMES, NAMES, st.sampled_from(["output", "outputnew"]), NAMES).map(
            "lookup {0[0]} {0[1]} {0[2]} as {0[3]} {0[4]} {0[2]} as {0[5]}, x as r".format
        ),
        st.tuples(LOOKUPS, NAMES, NAMES).map("lookup {0[0]} {0[1]}, {0[2]}".format),
    ),
    "iplocation": of("iplocation", maybe("allfields=true"), maybe("prefix=p_"), NAMES),
    "rex": st.one_of(
        of("rex", NAMES.map("field={}".format), maybe("max_match=0", "max_match=2"), _TAKEN),
        of("rex", maybe(NAMES.map("field={} offset_field=o".format)), _TAKEN),
        of("rex", NAMES.map("field={}".format), "mode=sed", _SCRIPTS),
    ),
    "regex": st.tuples(NAMES, st.sampled_from(["=", "!="]), st.sampled_from(['"^a"', '"[0-9]$"'])).map(
        lambda drawn: f"regex {''.join(drawn)}"
    ),
    "replace": of("replace", _CHANGES, maybe(NAMES.map("in {}".format))),
    "makemv": of("makemv", maybe('delim="a"', 'delim="1" allowempty=true', 'tokenizer="([a-z0-9])."'), NAMES),
    "mvexpand": of("mvexpand", NAMES, maybe("limit=1", "limit=2")),
    "mvcombine": st.one_of(
        of("mvcombine", maybe('delim=":"'), NAMES),
        st.lists(NAMES, min_size=1, max_size=3, unique=True).map(
            lambda names: f"fields {', '.join(names)} | mvcombine {names[0]}"
        ),
    ),
    "nomv": NAMES.map("nomv {}".format),
    "parse": of("parse", NAMES, st.sampled_from(['"%{INT:i:int}"', '"%{WORD:t}%{DATA:x}$"', '"^%{NUMBER:f:float}"'])),
    "kv": st.one_of(
        NAMES.map('eval j = "k=" . tostring({0}) . " x=1" | kv field=j'.format),
        of("kv", NAMES.map("field={}".format), maybe('pairdelim="," kvdelim=":"')),
    ),
    "spath": st.one_of(
        st.just("spath"),
        NAMES.map("eval j=_raw | fields @timestamp, {}, j | spath input=j".format),
        of("spath", NAMES.map("input={}".format), maybe("output=o"), "path=a.b{}.c"),
    ),
    "format": of("format", maybe("maxresults=2")),
    "return": st.one_of(LISTS.map("return 3 {}".format), NAMES.map("return 2 q=i ${}".format)),
    "foreach": st.tuples(LISTS, EXPRESSIONS).map(
        "foreach {0[0]} [ eval n_<<FIELD>> = <<FIELD>>, <<FIELD>> = {0[1]} ]".format
    ),
    "collect": st.just("collect index=kept"),
    "outputlookup": of("outputlookup", maybe("append=true"), "kept"),
}
"""Commands of rows, by name."""


def _pipeline(commands: Texts, most: int, least: int = 0) -> Texts:
    def joined(drawn: tuple[str, list[str], list[str], list[str]]) -> str:
        source, *stages = drawn
        return " | ".join([source, *(command for stage in stages for command in stage)])

    storage = st.lists(st.one_of(list(STORAGE.values())), max_size=1)
    measuring = st.lists(st.one_of(list(MEASURING.values())), max_size=1)
    few = st.one_of(st.just([]), st.just([]), st.just([]), measuring)  # after one there are few rows left to differ
    return st.tuples(SOURCES, storage, few, st.lists(commands, min_size=least, max_size=most)).map(joined)


SUBQUERIES = _pipeline(st.one_of(list(ANYWHERE.values())), 2)
NESTED: dict[str, Texts] = {
    "append": of("append", maybe("maxout=2"), "[", SUBQUERIES, "]"),
    "appendcols": of("appendcols", maybe("override=true"), "[", SUBQUERIES, "]"),
    "union": st.one_of(of("union [", SUBQUERIES, "]"), of("union [", SUBQUERIES, "], [", SUBQUERIES, "]")),
    "join": st.tuples(
        st.sampled_from(["inner", "left", "outer"]), st.integers(0, 2), st.sampled_from(["true", "false"]), LISTS
    ).flatmap(
        lambda drawn: SUBQUERIES.map(
            lambda query: f"join type={drawn[0]} max={drawn[1]} overwrite={drawn[2]} {drawn[3]} [ {query} ]"
        )
    ),
    "search": of(
        "search", maybe("NOT", "i=1 OR"), "[", SUBQUERIES, "| fields", LISTS, maybe("| format", "| return 2 i"), "]"
    ),
}
"""Commands with a query in brackets."""

COMMANDS: dict[str, Texts] = {
    **GENERATING,
    **STORAGE,
    **MEASURING,
    **ANYWHERE,
    **NESTED,
    "search": st.one_of(STORAGE["search"], NESTED["search"]),
}
"""Every command that is generated, by name."""
PIPELINES = _pipeline(st.one_of([*ANYWHERE.values(), *NESTED.values()]), 4, least=1)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
