"""Pairs of names and values in a text, as logs write them or between signs that a command is told (`kv`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trawl.expr import Call, Expr
from trawl.functions.base import Example, Function, fixed
from trawl.functions.coercion import text
from trawl.functions.jsontext import string
from trawl.functions.regex import compile_re2
from trawl.schema import STRING
from trawl.values import Scalar

BLANKS: Final = "\t\n\f\r "
"""What `\\s` matches in a regular expression."""
LONGEST_NAME: Final = 256
"""So many characters the name of a field has at most that a pair makes: a longer one is no name, but data."""
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"|\\"(?:[^"\\]|\\\\\\"|\\[^"])*\\"'
"""A text in double quotes, or in quotes as a text within JSON has them."""
_PLAIN: Final = r'[^\s,;&|"()\[\]{}<>]*'


@dataclass(frozen=True)
class Form:
    """How pairs are written.

    The first sign of `equals` in a pair parts name and value; of such signs and blanks together, one that is no blank.

    Attributes:
        regex: matches a pair as a whole.
        before: signs that may stand before the name.
        equals: signs between name and value, blanks around them aside.
        end: the one sign that ends every pair where no double quote is in the text; None where it is not so simple.
    """

    regex: str
    before: str
    equals: str
    end: str | None = None

    @classmethod
    def of(cls, between: str, equals: str) -> Form:
        """How they are written that signs part from each other, and names from values; without signs the usual form."""
        if not between and not equals:
            return _USUAL
        ends, parts = _class(between), _class(equals)
        name = rf'[^{ends}{parts}\s"](?:[^{ends}{parts}"]*[^{ends}{parts}\s"])?'
        regex = rf"{name}\s*[{parts}]\s*(?:{_QUOTED}|[^{ends}]*)"
        is_simple = len(between) == 1 and between not in BLANKS + equals
        return cls(regex, "", equals, between if is_simple else None)


_USUAL: Final = Form(
    r'(?:^|[\s,;&|?(\[{<"])[A-Za-z_@][\w.@-]*[=:]'
    rf'(?:{_QUOTED}|/?[^\s,;&|"()\[\]{{}}<>:=/]{_PLAIN})',
    BLANKS + ',;&|?([{<"',
    "=:",
)
"""Pairs as logs write them: `a=1`, `a="b c"`, `a:1`; no time of day and no address after its scheme is one."""


def _class(signs: str) -> str:
    """Signs as they stand inside square brackets."""
    return "".join(sign if sign.isalnum() or sign.isspace() or not sign.isascii() else f"\\{sign}" for sign in signs)


def are_pairs(expression: Expr) -> bool:
    """Whether the expression gives the pairs of a text."""
    return isinstance(expression, Call) and expression.function == "pairs"


def _pairs(value: Scalar, between: Scalar, equals: Scalar) -> str | None:
    form = Form.of(text(between), text(equals))
    found = (_parted(match[0], form) for match in compile_re2(form.regex).finditer(text(value)))
    members = [f"{string(name)}:{string(_unquoted(rest))}" for name, rest in found]
    return "{" + ",".join(members) + "}" if members else None


def _parted(pair: str, form: Form) -> tuple[str, str]:
    end = next(place for place, sign in enumerate(pair) if sign in form.equals)
    rest = pair[end:].lstrip(BLANKS)
    if rest.startswith(tuple(form.equals)):
        rest = rest[1:].lstrip(BLANKS)
    return pair[:end].lstrip(form.before).rstrip(BLANKS), rest


def _unquoted(value: str) -> str:
    """What stands between double quotes, also of a text within JSON; else the text without blanks at its ends."""
    trimmed = value.strip(" \t")
    if len(trimmed) >= 2 and trimmed[0] == trimmed[-1] == '"':
        return trimmed[1:-1].replace('\\"', '"')
    if len(trimmed) >= 4 and trimmed[:2] == trimmed[-2:] == '\\"':
        return trimmed[2:-2].replace('\\\\\\"', '"')
    return trimmed


FUNCTIONS: Final = (
    Function(
        "pairs",
        ("text", "between", "equals"),
        fixed(STRING),
        _pairs,
        "The JSON object of all pairs of a name and a value; null of none. Signs of `between` part pairs, and one of "
        "`equals` the name from the value; without any of them they are found as logs write them.",
        examples=(
            Example('pairs("a=1&b = 2", "&", "=")', '{"a":"1","b":"2"}'),
            Example('pairs("at 10:05 a:1 (b=2)", "", "")', '{"a":"1","b":"2"}'),
        ),
        is_operator=True,
        constants=(1, 2),
    ),
)
