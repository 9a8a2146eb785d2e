"""Random expressions: each function by name, of arguments of every kind, as hypothesis strategies of texts."""

from __future__ import annotations

from hypothesis import strategies as st

from property.tables import NAMES, TEXTS, Texts, maybe, spelled

LITERALS = st.one_of(st.integers(-3, 12), st.sampled_from([0.5, 2.0, 2.5]), TEXTS).map(spelled)
LEAVES = st.one_of(NAMES, NAMES, LITERALS, st.sampled_from(["null", "@timestamp", "true", "missing"]))

SEARCHED = st.sampled_from(["a", "A*", "*", "1", "1.0", "10", '"ab c"', "10.0.0.0/8", "*b*", "true", "2"])
BOUNDS = st.sampled_from(["1", "2.5", "10", "9007199254740992"])
TERMS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "!="]), SEARCHED).map("".join),
    st.tuples(NAMES, st.sampled_from(["<", "<=", ">", ">="]), BOUNDS).map("".join),
    st.tuples(NAMES, st.just(" IN (1, a, b*)")).map("".join),
    st.sampled_from(["a", '"ab c"', "1", '"a*"', "zz"]),
)
SEARCHES = st.lists(st.tuples(st.sampled_from(["", "NOT "]), TERMS).map("".join), min_size=1, max_size=2).map(" ".join)

STEPS = st.sampled_from(['"-1d@d"', '"+1mon-90s"', '"@w0"', '"@h+30m"', '"-1q/y"', '"@m-250ms"', '"-300y"', '"-2w+3d"'])
PATHS = st.sampled_from(['"a"', '"{}"', '"{0}"', '"{1}.a"', '"a.b{}.c"', '"a{}"', "\"'a b'\""])
FORMATS = st.sampled_from(['"%Y-%m-%dT%H:%M:%S%z"', '"%F"', '"%s.%3N %p %I"', '"%j %b"'])
ZONED = maybe('"Asia/Kolkata"', '"Europe/Berlin"')
PRINTED = st.sampled_from(["%s", "%d", "%5.2f", "%x|", "%-5s|", "%05d", "%+d", "%c", "%e", "%o", "%5s", "%i%%"])

