"""The canonical text of names, values, expressions and measures: read again, it gives the same tree."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from trawl.algebra import Measure
from trawl.expr import Call, Expr, Field, Literal, Subsearch
from trawl.language.embedded import SEARCH
from trawl.language.habits import word_hint
from trawl.language.names import Name
from trawl.language.operators import AND, BY_FUNCTION, COMPARISON, CONSTANTS, NEGATIVE, NOT, OR, WORDS, Operator
from trawl.language.searches import COMPARISONS, KEYWORDS
from trawl.language.tokens import NAME_PATTERN, RUN_PATTERN
from trawl.values import text_of

_NAME: Final = re.compile(NAME_PATTERN)
_RUN: Final = re.compile(RUN_PATTERN)
_SIGNS: Final = {function: sign for sign, function in COMPARISONS.items() if sign not in ("==", "!=")}
_HIGHEST: Final = 9
"""Above all operators: the operand of a sign, which would become one number with a number after it."""


# --- quotes ------------------------------------------------------------------------------------------


def quoted(text: str, quote: str = '"') -> str:
    """A text in quotes. A backslash is doubled only where it would escape what follows."""
    inner = re.sub(rf"\\+(?=[{quote}\\]|\Z)|\\{{2,}}", lambda found: found[0] * 2, text)
    return quote + inner.replace(quote, f"\\{quote}") + quote


def run_text(text: str, keywords: Collection[str] = KEYWORDS) -> str:
    """A value where words run on: bare if it can be, else in double quotes."""
    return text if _is_run(text, keywords) else quoted(text)


def name_text(name: str, keywords: Collection[str] = KEYWORDS) -> str:
    """A field's name in a list or a search: bare if it can be, else in single quotes."""
    is_bare = _is_run(name, keywords) and not ("*" in name or name[0] in "+-" or name[-1] == "!" or name.isdecimal())
    return name if is_bare else quoted(name, "'")


def pattern_text(name: Name, keywords: Collection[str] = KEYWORDS) -> str:
    """A name in a list, which may be a pattern."""
    return name.text if name.is_pattern else name_text(name.text, keywords)


def _is_run(text: str, keywords: Collection[str]) -> bool:
    is_word = bool(_RUN.fullmatch(text)) and not text.startswith(("'", "//"))
    return is_word and text.lower() not in keywords and word_hint(text) is None


# --- expressions -------------------------------------------------------------------------------------


def expression_text(expr: Expr, least: int = 0) -> str:
    """An expression of `where` and `eval`, in brackets where it binds less tightly than `least`."""
    if isinstance(expr, Field):
        is_bare = _NAME.fullmatch(expr.name) and expr.name.lower() not in WORDS | CONSTANTS.keys()
        return expr.name if is_bare else quoted(expr.name, "'")
    if isinstance(expr, Literal):
        is_negated_number = least == _HIGHEST and not isinstance(expr.value, str | bool | None)
        return f"({_literal_text(expr)})" if is_negated_number else _literal_text(expr)
    assert isinstance(expr, Call), "a full-text term is no expression"
    operator = BY_FUNCTION.get(expr.function)
    if expr.function == SEARCH:  # its text says the condition that stands beside it
        return f"{SEARCH}({expression_text(expr.arguments[0])})"
    if operator is None or not _is_operator(expr, operator):
        return f"{expr.function}({', '.join([expression_text(argument) for argument in expr.arguments])})"
    if operator is NOT:
        text = f"NOT {expression_text(expr.arguments[0], NOT.power)}"
    elif operator is NEGATIVE:
        text = f"-{expression_text(expr.arguments[0], _HIGHEST)}"
    elif operator.function == "in":
        values = ", ".join([expression_text(argument) for argument in expr.arguments[1:]])
        text = f"{expression_text(expr.arguments[0], COMPARISON + 1)} IN ({values})"
    elif operator in (AND, OR):
        # brackets around every AND and OR within the other: what binds tighter is no habit
        text = f" {operator.spelling} ".join([expression_text(argument, NOT.power) for argument in expr.arguments])
    else:
        text = _binary_text(expr, operator)
    return f"({text})" if operator.power < least else text


def _is_operator(call: Call, operator: Operator) -> bool:
    count = len(call.arguments)
    return (
        count == 1
        if operator.is_prefix
        else count >= 2
        if operator.is_flat or operator.function == "in"
        else count == 2
    )


