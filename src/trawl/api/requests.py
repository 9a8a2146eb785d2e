"""What comes in: the bodies and parameters of every call."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from trawl.api.base import Body, Index, Integer, Parameters, Ttl
from trawl.api.refusals import shown
from trawl.errors import Code, TrawlError
from trawl.tasks.export import Export
from trawl.tasks.journal import Level
from trawl.tasks.task import Status
from trawl.tasks.wanted import CostLevel, Wanted

LONGEST_NAME = 200


class CreateTask(Body):
    """What to search for, and how."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"query": "source web* | search status=500 | aggs count by host"},
                {
                    "query": "source web | head 10",
                    "dtFieldName": "@timestamp",
                    "dtStart": "2026-01-01",
                    "dtEnd": "now",
                    "calculateStats": True,
                    "calculateExecutionCost": "DEBUG",
                },
                {"query": "source web*", "name": "all of it", "ttl": "30d", "priority": 9, "maxRows": 1000},
            ]
        }
    )

    query: str = Field(description="The search query; at most 1 MiB.")
    dt_field_name: str | None = Field(
        default=None,
        description="The field that holds the timestamp; by default what the cluster setting "
        "`sme.core.global_dt_params.dt_field_name` says.",
        min_length=1,
        max_length=1000,
    )
    dt_start: str | None = Field(
        default=None,
        description="Start of the range, inclusive: an instant or date math such as `now-1d/d`; by default the "
        "cluster setting `sme.core.global_dt_params.dt_start`.",
        min_length=1,
        max_length=1000,
    )
    dt_end: str | None = Field(
        default=None,
        description="End of the range, exclusive; by default the cluster setting `sme.core.global_dt_params.dt_end`.",
        min_length=1,
        max_length=1000,
    )
    calculate_stats: bool = Field(default=False, description="Whether to calculate sidebar and timeline.")
    calculate_execution_cost: Literal["OFF", "INFO", "DEBUG"] = Field(
        default="OFF", description="How much of what the search cost is reported."
    )
    strict: bool = Field(
        default=False, description="Whether a field that no source has is an error rather than a warning."
    )
    name: str | None = Field(default=None, description="A label.", max_length=LONGEST_NAME)
    ttl: Ttl | None = Field(
        default=None,
        description="How long the result is kept after its end, such as `12h` or `7d`; `0`: until deleted; by "
        "default the cluster setting `trawl.tasks.ttl`.",
    )
    priority: Integer = Field(default=5, description="Of two queued tasks the higher one starts first.", ge=0, le=10)
    max_run_seconds: float | None = Field(
        default=None, description="Budget of time: once used up, the task ends as partial.", gt=0, allow_inf_nan=False
    )
    max_rows: Integer | None = Field(
        default=None, description="Budget of rows: once used up, the task ends as partial.", ge=1, le=1 << 53
    )

    def wanted(self) -> Wanted:
        """The task that the body asks for."""
        return Wanted(
            query=self.query,
            time_field=self.dt_field_name,
            start=self.dt_start,
            end=self.dt_end,
            stats=self.calculate_stats,
            cost=CostLevel(self.calculate_execution_cost),
            name=self.name,
            ttl=self.ttl,
            priority=self.priority,
            max_run_seconds=self.max_run_seconds,
            max_rows=self.max_rows,
            strict=self.strict,
        )


class CreateParameters(Parameters):
    """How to take the create body."""

    dry_run: bool = Field(
        default=False, description="Plan only: answer what the query would read and write, and make no task."
    )


