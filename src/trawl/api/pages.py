"""What goes out of a result: the shape of a page, of the sidebar, the timeline and the cost."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from trawl.api.base import Shape, absent
from trawl.api.faults import Warning
from trawl.tasks.journal import Phase
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


class PhaseCost(Shape):
    """What a phase of a task took."""

    phase: Phase = Field(description="What the task was doing.")
    wall_seconds: float = Field(description="Seconds that passed.")
    cpu_seconds: float = Field(description="Seconds of the processors together.")


class CommandCost(Shape):
    """What a command of the query did."""

    command: str = Field(description="Its name.")
    text: str = Field(description="It, as the canonical query has it.")
    where: Literal["pushed", "local"] = Field(description="Whether the engine ran it, or it was finished locally.")
    rows_in: int = Field(description="Rows of the query cut before it.")
    rows_out: int = Field(description="Rows of the query cut after it.")


class ExecutionCost(Shape):
    """What a task took.

    Every pass over the events counts: the search, and with `calculateStats` one for the sidebar and one for the
    timeline. What a pass reads several times counts once. Counting rows for `commands` counts as time alone.
    """

    phases: list[PhaseCost] = Field(description="Seconds by phase; each second counts for one phase.")
    rows_read: int = Field(
        description="Rows of the files that were read: of whole files, `rowGroupsSkipped` or not; of all passes."
    )
    bytes_read: int = Field(description="Bytes of those files: of whole files as well; of all passes.")
    files_read: int = Field(
        description="Files that were read; of all passes, so that one file may count several times."
    )
    files_skipped: int = Field(description="Files of the sources that cannot hold what was asked for; of all passes.")
    row_groups_read: int = Field(description="Row groups that were read of the files; of all passes.")
    row_groups_skipped: int = Field(
        description="Row groups of those files that were passed over, though `rowsRead` and `bytesRead` hold them."
    )
    rows_written: int = Field(description="Rows of the result.")
    bytes_written: int = Field(description="Bytes of the result on disk.")
    peak_memory_bytes: int = Field(description="The most memory that the worker held.")
    bytes_spilled: int = Field(description="Bytes that lay on disk at once for want of memory; of all passes.")
    commands: list[CommandCost] | None = absent("Every command of the query. With `DEBUG`.")
    statements: list[str] | None = absent("What the engine was told, in its own language. With `DEBUG`.")
    profile: list[dict[str, Any]] | None = absent("What the engine says of each statement. With `DEBUG`.")


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
    execution_cost: ExecutionCost | None = absent("With `calculateExecutionCost`.")
    warnings: list[Warning] = Field(description="What is worth knowing about the search.")
