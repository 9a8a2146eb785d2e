"""JSON inside of texts: looking into it, checking it, making it (language.md 4)."""

from __future__ import annotations

from typing import Final

from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions import jsontext
from trawl.functions.base import Clock, Example, Fault, Function, Multivalue, fixed, spread
from trawl.functions.coercion import text
from trawl.functions.jsonpath import read_path
from trawl.schema import BOOLEAN, STRING, Kind, Type, array_of
from trawl.values import Instant, Scalar, Value, box

VALUE: Final = Type(frozenset({Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN}))
_MAKERS: Final = frozenset({"json", "json_object", "json_array", "json_keys"})
"""Functions whose texts go into what is made as the JSON that they are."""


def _read(given: Scalar) -> jsontext.Json:
    try:
        return jsontext.read(text(given))
    except ValueError:
        raise Fault("not_json", "a text that is no JSON was found") from None


def _canonical(given: Scalar) -> str:
    return jsontext.write(_read(given))


def _is_valid(given: Scalar) -> bool:
    try:
        jsontext.read(text(given))
    except ValueError:
        return False
    return True


def _value(given: Scalar, path: Scalar | None = None) -> Value:
    found = jsontext.find(_read(given), () if path is None else read_path(text(path)))
    return jsontext.scalar(found[0]) if found else None


def _values(given: Scalar, *paths: Scalar) -> Value:
    whole = _read(given)
    return jsontext.scalars(found for path in paths for found in jsontext.find(whole, read_path(text(path))))


def _keys(given: Scalar) -> str | None:
    found = _read(given)
    if not isinstance(found, jsontext.Object):
        return None
    return jsontext.write([name for name, _ in found.members])


def _text(value: Value, is_json: Value = False) -> str:
    if is_json and isinstance(value, str):
        return value
    if isinstance(value, list):
        return "[" + ",".join(map(_text, spread(value))) + "]"
    return jsontext.string(text(value)) if isinstance(value, str | Instant) else box(value) or "null"


def _array(*texts: Scalar) -> str:
    return "[" + ",".join(map(text, texts)) + "]"


def _object(*arguments: Scalar | None) -> str:
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    members = (f"{jsontext.string(text(key))}:{text(value or '')}" for key, value in pairs if key is not None)
    return "{" + ",".join(members) + "}"


def _object_type(arguments: tuple[Type, ...]) -> Type:
    if len(arguments) % 2:
        count = len(arguments)
        reason = f"an odd number of arguments was found, {count}, pairs of a name and a value are expected"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint='json_object("name", value)')
    return STRING


def _expanded(*arguments: Scalar) -> Value:
    raise AssertionError("the call is rewritten by what its paths are")


def _expand_paths(call: Call, clock: Clock) -> Call:
    """One value where each step of the one path leads to one, else a multivalue."""
    paths = call.arguments[1:]
    if not call.arguments or (call.function.lower() == "spath" and len(paths) != 1):
        return call
    several = len(paths) > 1 or any(None in read_path(_path_of(path)) for path in paths)
    return Call("json_values" if several else "json_value", call.arguments, call.span)


def _check_paths(arguments: tuple[Expr, ...]) -> None:
    for path in arguments[1:]:
        _path_of(path)


def _path_of(path: Expr) -> str:
    """The text of a path that can be read."""
    if not isinstance(path, Literal) or not isinstance(path.value, str):
        reason = "the path is no text in double quotes"
        meant = f'a path takes double quotes: "{clip(path.name)}"' if isinstance(path, Field) else None
        raise TrawlError(
            Code.INVALID_ARGUMENT, reason, hint=meant or 'a path is a text such as "a.b{}.c"', span=path.span
        )
    try:
        read_path(path.value)
    except TrawlError as error:
        raise TrawlError(error.code, error.reason, hint=error.hint, span=path.span) from None
    return path.value


def _expand_values(call: Call, clock: Clock) -> Call:
    """Makes JSON of each value that goes in, but for what is made as JSON already."""
    named = call.function == "json_object"
    arguments = tuple(
        argument if named and place % 2 == 0 else _as_json(argument) for place, argument in enumerate(call.arguments)
    )
    return Call(call.function, arguments, call.span)


