"""What a search cost: seconds by phase, what was read and written, and for `DEBUG` what each command did."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from trawl.engines.base import Cost
from trawl.tasks.journal import Phase
from trawl.tasks.process import peak_memory


class Meter:
    """Adds up wall and processor seconds by phase. Phases may nest; each second counts for the innermost."""

    def __init__(self) -> None:
        self._wall: defaultdict[Phase, float] = defaultdict(float)
        self._cpu: defaultdict[Phase, float] = defaultdict(float)
        self._within: list[Phase] = []
        self._since = (0.0, 0.0)

    @contextmanager
    def phase(self, phase: Phase) -> Iterator[None]:
        """The time until the block ends belongs to this phase."""
        self._settle()
        self._within.append(phase)
        try:
            yield
        finally:
            self._settle()
            self._within.pop()

    def add(self, phase: Phase, wall: float) -> None:
        """Seconds that passed elsewhere."""
        self._wall[phase] += wall

    def seconds(self) -> list[dict[str, Any]]:
        """The phases in the order a search goes through them."""
        return [
            {"phase": phase.value, "wallSeconds": round(self._wall[phase], 6), "cpuSeconds": round(self._cpu[phase], 6)}
            for phase in Phase
            if phase in self._wall
        ]

    def _settle(self) -> None:
        moment = (time.perf_counter(), time.process_time())
        if self._within:
            self._wall[self._within[-1]] += moment[0] - self._since[0]
            self._cpu[self._within[-1]] += moment[1] - self._since[1]
        self._since = moment


@dataclass(frozen=True)
class CommandCost:
    """What one command of the query did.

    Attributes:
        where: `pushed` to the engine, or finished `local`.
        rows_in, rows_out: as if the pipeline were cut before and after it; None where a count failed to come.
    """

    command: str
    text: str
    where: str
    rows_in: int
    rows_out: int


def report(
    meter: Meter, costs: Sequence[Cost], rows_written: int, bytes_written: int, commands: Iterable[CommandCost] | None
) -> dict[str, Any]:
    """The `executionCost` of the wire; `commands` makes it that of `DEBUG`."""
    told = {
        "phases": meter.seconds(),
        "rowsRead": sum(cost.rows_read for cost in costs),
        "bytesRead": sum(cost.bytes_read for cost in costs),
        "filesRead": sum(cost.files_read for cost in costs),
        "filesSkipped": sum(cost.files_skipped for cost in costs),
        "rowGroupsRead": sum(cost.row_groups_read for cost in costs),
        "rowGroupsSkipped": sum(cost.row_groups_skipped for cost in costs),
        "rowsWritten": rows_written,
        "bytesWritten": bytes_written,
        "peakMemoryBytes": peak_memory(),
        "bytesSpilled": sum(cost.bytes_spilled for cost in costs),
    }
    if commands is None:
        return told
    listed = [
        {
            "command": command.command,
            "text": command.text,
            "where": command.where,
            "rowsIn": command.rows_in,
            "rowsOut": command.rows_out,
        }
        for command in commands
    ]
    return told | {
        "commands": listed,
        "statements": [statement for cost in costs for statement in cost.statements],
        "profile": [dict(operator) for cost in costs for operator in cost.profile],
    }
