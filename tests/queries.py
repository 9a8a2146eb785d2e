"""Queries made at random: expressions as trees, searches and commands as texts, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.searches import read_search
from trawl.language.spelling import expression_text, name_text, quoted, run_text

ODD = st.text(st.characters(codec="utf-8"), max_size=8)
WORDS = st.sampled_from(["NOT", "by", "as", "in", "true", "-a"])
PLAIN = st.sampled_from(["a", "b.c", "@timestamp", "event.code", "user-name", "x{}.y"])
NAMES = st.one_of(PLAIN, WORDS, ODD.filter(bool))
TRAPS = st.sampled_from(['"', "\\", '\\"', "a\\", "//x", "```", "`", "a*", r"C:\dir\*", "10.0.0.0/8", "OR", "'x'"])
TEXTS = st.one_of(ODD, TRAPS)
NUMBERS = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))


def literals(value: str | int | float | bool | None) -> Literal:
    return Literal(value)


LEAVES: st.SearchStrategy[Expr] = st.one_of(
    NAMES.map(Field), st.one_of(TEXTS, st.integers(0, 10**20), st.booleans(), st.none()).map(literals)
)


def joined(*pieces: str | st.SearchStrategy[str], by: str = "") -> st.SearchStrategy[str]:
    """Texts, one after another."""
    return st.tuples(*[st.just(piece) if isinstance(piece, str) else piece for piece in pieces]).map(by.join)


def listed(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One to three of them, with commas."""
    return st.lists(pieces, min_size=1, max_size=3).map(", ".join)


TERMS = st.one_of(
    joined(NAMES.map(name_text), st.sampled_from(["=", "!="]), TEXTS.map(run_text)),
    joined(NAMES.map(name_text), st.sampled_from(["<", "<=", ">", ">="]), NUMBERS.map(str)),
    joined(NAMES.map(name_text), " IN (", listed(TEXTS.map(run_text)), ")"),
    TEXTS.map(run_text),
)
SEARCHES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT {text}"),
        inner.map(lambda text: f"({text})"),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join),
    ),
    max_leaves=8,
)


