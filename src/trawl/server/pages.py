"""A page of a result in each of its forms, made as it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from trawl.api.faults import Warning
from trawl.api.pages import FieldShape, Head
from trawl.api.requests import ResultParameters
from trawl.results.pages import page
from trawl.results.reader import Result
from trawl.schema import Column, Schema
from trawl.tasks.service import Answer
from trawl.wire import fields_of, json_column, json_pieces


class Page:
    """The rows of an answer that were asked for.

    Args:
        answer: what the task has to show.
        wanted: which rows and fields, and whether with sidebar and timeline.

    Raises:
        TrawlError: `MALFORMED_REQUEST` for a field that the result has not.
    """

    def __init__(self, answer: Answer, wanted: ResultParameters) -> None:
        self._answer = answer
        self._wanted = wanted
        self._columns = answer.result.chosen(wanted.names).columns if answer.result else ()
        self.total = answer.result.rows if answer.result else 0
        self.start = wanted.start or 0
        self.stop = max(self.start, self.total if wanted.stop is None else min(wanted.stop, self.total))

    def as_rows(self) -> Iterator[bytes]:
        """One JSON object with an object a row."""
        batches = self._result.batches(self.start, self.stop, self._names) if self._result else ()
        return page(self._head(), batches, self._tail())

    def as_columns(self) -> Iterator[bytes]:
        """One JSON object with an array a field; the fields are read one after the other."""
        yield orjson.dumps(self._head())[:-1] + b',"columns":['
        for number, column in enumerate(self._columns):
            yield b",[" if number else b"["
            yield from self._values(column)
            yield b"]"
        yield b"]," + orjson.dumps(self._tail())[1:]

    def as_lines(self) -> Iterator[bytes]:
        """The rows alone, a JSON object a line."""
        for batch in self._result.batches(self.start, self.stop, self._names) if self._result else ():
            for piece in json_pieces(batch, "\n"):
                yield piece + b"\n"

    @property
    def headers(self) -> dict[str, str]:
        """What a form that is rows alone says of them."""
        task = self._answer.task
        return {
            "X-Trawl-Status": task.status.value,
            "X-Trawl-Partial": "true" if task.is_partial else "false",
            "X-Trawl-Total": str(self.total),
        }

    @property
    def _result(self) -> Result | None:
        return self._answer.result

    @property
    def _names(self) -> tuple[str, ...] | None:
        return self._wanted.names

    def _values(self, column: Column) -> Iterator[bytes]:
        assert self._result is not None  # it is where the columns come from
        between = b""
        for batch in self._result.batches(self.start, self.stop, [column.name]):
            if batch.num_rows:
                yield between + json_column(batch.column(0), column.type)
                between = b","

    def _head(self) -> dict[str, Any]:
        task = self._answer.task
        head = Head(
            id=task.id,
            status=task.status,
            is_partial=task.is_partial,
            start=self.start,
            stop=self.stop,
            total=self.total,
            fields=[FieldShape.model_validate(field) for field in fields_of(Schema(self._columns))],
        )
        return head.model_dump(by_alias=True)

    def _tail(self) -> dict[str, Any]:
        answer, task = self._answer, self._answer.task
        tail: dict[str, Any] = {}
        if self._wanted.stats and answer.sidebar is not None:
            tail |= {"sidebar": answer.sidebar, "timeline": answer.timeline}
        if answer.cost is not None:
            tail["executionCost"] = answer.cost
        warnings = [Warning.of(notice, task.wanted.query) for notice in task.warnings]
        return tail | {"warnings": [warning.model_dump(by_alias=True) for warning in warnings]}
