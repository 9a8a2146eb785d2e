"""What to say where a query is spelled as other languages would: signs, operators, clauses and comments of theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trawl.errors import Code, Span, TrawlError, clip

if TYPE_CHECKING:  # tokens ask for hints themselves
    from trawl.language.tokens import Token

COMMENT: Final = "a comment begins with `//` after a blank, or stands between three backticks"
_END: Final = "nothing closes a query: it ends where it ends"
_MATCH: Final = 'a regular expression is asked for by `match(f, "…")`'
_BRACKETS: Final = "square brackets hold subqueries, as `search [ … ]` and `join` take them; lists are in round ones"
_CHOICE: Final = "a choice is written `if(condition, a, b)`"

# --- subqueries --------------------------------------------------------------------------------------

_SUBQUERY: Final = "a subquery is a term by itself and tells the field as well: `search [ … | fields NAME ]`"


def subquery_hint(opening: Token, following: Token) -> str | None:
    """How a subquery is asked for, where one stands instead of a value."""
    begins = following.is_mark("|") or following.is_word("source", "search", "makeresults")
    return _SUBQUERY if opening.is_mark("[") and begins else None


# --- signs -------------------------------------------------------------------------------------------

DASHES: Final = "–—−"
CURLED: Final = "“”„‟«»"
CURLED_SINGLE: Final = "‘’‚‛"
_CURLED_TEXT: Final = re.compile(
    rf'[{CURLED}{CURLED_SINGLE}]([^{CURLED}{CURLED_SINGLE}"|\n]{{1,40}})[{CURLED}{CURLED_SINGLE}]'
)
_SIGNS: Final = {
    **dict.fromkeys(DASHES, "a minus sign is the plain one: `-`"),
    "~": _MATCH,
    ";": _END,
    "?": _CHOICE,
    "&": "the language writes AND",
    "^": "a power is written `pow(a, b)`",
}


def sign_hint(text: str, start: int) -> str:
    """What is meant by a sign that begins nothing in the language."""
    if text[start] in CURLED + CURLED_SINGLE:
        curled = _CURLED_TEXT.match(text, start)
        return f'a text takes straight double quotes: "{curled[1] if curled else "text"}"'
    return _SIGNS.get(text[start], "a text takes double quotes, an odd name of a field single ones")


# --- operators ---------------------------------------------------------------------------------------

OPERATORS: Final = {
    "&&": "the language writes AND",
    "!": "the language writes NOT",
    ".": "a number begins with a digit: `0.5`",
    "]": _BRACKETS,
    "[": _BRACKETS,
    "*": "every event is counted by `count`, without brackets",
    **dict.fromkeys(("<", "<=", ">", ">=", "!=", "==", "="), "a field stands on either side: `a > 1 AND a < 9`"),
    "is": "a value that may be missing is asked for by `isnull(f)` and `isnotnull(f)`",
    "between": "a range is two comparisons: `f >= 1 AND f <= 9`",
    "ilike": 'case is left out of account by `lower(f) LIKE "…"`',
    "rlike": _MATCH,
    "regexp": _MATCH,
    "matches": _MATCH,
    "contains": 'a piece of a text is asked for by `f LIKE "%…%"`',
    "startswith": 'the beginning of a text is asked for by `f LIKE "…%"`',
    "endswith": 'the end of a text is asked for by `f LIKE "%…"`',
    **dict.fromkeys(("then", "when"), _CHOICE),
    **dict.fromkeys(("has", "hasprefix", "has_any"), 'a piece of a text is asked for by `f LIKE "%…%"`'),
    "equals": 'one value is compared with another by `f == "a"`',
    "similar": _MATCH,
    "mod": "a remainder is written `a % b`",
    "div": "a whole quotient is written `floor(a / b)`",
    "isnull": "a value that may be missing is asked for by `isnull(f)` and `isnotnull(f)`",
    "/": 'a text takes double quotes: `"/a"`',
    **dict.fromkeys(("greater", "gt"), "the language writes `>`"),
    "eq": "the language writes `==`",
    "ne": "the language writes `!=`",
    **dict.fromkeys(("ge", "gte"), "the language writes `>=`"),
    "lt": "the language writes `<`",
    **dict.fromkeys(("le", "lte"), "the language writes `<=`"),
    "less": "the language writes `<`",
}
"""Hints by sign or word, lower case, of what stands where an operator or a value is expected."""

STARRED: Final = 'a star is for `search`; here it is `f LIKE "a%"`, and a field that is there `isnotnull(f)`'
"""What to say of a value with a star in an expression: `a=x*`, `a=*`."""

CALLS: Final = {
    "concat": "texts are joined by a dot between blanks: `a . b`",
    "mod": "a remainder is written `a % b`",
    "add": "numbers are added by `a + b`",
    **dict.fromkeys(
        ("json_value", "json_values", "json_text", "event_json"),
        'JSON is looked into by `json_extract(field, "a.b")`, and made by `json_object("a", field)`',
    ),
    "pairs": "pairs of names and values are taken out by the command `kv`",
    **dict.fromkeys(
        ("regex_groups", "regex_all"),
        'a piece is taken by `regex_extract(field, "(a)")`, several by the command `rex`',
    ),
    **dict.fromkeys(("member", "leading"), "values are picked by `mvindex(field, 0, 2)`"),
    **dict.fromkeys(("replace_nth", "translate"), 'it is `replace(field, "a", "b")`, or `rex mode=sed`'),
    "replace_values": "values are replaced by the command `replace`",
    "pieces": 'a text is taken apart by `split(field, ",")`',
    **dict.fromkeys(("leading_integer", "to_float"), "it is `tonumber(field)`"),
    "to_time": 'a text becomes a time by `strptime(field, "%Y-%m-%d")`',
    "time_range": "the seconds between the first and the last time are `range(field)`",
}
"""Hints by the name of what a query cannot call: what is written with a sign, what commands call inside."""

_BUCKETS: Final = ("bin", "bucket", "span", "date_trunc", "floor")
"""What other languages call to group by times or numbers in buckets."""
_BUCKETED: Final = "times and numbers are put into buckets before: `bin @timestamp span=1h`"

NO_NAMES: Final = {
    "(": "fields stand without brackets: `by a, b`",
    ",": "one comma goes between two names: `a, b`",
    "[": _BRACKETS,
    "=": "the name of a field stands in front: `a = 1`",
}
"""Hints by the mark that stands where the name of a field is expected."""

_COMPARISONS: Final = {"<>": "!=", "!==": "!=", "=!": "!=", "===": "==", "=>": ">=", "=<": "<="}
_COMPARISON: Final = re.compile(r"[=<>!]+")


def comparison(text: str, last: int) -> TrawlError | None:
    """The error that the signs which end just before `last` or go on there are a comparison of another language."""
    start = last
    while start and text[start - 1] in "=<>!":
        start -= 1
    match = _COMPARISON.match(text, start)
    right = _COMPARISONS.get(match[0]) if match else None
    if match is None or right is None:
        return None
    reason = f"found `{match[0]}`, which is no comparison"
    return TrawlError(Code.SYNTAX_ERROR, reason, hint=f"the language writes `{right}`", span=Span(*match.span()))


# --- words of lists and searches ---------------------------------------------------------------------

MARKS: Final = {
    ")": "no bracket is open here",
    "[": _BRACKETS,
    "!=": "what is looked for follows a bar: `| search NOT …`",
    ">": "rows are kept by `outputlookup NAME`",
    "=": "what is computed gets a name before: `| eval a = …`",
    ",": "the command takes one alone, another follows a bar",
    "<": "a comparison has one sign and a value on either side: `a < 5`",
}
"""Hints by the mark that follows a whole command."""

_WORDS: Final = {"&&": "the language writes AND", ";": _END, "#": COMMENT, "--": COMMENT, "/*": COMMENT}


def word_hint(word: str) -> str | None:
    """What is meant by a bare word that the language has no use for, such as `&&`, `!a` and `--`; None for others."""
    if word.startswith("!"):
        return f"the language writes NOT: `NOT {clip(word[1:]) or '…'}`"
    return _WORDS.get(word)


COMPUTED: Final = "what is computed is asked for by `where`: `| where len(field) > 5`"
_TERM_CALLS: Final = frozenset({"term", "case", "prefix", "phrase", "raw"})


def computed_hint(function: str) -> str:
    """What is meant by a word in `search` that a bracket follows at once: `isnull(user)`, `TERM(a.b)`."""
    if function.lower() in _TERM_CALLS:
        return 'a text as such takes double quotes alone: `"a.b"`'
    return f"what is computed is asked for by `where`: `| where {clip(function)}(…)`"


CLAUSES: Final = {
    "where": ("", "a bar goes before a command: `| where …`"),
    "having": ("", "a bar goes before a command: `| where …`"),
    "group": ("by", "groups follow BY alone: `by …`"),
    "order": ("by", "a bar goes before a command: `| sort …`"),
    "limit": (r"\d+", "a bar goes before a command: `| head {}`"),
    "as": ("", "a field gets another name after a bar: `| rename … as {}`"),
}
"""By the word that begins a clause of SQL: the pattern of what follows, empty for anything; a hint, `{}` for that."""


def clause_hint(word: str, following: str) -> str | None:
    """What is meant by a word of `CLAUSES` where a list goes on; None where what follows makes it no clause."""
    pattern, hint = CLAUSES[word]
    return hint.format(following or "…") if not pattern or re.fullmatch(pattern, following) else None


def option_hint(name: str, value: str, *, is_called: bool) -> str:
    """What is meant by an option that a command does not have and whose value may be a call: `n=sum(x)`, `span=1h`."""
    if is_called or value.lower() == "count":
        call = f"{clip(value)}(…)" if is_called else "count"
        return f"the name of a measure stands behind it: `{call} as {clip(name)}`"
    return _BUCKETED if name.lower() == "span" else "the command does without this option"


_BEGINS: Final = "the range of time begins with `earliest=…`, as in `source NAME earliest=-1d`"
_ENDS: Final = "the range of time ends with `latest=…`, as in `source NAME latest=now`"
RANGES: Final = {
    **dict.fromkeys(("since", "from", "start", "starttime", "start_time", "begin", "after", "last", "past"), _BEGINS),
    **dict.fromkeys(("until", "to", "end", "endtime", "end_time", "before"), _ENDS),
}
"""Hints by the name that an end of a range of time has elsewhere, lower case."""


def call_hint(call: str) -> str:
    """What is meant by a call where the name of a field is expected."""
    is_bucket = call.partition("(")[0].lower() in _BUCKETS
    quoted = f"a column named after a call takes single quotes: '{clip(call, 60)}'"
    return _BUCKETED if is_bucket else f"{quoted}; what is computed goes into an `eval` before"
