"""What the store has not taken yet: reports for the next transaction, and how attempts ended until it is written."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sql
import structlog

from trawl.errors import Code
from trawl.tasks.changes import Changes
from trawl.tasks.journal import Note
from trawl.tasks.store import Ending, Report, Store
from trawl.tasks.task import Failure, Progress, Status

log = structlog.get_logger(__name__)

LOST: Final = Ending(
    Status.FAILED,
    is_partial=True,
    error=Failure(
        Code.INTERNAL_ERROR, "how the search ended could not be stored; the server's own log has the details"
    ),
)
"""The ending of an attempt whose own can never be written."""


@dataclass(frozen=True)
class GivenBack:
    """An attempt ended with its worker: the task is queued again.

    Attributes:
        note: why, for the task's log. counts: whether it is a loss, of which a task may have only so many.
    """

    note: Note
    counts: bool


class Unwritten:
    """What waits to be written, in the order in which it came. Used by one thread."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes
        self._reports: dict[str, Report] = {}
        self._endings: deque[tuple[Report, Ending | GivenBack]] = deque()

    @property
    def has_reports(self) -> bool:
        """Whether an attempt has come further than the store knows."""
        return bool(self._reports)

    @property
    def ended(self) -> set[str]:
        """The tasks whose end is not written yet."""
        return {last.task for last, _ in self._endings}

    def report(self, report: Report) -> None:
        """Notes how far an attempt is; of several reports the newest figures stay, and all log lines."""
        self._reports[report.task] = self._joined(report)

    def end(self, last: Report, ending: Ending | GivenBack) -> None:
        """Notes how an attempt ended, with what it has reported and is not written yet."""
        self._endings.append((self._joined(last), ending))
        self._reports.pop(last.task, None)

    def write_reports(self) -> None:
        """Writes the reports, all in one transaction; without those that can never be written.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: where the database may take them later; they are kept.
        """
        reports = list(self._reports.values())
        try:
            self._store.report(reports)
        except Exception as error:
            if _passes(error):
                raise
            for report in reports:
                self._report_alone(report)
        self._reports.clear()
        for report in reports:
            self._changes.publish(report.task)

    def write_endings(self) -> None:
        """Writes the endings one after the other; `LOST` in the place of one that can never be written.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: where the database may take it later; it is kept with all after it.
        """
        while self._endings:
            last, ending = self._endings[0]
            self._write(last, ending)
            self._endings.popleft()
            self._changes.publish(last.task)

    def _joined(self, report: Report) -> Report:
        earlier = self._reports.get(report.task)
        return replace(report, notes=earlier.notes + report.notes) if earlier else report

    def _report_alone(self, report: Report) -> None:
        try:
            self._store.report([report])
        except Exception as error:
            if _passes(error):
                raise
            log.exception("a report cannot be stored", task=report.task)
        del self._reports[report.task]

    def _write(self, last: Report, ending: Ending | GivenBack) -> None:
        bare = Report(last.task, last.attempt, Progress(), last.rows, last.result_bytes)
        for told, how in ((last, ending), (bare, LOST)):
            try:
                if isinstance(how, GivenBack):
                    self._store.give_back(told.task, told.attempt, how.note, counts=how.counts, last=told)
                else:
                    self._store.finish(told, how)
                return
            except Exception as error:
                if _passes(error):
                    raise
                log.exception("the end of an attempt cannot be stored", task=last.task)


def _passes(error: Exception) -> bool:
    """Whether the database may take the same later: it is locked, full or away, not given what it cannot hold."""
    lasting = sql.exc.DataError, sql.exc.IntegrityError
    return isinstance(error, (sql.exc.DBAPIError, sql.exc.TimeoutError)) and not isinstance(error, lasting)
