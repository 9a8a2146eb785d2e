"""From one kind of value to another: tonumber, tostring, tobool, printf (language.md 4)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Fault, Function, fixed
from trawl.functions.coercion import LARGEST, SMALLEST, expect, fits, number, text, whole
from trawl.instants import read_time
from trawl.schema import BOOLEAN, FLOAT, INTEGER, NUMBER, STRING, TIME, Kind, Type
from trawl.values import NANOSECONDS, Instant, Scalar, Value

FORMS: Final = ("hex", "binary", "commas", "duration")
"""The forms that `tostring` writes numbers in."""

_MAY_BE_INTEGERS: Final = frozenset({Kind.INTEGER, Kind.STRING})
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,20}")
_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0"})
_DIRECTIVE = re.compile(r"%(?:%|([-+ 0#]*)(\d{0,4})(?:\.(\d{0,3}))?([a-zA-Z]))", re.ASCII)
_KINDS: Final = {"d": "d", "i": "d", "u": "d", "f": "f", "F": "f", "e": "e", "E": "E", "g": "g", "G": "G", "s": "s"}
_KINDS.update({"x": "x", "X": "X", "o": "o", "c": "c"})


def _to_number(value: Scalar, base: Scalar | None = None) -> Value:
    if base is None:
        integer = int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else LARGEST + 1
        return integer if SMALLEST <= integer <= LARGEST else _to_float(value)
    radix = whole(base)
    if not 2 <= radix <= 36:
        raise Fault("not_a_base", "a base that is not from 2 to 36 was found")
    digits = text(value).lower()
    digits = digits.removeprefix("0x") if radix == 16 else digits
    if re.fullmatch(r"[+-]?[0-9a-z]+", digits, re.ASCII) is None:
        raise _no_number()
    try:
        return fits(int(digits, radix))
    except ValueError:
        raise _no_number() from None


def _to_float(value: Scalar) -> int | float:
    return value.nanoseconds / NANOSECONDS if isinstance(value, Instant) else number(value)


def _no_number() -> Fault:
    return Fault("not_a_number", "a text that is no number of the base was found")


def _to_string(value: Scalar, form: Scalar | None = None) -> str:
    match form:
        case None:
            return text(value)
        case "hex":
            return _in_base(whole(value), "0x", "X")
        case "binary":
            return _in_base(whole(value), "", "b")
        case "commas":
            return _with_commas(number(value))
        case "duration":
            return _as_duration(number(value))
    raise Fault("not_a_form", f"a form of tostring that is none of {', '.join(FORMS)} was found")


def _in_base(value: int, prefix: str, code: str) -> str:
    return f"{'-' if value < 0 else ''}{prefix}{abs(value):{code}}"


def _with_commas(value: float) -> str:
    if value == int(value):
        if abs(value) >= 1 << 127:
            raise Fault("overflow", "a number is too large to be held")
        return f"{int(value):,}"
    return f"{Decimal(repr(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def _as_duration(value: float) -> str:
    seconds = abs(fits(int(value)))
    fraction = round((Decimal(repr(abs(value))) - seconds) * 1_000_000)
    days, rest = divmod(seconds, 86_400)
    sign = "-" if value < 0 else ""
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{sign}{f'{days}+' if days else ''}{clock}{f'.{fraction:06d}' if fraction else ''}"


def _to_boolean(value: Scalar) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    if text(value).lower() in _TRUE:
        return True
    if text(value).lower() in _FALSE:
        return False
    raise Fault("not_a_boolean", "a text that is neither true nor false was found")


def _to_time(value: Scalar) -> Instant:
    instant = read_time(value)
    if instant is None:
        raise Fault("not_a_time", "a value that cannot be read as a time was found")
    return instant


def _print(form: Scalar, *arguments: Scalar | None) -> str | None:
    remaining = iter(arguments)
    written = []
    for piece in _pieces(text(form)):
        if isinstance(piece, str):
            written.append(piece)
            continue
        argument = next(remaining)
        if argument is None:
            return None
        written.append(piece.write(argument))
    return "".join(written)


class _Directive:
    """One `%…` of a format: flags, width, precision and the kind of value."""

    def __init__(self, flags: str, width: str, precision: str | None, kind: str) -> None:
        self.kind = _KINDS[kind]
        flags = flags if self.kind not in "sc" else flags.replace("0", "").replace("+", "").replace(" ", "")
        self.form = f"%{flags}{width}{'' if precision is None or self.kind == 'c' else f'.{precision or 0}'}"

    def write(self, value: Scalar) -> str:
        if self.kind == "s":
            return (self.form + "s") % text(value)
        if self.kind == "c":
            return (self.form + "s") % text(value)[:1]
        found = number(value)
        if self.kind in "dxXo":
            return (self.form + self.kind) % _limited(int(found))
        return (self.form + self.kind) % found


def _limited(value: int) -> int:
    if not SMALLEST <= value <= LARGEST:
        raise Fault("overflow", "an integer is beyond 64 bits")
    return value


@cache
def _pieces(form: str) -> tuple[str | _Directive, ...]:
    pieces: list[str | _Directive] = []
    place = 0
    while (start := form.find("%", place)) >= 0:
        found = _DIRECTIVE.match(form, start)
        if found is None or (found[4] and found[4] not in _KINDS):
            raise TrawlError(
                Code.INVALID_ARGUMENT,
                f"`{found[0] if found else form[start : start + 2]}` is no directive of printf",
                hint="%d %i %u %s %c %f %e %g %x %X %o %%",
            )
        pieces.append(form[place:start])
        pieces.append("%" if found[4] is None else _Directive(found[1], found[2], found[3], found[4]))
        place = found.end()
    return (*pieces, form[place:])


def _check_format(arguments: tuple[Expr, ...]) -> None:
    form = arguments[0]
    if not isinstance(form, Literal) or not isinstance(form.value, str):
        raise TrawlError(Code.INVALID_ARGUMENT, "the format is no text in double quotes", span=form.span)
    wanted = sum(isinstance(piece, _Directive) for piece in _pieces(form.value))
    if wanted != len(arguments) - 1:
        reason = f"the values that the format takes number {wanted}, those that were given {len(arguments) - 1}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint='printf("%s %d", a, b)', span=form.span)


def _check_form(arguments: tuple[Expr, ...]) -> None:
    form = arguments[1] if len(arguments) > 1 else None
    if form is not None and (not isinstance(form, Literal) or form.value not in FORMS):
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            "the form is unknown",
            hint=" ".join(f'"{known}"' for known in FORMS),
            span=form.span,
        )


def _check_base(arguments: tuple[Expr, ...]) -> None:
    base = arguments[1] if len(arguments) > 1 else None
    value = base.value if isinstance(base, Literal) else None
    if base is not None and (not isinstance(value, int) or not 2 <= value <= 36):
        hint = "digits of hexadecimal are read by `tonumber(field, 16)`"
        raise TrawlError(Code.INVALID_ARGUMENT, "the base is no integer from 2 to 36", hint=hint, span=base.span)


def _number_type(arguments: tuple[Type, ...]) -> Type:
    found = _float_type(arguments[:1])
    if len(arguments) > 1:
        return INTEGER
    return NUMBER if found is FLOAT and arguments[0].kinds & _MAY_BE_INTEGERS else found


def _float_type(arguments: tuple[Type, ...]) -> Type:
    expect(arguments, frozenset({Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.TIME}), "text or a number")
    return INTEGER if arguments[0].kinds == INTEGER.kinds else FLOAT


FUNCTIONS: Final = (
    Function(
        "tonumber",
        ("text", "base?"),
        _number_type,
        _to_number,
        "The number that a text is: an integer where it is written as one and 64 bits hold it, else the nearest float; "
        "of a base from 2 to 36 the integer; of a time the seconds since 1970.",
        examples=(
            Example('tonumber("42")', 42),
            Example('tonumber("42.5")', 42.5),
            Example('tonumber("0A4", 16)', 164),
            Example('tonumber("many")', None),
        ),
        constants=(1,),
        check=_check_base,
        takes_text=False,
    ),
    Function(
        "to_float",
        ("value",),
        _float_type,
        _to_float,
        "The number that a value is, of text the nearest float: what commands compute with.",
        is_operator=True,
    ),
    Function(
        "tostring",
        ("value", "form?"),
        fixed(STRING),
        _to_string,
        'The value as text; of a number also in the form "hex", "binary", "commas" or "duration".',
        examples=(
            Example("tostring(1.0)", "1"),
            Example("tostring(true)", "true"),
            Example('tostring(15, "hex")', "0xF"),
            Example('tostring(12345.678, "commas")', "12,345.68"),
            Example('tostring(615, "duration")', "00:10:15"),
            Example('tostring(5, "binary")', "101"),
        ),
        constants=(1,),
        check=_check_form,
    ),
    Function(
        "tobool",
        ("value",),
        fixed(BOOLEAN),
        _to_boolean,
        "The boolean that a value is: true, t, yes, y, 1 and false, f, no, n, 0 in any case; of a number whether it "
        "is not 0.",
        examples=(Example('tobool("Yes")', True), Example("tobool(0)", False), Example('tobool("maybe")', None)),
    ),
    Function(
        "to_time",
        ("value",),
        fixed(TIME),
        _to_time,
        "The time that a value is, as loading reads it: ISO 8601, or seconds or milliseconds since 1970.",
        is_operator=True,
    ),
    Function(
        "printf",
        ("format", "value?", "..."),
        fixed(STRING),
        _print,
        "The values in a format of C: `%d %i %u %s %c %f %e %g %x %X %o %%` with flags, width and precision; null "
        "where a value is null.",
        examples=(
            Example('printf("%s has %d", "a", 5)', "a has 5"),
            Example('printf("%05.1f%%", 12.34)', "012.3%"),
            Example('printf("%-5s|%+d", "ab", 3)', "ab   |+3"),
        ),
        constants=(0,),
        check=_check_format,
    ),
)