def calls(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Calls as the reader makes them: flat ones hold none of their like."""

    def flat(function: str) -> st.SearchStrategy[Expr]:
        others = inner.filter(lambda expr: not (isinstance(expr, Call) and expr.function == function))
        return st.lists(others, min_size=2, max_size=4).map(lambda made: Call(function, tuple(made)))

    def fixed(functions: list[str], count: int) -> st.SearchStrategy[Expr]:
        arguments = st.tuples(*[inner] * count)
        return st.builds(Call, st.sampled_from(functions), arguments)

    return st.one_of(
        flat("and"),
        flat("or"),
        flat("concat"),
        fixed(["eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "mod", "like", "in", "pow"], 2),
        fixed(["not", "neg", "abs", "isnull"], 1),
        fixed(["if", "in", "case"], 3),
        st.just(Call("now", ())),
        SEARCHES.map(lambda text: Call("searchmatch", (Literal(text), read_search(Cursor(text))))),
    )


EXPRESSIONS = st.recursive(LEAVES, calls, max_leaves=12)


FIELDS = NAMES.map(lambda name: quoted(name, "'"))
FIELD_LISTS = listed(FIELDS)
FLAGS = st.sampled_from(["", "true", "false"])


def option(key: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f"{key}={value}" if value else "")


SMALL = st.integers(0, 99).map(str)
POSITIVE = st.integers(1, 99).map(str)
SPANS = st.sampled_from(["", "5m", "1h", "2d", "1mon", "250ms"])
CONDITIONS = EXPRESSIONS.map(expression_text)
CALLS = st.one_of(st.just("count"), joined(st.sampled_from(["avg(", "dc(", "p95("]), CONDITIONS, ")"))
MEASURES = st.lists(
    st.tuples(CALLS, ODD.filter(bool)).map(lambda pair: f"{pair[0]} as {quoted(pair[1])}"),
    min_size=1,
    max_size=3,
    unique_by=lambda text: text.rpartition(" as ")[2],
).map(", ".join)
KEYS = listed(joined(st.sampled_from(["", "- ", "+ "]), FIELDS))


def after(name: str, *pieces: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A command's name and what stands after it."""
    return joined(name, *pieces, by=" ")


LOOKUPS = TEXTS.filter(bool).map(quoted)
_COMMANDS = st.one_of(
    after("search", SEARCHES),
    after("where", CONDITIONS),
    after("eval", FIELDS, "=", CONDITIONS, ", b=1"),
    after("fields", st.sampled_from(["", "-", "+"]), FIELD_LISTS, ", x*"),
    after("table", FIELD_LISTS, ", *"),
    after("rename", FIELDS, "as", FIELDS, ", a*b* as c*d*"),
    after("sort", st.sampled_from(["", "0", "20"]), KEYS, ", num(x)"),
    after("head", SMALL),
    after("head", SMALL, "(", CONDITIONS, ")"),
    after("tail", SMALL),
    after("dedup", POSITIVE, FIELD_LISTS, option("keepempty", FLAGS), option("consecutive", FLAGS), "sortby", KEYS),
    after("top", SMALL, FIELDS, option("useother", FLAGS), option("showperc", FLAGS)),
    after("rare", option("limit", SMALL), "'a b' by 'c d'", option("countfield", st.just('"n n"'))),
    after("stats", option("keepnull", FLAGS), MEASURES),
    after("aggs", option("composite", FLAGS), MEASURES),
    after("timechart", option("span", SPANS), option("limit", SMALL), MEASURES, "by", FIELDS),
    after("timeaggs", option("composite", FLAGS), option("span", SPANS), MEASURES, "by", FIELDS),
    after("eventstats", MEASURES, "by 'the host', b"),
    after(
        "streamstats",
        MEASURES,
        "by 'the host'",
        option("window", SMALL),
        option("current", FLAGS),
        option("reset_on_change", FLAGS),
        st.sampled_from(["", "reset_before=('the path' == 1 OR isnull(@timestamp))", "reset_after=(event.code > 2)"]),
    ),
    st.just("reverse"),
    after("filldown", FIELD_LISTS, ", x*"),
    after("delta", FIELDS, "as", FIELDS, option("p", POSITIVE)),
    after("accum", FIELDS, "as", FIELDS),
    after("autoregress", FIELDS, "as", FIELDS, option("p", POSITIVE)),
    after("autoregress", FIELDS, option("p", st.just("2-4"))),
    after("rate", option("timefield", FIELDS), FIELDS, "as", FIELDS, "by", FIELD_LISTS),
    after("addtotals", option("col", FLAGS), option("row", FLAGS), option("labelfield", FIELDS), FIELD_LISTS, ", x*"),
    after("addtotals", option("fieldname", FIELDS), option("label", TEXTS.map(quoted))),
    after("peval", FIELDS, "=", CONDITIONS, ", b=1"),
    after("anomalydetection", option("threshold", POSITIVE), FIELD_LISTS, ", x*", "by", FIELD_LISTS),
    after("anomalydetection", st.sampled_from(["action=annotate", "action=filter", "threshold=2.5"])),
    after("chart", option("limit", SMALL), option("usenull", FLAGS), MEASURES, "over a by 'c d'"),
    after("chart", option("span", SPANS), MEASURES, "by 'c d'", option("bins", POSITIVE)),
    after("xyseries", "'a b'", "x, y,", "z"),
    after("untable", "a", "'b c'", "'by'"),
    after(
        "transpose",
        SMALL,
        joined("column_name=", FIELDS),
        joined("header_field=", FIELDS),
        option("include_empty", FLAGS),
    ),
    after("fieldsummary", option("maxvals", POSITIVE), FIELD_LISTS, ", x*"),
    after(
        "transaction",
        FIELD_LISTS,
        option("maxspan", SPANS),
        option("maxpause", SPANS),
        option("maxevents", POSITIVE),
        joined("startswith=(", CONDITIONS, ")"),
        joined("endwith=", TEXTS.map(quoted)),
        joined("rawevent=", FIELDS),
        option("keepevicted", FLAGS),
    ),
    after("patterns", joined("field=", FIELDS), option("threshold", st.sampled_from(["", "0.5", "0", "1"]))),
    after("bin", option("span", SPANS), option("bins", POSITIVE), FIELDS, "as", FIELDS),
    after("fillnull", "value=", TEXTS.map(quoted), FIELD_LISTS),
    after("lookup", option("dedup", FLAGS), LOOKUPS, FIELDS, "as", FIELDS, ",", FIELDS, "system=x"),
    after("iplocation", option("prefix", TEXTS.map(quoted)), option("allfields", FLAGS), FIELDS),
    after("outputlookup", option("append", FLAGS), LOOKUPS),
    after("collect index=", LOOKUPS),
    after("lookup", "type=FAST", LOOKUPS, FIELD_LISTS, "outputnew", FIELDS, "as", FIELDS),
    after("fillnull", "value=", NUMBERS.map(str)),
    after("rex", option("max_match", SMALL), "field=", FIELDS, '"(?<x>.)"'),
    after("rex", joined("offset_field=", FIELDS), '"(?<grp>.)"'),
    after("rex", "mode=sed", TEXTS.map(quoted)),
    after("regex", st.sampled_from(["", "'a b'=", "'a b'!="]), TEXTS.map(quoted)),
    after("replace", TEXTS.filter(lambda text: "*" not in text).map(quoted), 'with "" in', FIELD_LISTS),
    after("makemv", 'delim=", "', FIELDS, option("allowempty", FLAGS)),
    after("makemv", FIELDS, "tokenizer=", TEXTS.map(quoted)),
    after("mvexpand", FIELDS, option("limit", SMALL)),
    after("mvcombine", "delim=", TEXTS.map(quoted), FIELDS),
    after("nomv", FIELDS),
    after("parse", FIELDS, TEXTS.map(quoted)),
    after("kv", option("pairdelim", st.just('";|"')), "field=", FIELDS),
    after("spath", "input=", FIELDS, "output=", FIELDS, "path=", TEXTS.filter(bool).map(quoted)),
    after("format", option("maxresults", SMALL)),
    after("format", *[TEXTS.map(quoted)] * 6),
    after("return", POSITIVE, FIELDS, FIELDS, "=", FIELDS, joined("$", FIELDS)),
    after("foreach", FIELD_LISTS, ", a*b* [ eval", FIELDS, '= <<FIELD>> . "<<MATCHSTR>>]" | where', CONDITIONS, "]"),
)
BEGINNINGS = st.one_of(
    after(
        "source",
        TEXTS.filter(lambda text: bool(text.strip("-*")) and text[0] != "-").map(quoted),
        option("qsize", SMALL),
    ),
    st.just("| makeresults count=3 shownumbers=true"),
    after("| inputlookup", LOOKUPS),
)
SUBQUERIES = st.tuples(BEGINNINGS, st.lists(_COMMANDS, max_size=2)).map(
    lambda parts: f"[ {' | '.join([parts[0], *parts[1]])} ]"
)
COMMANDS = st.one_of(
    _COMMANDS,
    after("append", option("maxout", SMALL), SUBQUERIES),
    after("appendcols", option("override", FLAGS), SUBQUERIES),
    after("union", SUBQUERIES, ",", SUBQUERIES),
    after("join", option("type", st.sampled_from(["", "left"])), option("max", SMALL), FIELD_LISTS, SUBQUERIES),
    after("search", SEARCHES, "OR NOT", SUBQUERIES),
    after("search", "(", SUBQUERIES, SEARCHES, ")"),
)
QUERIES = st.tuples(BEGINNINGS, st.lists(COMMANDS, max_size=4)).map(lambda parts: " | ".join([parts[0], *parts[1]]))
