"""What goes out of a result: the shape of a page, of the sidebar, the timeline and the cost."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from trawl.api.base import Shape, absent
from trawl.api.faults import Warning
from trawl.tasks.task import Status


class FieldShape(Shape):
    """A column of a result."""

    name: str = Field(description="As the query names it, or the events do.")
    type: Literal["string", "integer", "float", "boolean", "time", "mixed"] = Field(description="What its values are.")
    multivalue: bool = Field(description="Whether arrays occur.")


class Head(Shape):
    """What a page says before its rows."""

    id: str = Field(description="The task.")
    status: Status = Field(description="Where it is in its life.")
    is_partial: bool = Field(description="Whether the result is not all that the query asks for.")
    start: int = Field(
        serialization_alias="from", validation_alias="from", description="Index of the first row of the page."
    )
    stop: int = Field(
        serialization_alias="to", validation_alias="to", description="Index after the last row of the page."
    )
    total: int = Field(description="Rows readable when the answer began.")
    fields: list[FieldShape] = Field(description="The columns in order.")


class TimelineBucket(Shape):
    """Events in a stretch of time. The lower edge stands under the name of the time field."""

    model_config = ConfigDict(extra="allow")

    count: int = Field(description="Events in it.")


class Timeline(Shape):
    """When the events happened: contiguous buckets, ascending, empty ones included."""

    field: str = Field(description="The time field.", examples=["@timestamp"])
    span: str = Field(description="Length of a bucket.", examples=["30m"])
    time_zone: str = Field(description="The zone of its calendar units.")
    fields: list[TimelineBucket] = Field(description="The buckets.")


class TopValue(Shape):
    """A frequent value of a field."""

    value: Any = Field(description="The value.")
    count: int = Field(description="How often it occurs.")
    percent: float = Field(description="Of the events that have the field, in percent.")


class SidebarField(Shape):
    """What values a field of the events has."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(description="The field.")
    type: str = Field(description="What its values are.")
    multivalue: bool = Field(description="Whether events have several values of it.")
    count: int = Field(description="Events that have it.")
    coverage: float = Field(description="Share of the events that have it.")
    distinct: int = Field(description="Different values.")
    distinct_is_exact: bool = Field(description="Whether that number is exact.")
    top: list[TopValue] = Field(description="Its most frequent values.")


class Sidebar(Shape):
    """What is in the events: every field, most covered first."""

    events: int = Field(description="How many there are.")
    fields: list[SidebarField] = Field(description="Every field, most covered first.")


class Page(Head):
    """Rows of a result."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199c2a4-5a00-7000-8000-000000000000",
                    "status": "COMPLETED",
                    "isPartial": False,
                    "from": 0,
                    "to": 2,
                    "total": 2,
                    "fields": [
                        {"name": "host", "type": "string", "multivalue": False},
                        {"name": "count", "type": "integer", "multivalue": False},
                    ],
                    "rows": [{"host": "a", "count": 2}, {"host": "b", "count": 1}],
                    "warnings": [],
                }
            ]
        }
    )

    rows: list[dict[str, Any]] | None = absent(
        "An object a row; a field that a row has not is left out. With `format=rows`."
    )
    columns: list[list[Any]] | None = absent("An array of values for each of `fields`. With `format=columns`.")
    sidebar: Sidebar | None = absent("With `calculateStats`.")
    timeline: Timeline | None = absent("With `calculateStats`; null where the events lost their time field.")
    execution_cost: dict[str, Any] | None = absent("With `calculateExecutionCost`.")
    warnings: list[Warning] = Field(description="What is worth knowing about the search.")
