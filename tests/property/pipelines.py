"""Random small tables and random pipelines over them, as hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from trawl.algebra import How
from trawl.catalog.base import Rules

NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([0.5, -0.5, 2.0, 2.555, 1e300, 9007199254740992.0]),
    st.sampled_from([9007199254740993, -(1 << 63), (1 << 63) - 1, 12345678901234567890]),
)
TEXTS = st.sampled_from(
    [
        *["", "a", "A", "b", "ä", "ab c", "1", "1.0", "10", "9", "-3", "1e1", "9007199254740993", "10.0.0.1", "a\nb"],
        *["%C3%A4+%ff%41", "YWI=", "b,a,,b", '[1,"a",2.5]', '{"a": {"b": [{"c": true}, 1e20]}}', "fe80::1:0:a"],
        *["203.0.113.1", "a*"],
    ]
)
SCALARS = st.one_of(NUMBERS, TEXTS, st.booleans())
ARRAYS = st.lists(st.one_of(st.integers(0, 3), TEXTS, st.none()), max_size=3)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "i": st.integers(-3, 12),
    "f": st.sampled_from([0.5, -0.25, 2.0, 10.0, 1e16]),
    "t": TEXTS,
    "b": st.booleans(),
    "x": SCALARS,
    "m": st.one_of(ARRAYS, TEXTS),
    "l": st.lists(TEXTS, max_size=3),
    "s": st.sampled_from(["2024-01-01T00:00:30Z", "2023-12-31T23:59:59Z", "2024-03-31T01:30:00Z", "2019-10-27", "a"]),
}
NAMES = st.sampled_from(sorted(FIELDS))
TIMES = st.integers(0, 5).map(lambda minute: f"2024-01-01T00:{minute * 7:02d}:00Z")

EVENT = st.fixed_dictionaries({"@timestamp": TIMES}, optional=FIELDS)
TABLE = st.lists(EVENT, min_size=1, max_size=8)


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


LITERALS = st.one_of(st.integers(-3, 12), st.sampled_from([0.5, 2.0, 2.5]), TEXTS).map(_spelled)


def _call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda drawn: f"{name}({', '.join(drawn)})")


def _infix(inner: st.SearchStrategy[str], signs: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(inner, st.sampled_from(signs), inner).map(lambda drawn: f"({' '.join(drawn)})")


SEARCHED = st.sampled_from(["a", "A*", "*", "1", "1.0", "10", '"ab c"', "10.0.0.0/8", "*b*", "true", "2"])
BOUNDS = st.sampled_from(["1", "2.5", "10", "9007199254740992"])
TERMS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "!="]), SEARCHED).map("".join),
    st.tuples(
        NAMES, st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from(["1", "2.5", "10", "9007199254740992"])
    ).map("".join),
    st.tuples(NAMES, st.just(" IN (1, a, b*)")).map("".join),
    st.sampled_from(["a", '"ab c"', "1", '"a*"', "zz"]),
)
SEARCHES = st.lists(st.tuples(st.sampled_from(["", "NOT "]), TERMS).map("".join), min_size=1, max_size=2).map(" ".join)

_TRIGONOMETRY = st.sampled_from(
    ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"]
)
STEPS = st.sampled_from(['"-1d@d"', '"+1mon-90s"', '"@w0"', '"@h+30m"', '"-1q/y"', '"@m-250ms"', '"-300y"', '"-2w+3d"'])
PATHS = st.sampled_from(['"a"', '"{}"', '"{0}"', '"{1}.a"', '"a.b{}.c"', '"a{}"', "\"'a b'\""])


def _deeper(shallower: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.none().flatmap(lambda _: shallower)  # written out in full, it would fill the memory at some depth
    condition = conditions(inner)
    text = st.sampled_from(['"a"', '"ab c"', '"1"'])
    return st.one_of(
        _infix(inner, ["+", "-", "*", "/", "%", "."]),
        _call("if", condition, inner, inner),
        _call("coalesce", inner, inner),
        _call("nullif", inner, inner),
        _call("case", condition, inner, condition, inner),
        _call("validate", condition, inner),
        st.sampled_from(["abs", "ceil", "floor", "round", "sqrt", "ln", "exp"]).flatmap(
            lambda name: _call(name, inner)
        ),
        _call("round", inner, st.sampled_from(["0", "1", "2", "-1", "i"])),
        _call("pow", inner, st.sampled_from(["2", "0.5", "-1"])),
        st.sampled_from(["len", "lower", "upper", "trim", "tostring", "typeof", "tonumber", "tobool"]).flatmap(
            lambda name: _call(name, inner)
        ),
        _call("tostring", inner, st.sampled_from(['"hex"', '"commas"', '"duration"', '"binary"'])),
        _call("substr", inner, st.sampled_from(["1", "2", "-2", "0", "i"]), st.sampled_from(["1", "2", "-1", "i"])),
        _call("replace", inner, st.sampled_from(['"a"', '"(\\w)b*"', '"$"']), st.sampled_from(['"z"', '"<\\0>"'])),
        _of_text(inner),
        _of_values(inner),
        _call("mvappend", inner, inner),
        _call("mvjoin", inner, text),
        _call("mvcount", inner),
        _TRIGONOMETRY.flatmap(lambda name: _call(name, inner)),
        st.sampled_from(["atan2", "hypot"]).flatmap(lambda name: _call(name, inner, inner)),
        _call("trunc", inner),
        _call("trunc", inner, st.sampled_from(["0", "1", "2", "-1", "-3"])),
        st.sampled_from(["bit_and", "bit_or", "bit_xor"]).flatmap(lambda name: _call(name, inner, inner)),
        st.just("random()"),
        _call("relative_time", st.one_of(inner, st.sampled_from(["s", "@timestamp"])), STEPS),
        _call("mktime", st.one_of(inner, st.just("s"))),
        _call("ipmask", st.sampled_from(['"255.255.0.255"', '"/9"', '"/65"']), inner),
        st.sampled_from(["json", "json_valid", "json_keys"]).flatmap(lambda name: _call(name, inner)),
        _call("json_extract", inner, PATHS),
        _call("json_extract", inner, PATHS, PATHS),
        _call("json_array", inner, inner),
        _call("json_object", inner, inner),
        _call("json", _call("json_array", inner, inner)),
        _call("max", inner, inner),
        _call("min", inner, inner),
        condition,
    )


def _of_text(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = ["md5", "sha1", "sha256", "sha512", "crc32", "entropy", "urlencode", "urldecode", "base64encode"]
    return st.one_of(
        st.sampled_from([*one, "base64decode"]).flatmap(lambda name: _call(name, inner)),
        _call("levenshtein", inner, inner),
        _call("strcat", inner, inner),
        _call("split", inner, st.one_of(st.sampled_from(['","', '""', '"1"', '" "']), inner)),
        _call("regex_extract", inner, st.sampled_from(['"^."', '"([0-9])?b*"', '"(?P<x>a)|b"'])),
        _call("regex_extract", inner, st.just('"(?P<x>[a-z])(.)?"'), st.sampled_from(["0", "1", "2", '"x"'])),
    )


def _of_values(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    place = st.sampled_from(["0", "1", "-1", "-2", "i"])
    return st.one_of(
        _call("mvindex", inner, place),
        _call("mvindex", inner, place, place),
        _call("mvfind", inner, st.sampled_from(['"a"', '"^[0-9]"', '"^$"'])),
        _call("mvdedup", inner),
        _call("mvsort", inner),
        _call("mvzip", inner, inner),
        _call("mvrange", st.sampled_from(["0", "i", "-2"]), inner, st.sampled_from(["1", "2", "-1", "0.5", "i"])),
        _call("mvmap", NAMES, inner),
        _call("mvfilter", NAMES, conditions(inner)),
    )


def conditions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that are booleans."""
    compared = _infix(inner, ["==", "!=", "<", "<=", ">", ">="])
    asked = st.sampled_from(["isnull", "isnotnull", "isnum", "isint", "isstr", "isbool"])
    return st.one_of(
        compared,
        asked.flatmap(lambda name: _call(name, inner)),
        _call("in", inner, inner, inner),
        _call("like", inner, st.sampled_from(['"a%"', '"%1%"', '"_"'])),
        st.sampled_from(["contains", "startswith", "endswith"]).flatmap(lambda name: _call(name, inner, inner)),
        _call("match", inner, st.sampled_from(['"^a"', '"[0-9]+$"', '"(?i)B"'])),
        _call("cidrmatch", st.just('"10.0.0.0/8"'), inner),
        _call("isprivate_ip", inner),
        _call("searchmatch", SEARCHES.map(_spelled)),
        st.tuples(compared, st.sampled_from(["AND", "OR"]), compared).map(lambda drawn: f"({' '.join(drawn)})"),
        compared.map(lambda condition: f"(NOT {condition})"),
    )