class ListParameters(Parameters):
    """Which tasks to list."""

    limit: Index | None = Field(default=None, description="At most so many.")
    offset: Index = Field(default=0, description="Leave out so many of the newest.")
    status: str | None = Field(
        default=None, description="Only tasks in these states, separated by commas.", examples=["QUEUED,RUNNING"]
    )
    owner: str | None = Field(default=None, description="Only tasks of this owner.")
    q: str | None = Field(default=None, description="Only tasks that hold this text in name or query, case ignored.")
    created_from: str | None = Field(
        default=None, description="Only tasks made at this time or later; date math.", examples=["now-1d/d"]
    )
    created_to: str | None = Field(
        default=None, description="Only tasks made before this time; date math.", examples=["now"]
    )

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The states asked for; empty for any. Raises `MALFORMED_REQUEST` for what is none."""
        if self.status is None:
            return ()
        names = [name.strip().upper() for name in self.status.split(",")]
        for name in names:
            if name not in Status.__members__:
                expected = " ".join(Status)
                raise TrawlError(Code.MALFORMED_REQUEST, f"`status` is {shown(name)}, expected some of {expected}")
        return tuple(Status(name) for name in names)


class Form(StrEnum):
    """How a page of a result is written."""

    ROWS = "rows"
    COLUMNS = "columns"
    NDJSON = "ndjson"


class ResultParameters(Parameters):
    """Which rows of a result, and how they are written."""

    start: Index | None = Field(
        default=None, alias="from", description="Index of the first row, inclusive; by default 0."
    )
    stop: Index | None = Field(default=None, alias="to", description="Index after the last row; by default the end.")
    fields: str | None = Field(
        default=None, description="Only these fields, separated by commas.", examples=["@timestamp,host.name"]
    )
    format: Form | None = Field(
        default=None,
        description="`rows`: an object a row; `columns`: an array a field; `ndjson`: rows alone, one a line (also by "
        "`Accept: application/x-ndjson`).",
    )
    stats: bool = Field(default=True, description="Whether sidebar and timeline come along, where the task has them.")

    @property
    def names(self) -> tuple[str, ...] | None:
        """The fields asked for; None for all."""
        if self.fields is None:
            return None
        return tuple(dict.fromkeys(name.strip() for name in self.fields.split(",") if name.strip()))

    def checked(self) -> ResultParameters:
        """Itself, if the rows asked for are a range. Raises `MALFORMED_REQUEST` if not."""
        if self.start is not None and self.stop is not None and self.start > self.stop:
            raise TrawlError(Code.MALFORMED_REQUEST, f"`from` is {self.start}, which is after `to`, {self.stop}")
        return self


class LogParameters(Parameters):
    """Which lines of a log."""

    start: Index = Field(
        default=0, alias="from", description="The lines from this `seq` on: `next` of the last answer."
    )
    level: Level = Field(default=Level.DEBUG, description="Only lines of this level and above.")


class StopParameters(Parameters):
    """Whose tasks to stop."""

    all: bool = Field(default=False, description="Everybody's, not only the caller's own.")


class KeepTask(Body):
    """How long to keep a result."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ttl": "30d"}, {"ttl": "0"}]})

    ttl: Ttl = Field(description="Counted from the task's end, such as `12h` or `7d`; `0`: until deleted.")


class ExportFile(Body):
    """What file to make of a result."""

    model_config = ConfigDict(
        alias_generator=None,
        json_schema_extra={
            "examples": [
                {"file_name": "my_file", "file_type": "csv"},
                {
                    "file_name": "my_file",
                    "file_type": "json",
                    "compress_results": False,
                    "download_all_results": False,
                    "download_results_size": 1000,
                },
                {"file_name": "everything", "file_type": "xlsx", "download_all_results": True},
            ]
        },
    )

    file_name: str = Field(description="Name of the file; the extension is appended unless it is there.")
    file_type: Literal["json", "csv", "xlsx", "ndjson", "parquet"] = Field(description="What the file is written in.")
    compress_results: bool = Field(default=False, description="Whether to answer a `.zip` that holds the file.")
    download_all_results: bool = Field(default=False, description="Whether to export every row.")
    download_results_size: Annotated[Integer, Field(ge=0, le=1 << 53)] = Field(
        default=10_000, description="How many rows, where `download_all_results` is false."
    )
    fields: list[str] | None = Field(default=None, description="Only these fields, in this order.")
    partial: bool = Field(default=False, description="Whether the rows so far of an unfinished task will do.")
    bom: bool = Field(default=False, description="csv: whether the file starts with a byte order mark.")
    escape_formulas: bool = Field(
        default=False, description="csv: whether cells that a spreadsheet would take for a formula get a leading `'`."
    )

    def wanted(self) -> Export:
        """The file that the body asks for."""
        return Export(
            file_name=self.file_name,
            file_type=self.file_type,
            compress=self.compress_results,
            rows=None if self.download_all_results else self.download_results_size,
            fields=None if self.fields is None else tuple(self.fields),
            partial=self.partial,
            bom=self.bom,
            escape_formulas=self.escape_formulas,
        )


class PutSettings(Body):
    """Settings to change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"persistent": {"sme.core.global_dt_params.dt_start": "now-7d"}},
                {"persistent": {"trawl": {"tasks": {"ttl": "30d"}}}},
                {"transient": {"sme.core.list_limit": 200}},
            ]
        }
    )

    persistent: dict[str, Any] = Field(default={}, description="Settings that stay; `null` resets one.")
    transient: dict[str, Any] = Field(
        default={}, description="Settings that last until the server starts again, and win."
    )


class SettingsParameters(Parameters):
    """How settings are shown."""

    model_config = ConfigDict(alias_generator=None)

    include_defaults: bool = Field(default=False, description="Whether to show settings that were not changed, too.")
    flat_settings: bool = Field(default=False, description="Whether keys come flat, `a.b.c`, rather than nested.")