def _as_json(argument: Expr) -> Expr:
    function = argument.function if isinstance(argument, Call) else None
    if function == "json_text":
        return argument
    return Call("json_text", (argument, Literal(function in _MAKERS)), argument.span)


_PATHS: Final = "as `a.b`, `a{0}`, or `a{}` for each element"

FUNCTIONS: Final = (
    Function(
        "json",
        ("text",),
        fixed(STRING),
        _canonical,
        "The text in one form, if it is JSON: without blanks, letters unescaped, numbers as short as they can be; "
        "null if it is none.",
        examples=(Example('json("{ \\"a\\": [1, 2.50] }")', '{"a":[1,2.5]}'), Example('json("{a}")', None)),
    ),
    Function(
        "json_valid",
        ("text",),
        fixed(BOOLEAN),
        _is_valid,
        "Whether a text is JSON (RFC 8259).",
        examples=(Example('json_valid("[1, 2]")', True), Example('json_valid("[1, 2,]")', False)),
    ),
    Function(
        "json_extract",
        ("json", "path?", "..."),
        fixed(VALUE),
        _expanded,
        f"What lies at a path in a JSON text, {_PATHS}: a string, number or boolean as it is, an object or array as "
        "JSON. With `{}` or with several paths a multivalue of all that is found; without a path the whole.",
        examples=(
            Example('json_extract("{\\"a\\": {\\"b\\": [5, 6]}}", "a.b{1}")', 6),
            Example('json_extract("{\\"a\\": [{\\"b\\": 1}, {\\"b\\": \\"x\\"}]}", "a{}.b")', [1, "x"]),
            Example('json_extract("{\\"a\\": {\\"b\\": 1.0}}", "a")', '{"b":1.0}'),
            Example('json_extract("{}", "a")', None),
        ),
        takes_text=False,
        expand=_expand_paths,
    ),
    Function(
        "spath",
        ("json", "path"),
        fixed(VALUE),
        _expanded,
        f"What lies at a path in a JSON text, {_PATHS}; as `json_extract`.",
        examples=(Example('spath("{\\"a.b\\": {\\"c\\": true}}", "\'a.b\'.c")', True),),
        takes_text=False,
        expand=_expand_paths,
    ),
    Function(
        "json_value",
        ("json", "path?"),
        fixed(VALUE),
        _value,
        "What lies at a path that leads to one value.",
        is_operator=True,
        check=_check_paths,
    ),
    Function(
        "json_values",
        ("json", "path", "..."),
        fixed(array_of(VALUE)),
        _values,
        "What lies at paths, all of it.",
        is_operator=True,
        check=_check_paths,
    ),
    Function(
        "json_keys",
        ("json",),
        fixed(STRING),
        _keys,
        "The names that a JSON object has, as a JSON array; null for JSON that is no object.",
        examples=(Example('json_keys("{\\"a\\": 1, \\"b\\": 2}")', '["a","b"]'), Example('json_keys("[1]")', None)),
    ),
    Function(
        "json_object",
        ("name?", "value?", "..."),
        _object_type,
        _object,
        "A JSON object of names and values. What `json`, `json_object`, `json_array` and `json_keys` give goes in as "
        "the JSON that it is, other texts as strings; a multivalue is an array; a name that is null is left out.",
        examples=(
            Example('json_object("a", 1, "b", "x", "c", null)', '{"a":1,"b":"x","c":null}'),
            Example('json_object("a", json_array(1, true), "b", json("[2]"))', '{"a":[1,true],"b":[2]}'),
        ),
        takes_null=True,
        expand=_expand_values,
    ),
    Function(
        "json_array",
        ("value?", "..."),
        fixed(STRING),
        _array,
        "A JSON array of values, which go in as they do into `json_object`.",
        examples=(Example('json_array(1, "x", null, json_object("a", 2.5))', '[1,"x",null,{"a":2.5}]'),),
        expand=_expand_values,
    ),
    Function(
        "json_text",
        ("value", "is_json"),
        fixed(STRING),
        _text,
        "The JSON of a value.",
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
        constants=(1,),
    ),
)