def _binary_text(call: Call, operator: Operator) -> str:
    power = operator.power
    leftmost = power + 1 if power == COMPARISON or operator.is_flat else power
    first, *others = call.arguments
    texts = [expression_text(first, leftmost), *[expression_text(other, power + 1) for other in others]]
    return f" {operator.spelling} ".join(texts)


def _literal_text(literal: Literal) -> str:
    if literal.value is None:
        return "null"
    if isinstance(literal.value, str):
        return quoted(literal.value)
    is_number = isinstance(literal.value, int | float) and not isinstance(literal.value, bool)
    return literal.text or (str(literal.value) if is_number else text_of(literal.value))


# --- search ------------------------------------------------------------------------------------------

_OR, _AND, _NOT, _TERM = 1, 2, 3, 4


def search_text(expr: Expr, least: int = 0, subqueries: Sequence[str] = ()) -> str:
    """A condition of `search`, in brackets where it binds less tightly than `least` (OR, AND, NOT, term: 1 to 4).

    Args:
        subqueries: the texts of those that stand as terms, by their places.
    """
    if isinstance(expr, Subsearch):
        return subqueries[expr.place]
    assert isinstance(expr, Call)
    arguments = expr.arguments
    power = _TERM
    if expr.function == "or":
        text = _listed(arguments)
        if not text:
            text, power = " OR ".join([search_text(argument, _NOT, subqueries) for argument in arguments]), _OR
    elif expr.function == "and":
        texts = _conjuncts(arguments, subqueries)
        text, power = " ".join(texts), _AND if len(texts) > 1 else _TERM
    elif expr.function == "not":
        text, power = f"NOT {search_text(arguments[0], _NOT, subqueries)}", _NOT
    elif expr.function == "search_text":
        text = run_text(_value(arguments[0]))
    else:
        text = _comparison_text(expr, _SIGNS[expr.function])
    return f"({text})" if power < least else text


def _comparison_text(call: Expr, sign: str) -> str:
    return f"{name_text(_subject(call))}{sign}{run_text(_value(call.arguments[1]))}" if isinstance(call, Call) else ""


def _conjuncts(arguments: tuple[Expr, ...], subqueries: Sequence[str]) -> list[str]:
    """The terms of an AND; `f=* NOT f=v` is `f!=v`."""
    texts: list[str] = []
    position = 0
    while position < len(arguments):
        unequal = _unequal(arguments[position : position + 2])
        texts.append(_comparison_text(unequal, "!=") if unequal else search_text(arguments[position], _AND, subqueries))
        position += 2 if unequal else 1
    return texts


def _unequal(pair: tuple[Expr, ...]) -> Expr | None:
    """The `f=v` of a pair `f=*`, `NOT f=v`."""
    match pair:
        case (
            Call("search_eq", (Field(present), Literal("*"))),
            Call("not", (Call("search_eq", (Field(name), Literal())) as equal,)),
        ) if present == name:
            return equal
    return None


def _listed(arguments: tuple[Expr, ...]) -> str | None:
    """`f IN (a, b)` for an OR of equalities of one field."""
    names = {_subject(call) if isinstance(call, Call) and call.function == "search_eq" else None for call in arguments}
    name = names.pop()
    if names or name is None:
        return None
    values = ", ".join([run_text(_value(call.arguments[1])) for call in arguments if isinstance(call, Call)])
    return f"{name_text(name)} IN ({values})"


def _subject(call: Expr) -> str:
    assert isinstance(call, Call)
    assert isinstance(call.arguments[0], Field)
    return call.arguments[0].name


def _value(literal: Expr) -> str:
    assert isinstance(literal, Literal)
    return str(literal.value)


# --- measures ----------------------------------------------------------------------------------------


def default_name(function: str, arguments: tuple[Expr, ...]) -> str:
    """The column of a measure without `as`: the call's canonical text."""
    return f"{function}({', '.join([expression_text(argument) for argument in arguments])})" if arguments else function


def measure_text(measure: Measure) -> str:
    """A measure with its name, if that is not the one it has by itself."""
    for spelled in _measure_spellings(measure):
        if measure.name == spelled:
            return spelled
    return f"{default_name(measure.function, measure.arguments)} as {name_text(measure.name)}"


def _measure_spellings(measure: Measure) -> list[str]:
    function, arguments = measure.function, measure.arguments
    spellings = [default_name(function, arguments)]
    if function == "perc" and len(arguments) == 2:
        number = expression_text(arguments[1])
        spellings += [default_name(f"{prefix}{number}", arguments[:1]) for prefix in ("perc", "p")]
    return spellings
