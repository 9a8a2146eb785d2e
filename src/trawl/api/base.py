"""What all shapes of the wire have in common: strictness coming in, camelCase where the API has it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from trawl.api.refusals import unknown


class Shape(BaseModel):
    """Part of an answer. Names are camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, frozen=True)

    def json_bytes(self) -> bytes:
        """The shape as JSON on the wire."""
        return self.model_dump_json(by_alias=True).encode()


def absent(description: str) -> Any:
    """A field that is left out of the answer where there is nothing to say."""
    return Field(default=None, description=description, exclude_if=_is_none)


def _is_none(value: Any) -> bool:
    return value is None


class Body(BaseModel):
    """A body that comes in: types are exact, unknown names are refused with the nearest known one."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, given: Any) -> Any:
        return _known(cls, given, "field")


class Parameters(BaseModel):
    """The parameters behind the `?` of an address; unknown ones are refused like those of a body."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, given: Any) -> Any:
        return _known(cls, given, "parameter")


def _known(model: type[BaseModel], given: Any, what: str) -> Any:
    if isinstance(given, dict):
        names = [field.alias or name for name, field in model.model_fields.items()]
        for name in given:
            if name not in names:
                raise unknown(what, name, names)
    return given


def _whole(text: Any) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 300:
        return min(int(text), LARGEST)
    raise ValueError("a whole number, 0 or more")


LARGEST = 1 << 62
"""No result has so many rows; larger numbers in an address mean the same."""

Index: TypeAlias = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0})]
"""A number of rows or entries in an address: digits, however many."""


def _text_of_zero(ttl: Any) -> Any:
    return "0" if ttl == 0 and not isinstance(ttl, bool | float) else ttl


def _integer(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


Integer: TypeAlias = Annotated[int, BeforeValidator(_integer)]
"""A whole number in a body; `5.0` is one, as JSON has but one kind of number."""

Ttl: TypeAlias = Annotated[
    str,
    Field(max_length=20, json_schema_extra={"pattern": "^[0-9]{1,10}[smhdw]?$"}),
    BeforeValidator(_text_of_zero, json_schema_input_type=str | Literal[0]),
]
"""A time to live as a body has it: text, or the number 0."""