LEAVES = st.one_of(NAMES, LITERALS)
EXPRESSIONS = st.recursive(LEAVES, _deeper, max_leaves=5)
CONDITIONS = conditions(EXPRESSIONS)

ARITHMETIC = ["sum", "avg", "range", "median", "stdev", "varp", "sumsq", "p90"]
AGGREGATES = st.sampled_from(
    [
        *(*ARITHMETIC, "count", "dc", "min", "max", "values", "list", "first", "last", "mode"),
        *("earliest", "latest", "rate", "per_minute"),
    ]
)
MEASURES = st.tuples(AGGREGATES, NAMES).map(lambda drawn: f"{drawn[0]}({drawn[1]})")
STATS = st.tuples(
    st.lists(MEASURES, min_size=1, max_size=2, unique=True).map(", ".join),
    st.one_of(st.just(""), NAMES.map(" by {}".format), st.just(" by t, i")),
).map(lambda drawn: f"{drawn[0]} as z{drawn[1]}")

KEYS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["{}", "num({})", "str({})"]), NAMES).map(
    lambda drawn: drawn[0] + drawn[1].format(drawn[2])
)
RUNNING = st.tuples(
    STATS,
    st.sampled_from(["", " window=1", " window=3"]),
    st.sampled_from(["", " current=false"]),
    st.sampled_from(["", " reset_on_change=true"]),
    st.one_of(st.just(""), CONDITIONS.map(" reset_before=({})".format), CONDITIONS.map(" reset_after=({})".format)),
).map("".join)
SPANS = st.sampled_from(["1h", "1d", "3d", "1w", "1mon", "1q", "2y"])
_TAKEN = st.sampled_from(['"(?<t>[a-z])"', '"(?<x>\\w)(?<r>b)?"', '"(?<m>[0-9]+)(\\W|$)"', '"(?s)(?<i>.)(?<l>.*)"'])
_SCRIPTS = st.sampled_from(['"s/[a-z1]/<\\0>/"', '"s/b*/-/g"', '"s/[0-9]|B/x/2i"', '"s/\\b/|/2"', '"y/ab1/ba2/"'])
_CHANGES = st.sampled_from(
    ['"1" with one', '"*" with "*!"', '"a*" with "*", true with "yes"', '"*.*" with "*,*"', 'A with "", "1*" with 2']
)
_MULTIVALUED: list[st.SearchStrategy[str]] = [
    st.tuples(NAMES, st.sampled_from(["", "max_match=0 ", "max_match=2 "]), _TAKEN).map(
        "rex field={0[0]} {0[1]}{0[2]}".format
    ),
    _TAKEN.map("rex {}".format),
    st.tuples(NAMES, _TAKEN).map("rex field={0[0]} offset_field=o {0[1]}".format),
    st.tuples(NAMES, _SCRIPTS).map("rex field={0[0]} mode=sed {0[1]}".format),
    st.tuples(NAMES, st.sampled_from(["=", "!="]), st.sampled_from(['"^a"', '"[0-9]$"'])).map(
        lambda drawn: f"regex {''.join(drawn)}"
    ),
    st.tuples(_CHANGES, st.one_of(st.just(""), NAMES.map(" in {}".format))).map(
        lambda drawn: f"replace {''.join(drawn)}"
    ),
    st.tuples(st.sampled_from(["", 'delim="a" ', 'delim="1" allowempty=true ', 'tokenizer="([a-z0-9])." ']), NAMES).map(
        lambda drawn: f"makemv {''.join(drawn)}"
    ),
    st.tuples(NAMES, st.sampled_from(["", " limit=1", " limit=2"])).map(lambda drawn: f"mvexpand {''.join(drawn)}"),
    st.tuples(st.lists(NAMES, min_size=1, max_size=3, unique=True), st.sampled_from(["", 'delim=":" '])).map(
        lambda drawn: f"fields {', '.join(drawn[0])} | mvcombine {drawn[1]}{drawn[0][0]}"
    ),
    NAMES.map("nomv {}".format),
    st.tuples(NAMES, st.sampled_from(['"%{INT:i:int}"', '"%{WORD:t}%{DATA:x}$"', '"^%{NUMBER:f:float}"'])).map(
        lambda drawn: f"parse {' '.join(drawn)}"
    ),
    NAMES.map('eval j = "k=" . tostring({0}) . " x=1" | kv field=j'.format),
    st.just("spath"),
    NAMES.map("eval j=_raw | fields @timestamp, {}, j | spath input=j".format),
]
LENGTHS = st.sampled_from(["7m", "14m", "1h"])
LIMITS = st.one_of(
    LENGTHS.map("maxpause={}".format), LENGTHS.map("maxspan={}".format), st.integers(1, 3).map("maxevents={}".format)
)
ENDS = st.one_of(
    CONDITIONS.map("startswith=({})".format),
    CONDITIONS.map("endswith=({})".format),
    st.sampled_from(['endswith="a"', 'startswith="1"', "keepevicted=true", "timefield=s", "rawevent=t"]),
)