_OF_ONE = [
    *["abs", "ceil", "floor", "round", "trunc", "sqrt", "ln", "exp", "log", "exact", "sigfig"],
    *["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
    *["len", "lower", "upper", "trim", "ltrim", "rtrim", "tostring", "typeof", "tonumber", "tobool", "mktime"],
    *["md5", "sha1", "sha256", "sha512", "crc32", "entropy"],
    *["urlencode", "urldecode", "base64encode", "base64decode"],
    *[
        "json",
        "json_keys",
        "mvcount",
        "mvdedup",
        "mvsort",
        "mvappend",
        "max",
        "min",
        "coalesce",
        "json_array",
        "strcat",
    ],
]
_OF_TWO = [
    *["atan2", "hypot", "pow", "log", "nullif", "coalesce", "max", "min", "mvappend", "mvzip", "mvjoin", "split"],
    *["levenshtein", "strcat", "json_array", "json_object", "bit_and", "bit_or", "bit_xor", "trim", "ltrim", "rtrim"],
    *["round", "mvindex", "mvrange", "substr"],
]
_OF_THREE = ["substr", "mvindex", "mvrange", "mvzip", "coalesce", "max", "min", "mvappend", "bit_or", "strcat"]
_ASKING_ONE = ["isnull", "isnotnull", "isnum", "isint", "isstr", "isbool", "isprivate_ip", "json_valid"]
_ASKING_TWO = ["contains", "startswith", "endswith", "like", "in"]


def call(name: str, *arguments: str | Texts) -> Texts:
    """A call; an argument that is empty is left out."""
    drawn = st.tuples(*(st.just(argument) if isinstance(argument, str) else argument for argument in arguments))
    return drawn.map(lambda texts: f"{name}({', '.join(text for text in texts if text)})")


def _infix(inner: Texts, signs: list[str]) -> Texts:
    return st.tuples(inner, st.sampled_from(signs), inner).map(lambda drawn: f"({' '.join(drawn)})")


def conditions_of(inner: Texts) -> dict[str, list[Texts]]:
    """Calls that are true or false, by the name of the function."""
    found = {name: [call(name, inner)] for name in _ASKING_ONE}
    found |= {name: [call(name, inner, inner)] for name in _ASKING_TWO}
    found["like"].append(call("like", inner, st.sampled_from(['"a%"', '"%1%"', '"_"'])))
    found["in"].append(call("in", inner, inner, inner))
    found["match"] = [call("match", inner, st.sampled_from(['"^a"', '"[0-9]+$"', '"(?i)B"']))]
    found["cidrmatch"] = [call("cidrmatch", st.sampled_from(['"10.0.0.0/8"', '"::/0"', '"1.2.3.4"']), inner)]
    found["searchmatch"] = [call("searchmatch", SEARCHES.map(spelled))]
    return found


def _judged(inner: Texts) -> Texts:
    """Expressions that are taken for conditions: booleans, and now and then what is none in some events."""
    drawn = conditions(inner)
    return st.one_of(drawn, drawn, drawn, call("coalesce", inner, "true"), call("mvappend", inner, "b"))


def conditions(inner: Texts) -> Texts:
    """Expressions that are booleans."""
    compared = _infix(inner, ["==", "!=", "<", "<=", ">", ">=", "LIKE"])
    either = st.one_of(compared, compared, compared, call("coalesce", inner, "false"))
    return st.one_of(
        compared,
        st.one_of([each for calls in conditions_of(inner).values() for each in calls]),
        st.tuples(either, st.sampled_from(["AND", "OR"]), either).map(lambda drawn: f"({' '.join(drawn)})"),
        either.map(lambda condition: f"(NOT {condition})"),
    )


def values_of(inner: Texts) -> dict[str, list[Texts]]:
    """Calls that give other values, by the name of the function."""
    found: dict[str, list[Texts]] = {}
    for names, count in ((_OF_ONE, 1), (_OF_TWO, 2), (_OF_THREE, 3)):
        for name in names:
            found.setdefault(name, []).append(call(name, *[inner] * count))
    condition = _judged(inner)
    places = st.sampled_from(["0", "1", "2", "-1", "-2", "i"])
    more: dict[str, list[Texts]] = {
        "if": [call("if", condition, inner, inner)],
        "case": [call("case", condition, inner, condition, inner)],
        "validate": [call("validate", condition, inner)],
        "round": [call("round", inner, places)],
        "trunc": [call("trunc", inner, st.sampled_from(["0", "1", "2", "-1", "-3"]))],
        "sigfig": [call("sigfig", inner, st.sampled_from(["1", "3"]))],
        "pow": [call("pow", inner, st.sampled_from(["2", "0.5", "-1"]))],
        "tonumber": [call("tonumber", inner, st.sampled_from(["2", "16", "36"]))],
        "tostring": [call("tostring", inner, st.sampled_from(['"hex"', '"commas"', '"duration"', '"binary"']))],
        "printf": [
            st.tuples(PRINTED, inner).map(lambda drawn: f'printf("<{drawn[0]}>", {drawn[1]})'),
            st.tuples(PRINTED, PRINTED, inner, inner).map(
                lambda drawn: f'printf("{drawn[0]}{drawn[1]}", {drawn[2]}, {drawn[3]})'
            ),
        ],
        "substr": [call("substr", inner, places, maybe(places))],
        "replace": [
            call("replace", inner, st.sampled_from(['"a"', '"(\\w)b*"', '"$"']), st.sampled_from(['"z"', '"<\\0>"']))
        ],
        "split": [call("split", inner, st.sampled_from(['","', '""', '"1"', '" "']))],
        "regex_extract": [
            call("regex_extract", inner, st.sampled_from(['"^."', '"([0-9])?b*"', '"(?P<x>a)|b"'])),
            call("regex_extract", inner, '"(?P<x>[a-z])(.)?"', st.sampled_from(["0", "1", "2", '"x"'])),
        ],
        "mvindex": [call("mvindex", inner, places, maybe(places))],
        "mvfind": [call("mvfind", inner, st.sampled_from(['"a"', '"^[0-9]"', '"^$"']))],
        "mvjoin": [call("mvjoin", inner, st.sampled_from(['"a"', '"ab c"', '""']))],
        "mvrange": [call("mvrange", st.sampled_from(["0", "i", "-2"]), inner, maybe("1", "2", "-1", "0.5", "i"))],
        "mvmap": [call("mvmap", NAMES, inner)],
        "mvfilter": [call("mvfilter", NAMES, condition)],
        "relative_time": [call("relative_time", st.one_of(inner, st.just("s")), STEPS, ZONED)],
        "mktime": [call("mktime", st.just("s")), call("mktime", inner, st.sampled_from(['"%Y-%m-%d"']))],
        "strftime": [call("strftime", st.one_of(inner, st.sampled_from(["s", "@timestamp"])), FORMATS, ZONED)],
        "strptime": [call("strptime", st.one_of(inner, st.just("s")), FORMATS, ZONED)],
        "now": [st.just("now()")],
        "time": [st.just("time()")],
        "pi": [st.just("pi()")],
        "random": [st.just("random()")],
        "ipmask": [call("ipmask", st.sampled_from(['"255.255.0.255"', '"/9"', '"/65"']), inner)],
        "json_extract": [call("json_extract", inner, PATHS, maybe(PATHS)), call("json_extract", inner)],
        "spath": [call("spath", inner, PATHS)],
        "json": [call("json", call("json_array", inner, inner))],
    }
    for name, calls in more.items():
        found.setdefault(name, []).extend(calls)
    return found


def _deeper(shallower: Texts) -> Texts:
    inner = st.none().flatmap(lambda _: shallower)  # written out in full, it would fill the memory at some depth
    return st.one_of(
        _infix(inner, ["+", "-", "*", "/", "%", "."]),
        inner.map("(-{})".format),
        st.one_of([each for calls in values_of(inner).values() for each in calls]),
        conditions(inner),
    )


EXPRESSIONS = st.recursive(LEAVES, _deeper, max_leaves=5)
CONDITIONS = _judged(EXPRESSIONS)
FUNCTIONS = {name: st.one_of(calls) for name, calls in (values_of(LEAVES) | conditions_of(LEAVES)).items()}
"""Calls of each function, of arguments of every kind."""

_MEASURED = st.one_of(NAMES, NAMES, NAMES, EXPRESSIONS)
_PLAIN = [
    *["count", "dc", "estdc", "sum", "avg", "min", "max", "range", "stdev", "stdevp", "var", "varp", "sumsq", "median"],
    *["values", "list", "first", "last", "mode"],
]
_TIMED = ["earliest", "latest", "rate", "per_second", "per_minute", "per_hour"]
AGGREGATIONS: dict[str, Texts] = {
    **{name: call(name, _MEASURED) for name in _PLAIN},
    **{name: call(name, NAMES, maybe("s")) for name in _TIMED},
    "perc": st.one_of(
        call("perc", _MEASURED, st.sampled_from(["0", "37.5", "90", "100"])),
        st.tuples(st.sampled_from(["p90", "perc5"]), _MEASURED).map(lambda drawn: f"{drawn[0]}({drawn[1]})"),
    ),
    "list": st.one_of(call("list", _MEASURED), call("list", _MEASURED, st.sampled_from(["1", "2"]))),
    "count": st.one_of(st.just("count"), call("count", _MEASURED), CONDITIONS.map("count(eval({}))".format)),
}
"""Calls of each aggregation."""
MEASURES = st.one_of(list(AGGREGATIONS.values()))
