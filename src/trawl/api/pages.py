"""What goes out of a result: the shape of a page, of the sidebar, the timeline and the cost."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from trawl.api.answers import Warning
from trawl.api.base import Shape, absent
from trawl.tasks.task import Status


class FieldShape(Shape):
    """A column of a result."""

    name: str
    type: Literal["string", "integer", "float", "boolean", "time", "mixed"]
    multivalue: bool = Field(description="Whether arrays occur.")


class Head(Shape):
    """What a page says before its rows."""

    id: str
    status: Status
    is_partial: bool
    start: int = Field(
        serialization_alias="from", validation_alias="from", description="Index of the first row of the page."
    )
    stop: int = Field(
        serialization_alias="to", validation_alias="to", description="Index after the last row of the page."
    )
    total: int = Field(description="Rows readable when the answer began.")
    fields: list[FieldShape]


class TimelineBucket(Shape):
    """Events in a stretch of time. The lower edge stands under the name of the time field."""

    model_config = ConfigDict(extra="allow")

    count: int


class Timeline(Shape):
    """When the events happened: contiguous buckets, ascending, empty ones included."""

    field: str = Field(examples=["@timestamp"])
    span: str = Field(examples=["30m"])
    time_zone: str
    fields: list[TimelineBucket]


class TopValue(Shape):
    """A frequent value of a field."""

    value: Any
    count: int
    percent: float


class SidebarField(Shape):
    """What values a field of the events has."""

    model_config = ConfigDict(extra="allow")

    name: str
    type: str
    count: int = Field(description="Events that have it.")
    coverage: float
    distinct: int
    distinct_is_exact: bool
    top: list[TopValue]


class Sidebar(Shape):
    """What is in the events: every field, most covered first."""

    events: int
    fields: list[SidebarField]


class Page(Head):
    """Rows of a result."""

    rows: list[dict[str, Any]] | None = absent(
        "An object a row; a field that a row has not is left out. With `format=rows`."
    )
    columns: list[list[Any]] | None = absent("An array of values for each of `fields`. With `format=columns`.")
    sidebar: Sidebar | None = absent("With `calculateStats`.")
    timeline: Timeline | None = absent("With `calculateStats`; null where the events lost their time field.")
    execution_cost: dict[str, Any] | None = absent("With `calculateExecutionCost`.")
    warnings: list[Warning]
