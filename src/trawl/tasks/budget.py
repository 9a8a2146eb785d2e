"""Budgets of a search: so many rows, so many seconds. A spent budget finishes the task, it does not fail it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyarrow as pa

from trawl.errors import Notice


class Budget:
    """What a search may still use.

    Args:
        max_rows, max_seconds: None for any. The seconds count from now.
    """

    def __init__(self, max_rows: int | None, max_seconds: float | None) -> None:
        self._max_rows = max_rows
        self._max_seconds = max_seconds
        self._deadline = None if max_seconds is None else time.monotonic() + max_seconds
        self.spent: Notice | None = None
        """What was used up, once something is."""

    def meter(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches up to the number of rows allowed; one row more is read, to know whether there is one."""
        left = self._max_rows
        for batch in batches:
            if left is not None and batch.num_rows > left:
                self.spent = Notice("max_rows_reached", f"the search was ended at {self._max_rows} rows, as asked for")
                if left:
                    yield batch.slice(0, left)
                return
            yield batch
            left = None if left is None else left - batch.num_rows

    def is_late(self) -> bool:
        """Whether the time is used up."""
        if self._deadline is None or time.monotonic() < self._deadline:
            return False
        self.spent = self.spent or late(self._max_seconds or 0)
        return True


def late(seconds: float) -> Notice:
    """The warning of a search whose time was used up."""
    return Notice("max_run_seconds_reached", f"the search was ended after {seconds:g} s, as asked for")