def _once(options: list[str]) -> str:
    """The options, each at its first place only."""
    return " ".join({option.partition("=")[0]: option for option in options}.values())


TRANSACTIONS = st.tuples(
    st.lists(NAMES, min_size=1, max_size=2).map(", ".join), st.lists(st.one_of(LIMITS, ENDS), max_size=4).map(_once)
).map(lambda drawn: f"transaction {drawn[0]} {drawn[1]}")
RULES = {
    "same": Rules(),
    "first": Rules(most=1),
    "folded": Rules(folds=True),
    "patterns": Rules(dict.fromkeys(FIELDS, How.WILDCARD), most=2),
    "networks": Rules({"x": How.CIDR, "m": How.CIDR, "t": How.WILDCARD}, folds=True),
}
"""Lookups over the rows of the table itself, and how they are matched."""
LOOKUPS = st.sampled_from(sorted(RULES))
_COMMANDS: list[st.SearchStrategy[str]] = [
    *_MULTIVALUED,
    CONDITIONS.map("where {}".format),
    st.tuples(NAMES, EXPRESSIONS).map(lambda drawn: f"eval {drawn[0]}={drawn[1]}"),
    SEARCHES.map("search {}".format),
    KEYS.map("sort 0 {}".format),
    st.integers(0, 4).map("head {}".format),
    st.integers(0, 4).map("tail {}".format),
    st.lists(NAMES, min_size=1, max_size=3, unique=True).map(lambda names: f"fields {', '.join(names)}"),
    st.tuples(st.sampled_from(["", "2 "]), NAMES).map(lambda drawn: f"dedup {''.join(drawn)}"),
    NAMES.map("rename {} as r".format),
    STATS.map("stats {}".format),
    STATS.map("eventstats {}".format),
    RUNNING.map("streamstats {}".format),
    st.just("reverse"),
    st.one_of(st.just(""), NAMES).map("filldown {}".format),
    st.tuples(NAMES, st.sampled_from(["", " p=2"])).map(lambda drawn: f"delta {drawn[0]} as d{drawn[1]}"),
    NAMES.map("accum {}".format),
    st.tuples(NAMES, st.sampled_from(["", " p=2", " p=1-3"])).map(lambda drawn: f"autoregress {drawn[0]}{drawn[1]}"),
    st.tuples(st.sampled_from(["", "timefield=s "]), NAMES, st.one_of(st.just(""), NAMES.map(" by {}".format))).map(
        lambda drawn: f"rate {drawn[0]}{drawn[1]} as d{drawn[2]}"
    ),
    st.tuples(
        st.sampled_from(["", "col=true ", "row=false col=true labelfield=t "]), st.sampled_from(["", "i, x", "t, f"])
    ).map(lambda drawn: f"addtotals {drawn[0]}{drawn[1]}"),
    st.tuples(
        st.sampled_from(["", "action=annotate ", "threshold=1 "]), st.sampled_from(["", "i", "t, x", "f by b"])
    ).map(lambda drawn: f"anomalydetection {drawn[0]}{drawn[1]}"),
    NAMES.map("top 2 {}".format),
    NAMES.map("rare 2 {}".format),
    NAMES.map("fillnull value=0 {}".format),
    st.sampled_from(["bin span=5m @timestamp", "bin span=10 i", "bin span=0.5 f"]),
    st.tuples(SPANS, st.sampled_from(["@timestamp", "s"])).map("bin span={0[0]} {0[1]}".format),
    st.tuples(SPANS, MEASURES, st.one_of(st.just(""), NAMES.map(" by {}".format))).map(
        "timechart timefield=s span={0[0]} {0[1]}{0[2]}".format
    ),
    st.tuples(MEASURES, st.one_of(st.just(""), NAMES.map(" by {}".format))).map(
        "timechart span=7m limit=2 count, {0[0]}{0[1]}".format
    ),
    st.tuples(MEASURES, NAMES, NAMES)
    .filter(lambda drawn: drawn[1] != drawn[2])
    .map("chart limit=2 count, {0[0]} over {0[1]} by {0[2]}".format),
    st.tuples(st.sampled_from(["", "usenull=false "]), MEASURES, NAMES).map("chart {0[0]}{0[1]} by {0[2]}, b".format),
    st.permutations(sorted(FIELDS)).map(lambda names: f"xyseries {', '.join(names[:3])}"),
    NAMES.map("untable {} name value".format),
    st.tuples(
        st.sampled_from(["", "0 ", "2 include_empty=false "]),
        st.one_of(st.just(""), NAMES.map("header_field={}".format)),
    ).map("transpose {0[0]}{0[1]}".format),
    st.tuples(st.integers(1, 3), st.lists(NAMES, max_size=2).map(", ".join)).map(
        "fieldsummary maxvals={0[0]} {0[1]}".format
    ),
    TRANSACTIONS,
    st.tuples(NAMES, st.sampled_from(["0", "0.5"])).map("patterns field={0[0]} threshold={0[1]}".format),
    st.tuples(st.sampled_from(["", "dedup=true "]), LOOKUPS, NAMES, NAMES, NAMES).map(
        "lookup {0[0]}{0[1]} {0[2]} as {0[3]} output {0[2]} as {0[4]}, x as r".format
    ),
    NAMES.map("iplocation {}".format),
    st.tuples(LOOKUPS, NAMES, NAMES).map("lookup {0[0]} {0[1]}, {0[2]}".format),
]
SOURCES = st.sampled_from(["source events", "source events earliest=2024-01-01T00:05:00Z latest=2024-01-01T01:00:00Z"])
LISTS = st.lists(NAMES, min_size=1, max_size=3, unique=True).map(", ".join)
SUBQUERIES = st.tuples(SOURCES, st.lists(st.one_of(_COMMANDS), max_size=2)).map(
    lambda drawn: " | ".join([drawn[0], *drawn[1]])
)
_NESTED: list[st.SearchStrategy[str]] = [
    SUBQUERIES.map("append [ {} ]".format),
    SUBQUERIES.map("append maxout=2 [ {} ]".format),
    SUBQUERIES.map("appendcols [ {} ]".format),
    SUBQUERIES.map("appendcols override=true [ {} ]".format),
    SUBQUERIES.map("union [ {} ]".format),
    st.tuples(
        st.sampled_from(["inner", "left"]), st.integers(0, 2), st.sampled_from(["true", "false"]), LISTS, SUBQUERIES
    ).map("join type={0[0]} max={0[1]} overwrite={0[2]} {0[3]} [ {0[4]} ]".format),
    st.tuples(st.sampled_from(["", "NOT ", "i=1 OR "]), SUBQUERIES, LISTS, st.sampled_from(["", " | format"])).map(
        "search {0[0]}[ {0[1]} | fields {0[2]}{0[3]} ]".format
    ),
    st.just("format"),
    LISTS.map("return 3 {}".format),
    NAMES.map("return 2 q=i ${}".format),
    st.tuples(LISTS, EXPRESSIONS).map("foreach {0[0]} [ eval n_<<FIELD>> = <<FIELD>>, <<FIELD>> = {0[1]} ]".format),
]
COMMANDS = st.one_of(*_COMMANDS, *_NESTED)
PIPELINES = st.tuples(SOURCES, st.lists(COMMANDS, min_size=1, max_size=4)).map(
    lambda drawn: " | ".join([drawn[0], *drawn[1]])
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
