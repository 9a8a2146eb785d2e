"""The stream of events of one task or of all, fed as things happen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from trawl.tasks.changes import Changes
from trawl.tasks.journal import Event, Journal, Moved, Progressed
from trawl.tasks.task import Status, Task

LOOK_EVERY: Final = 1.0
"""Seconds after which to look without being woken: other processes write into the journal too."""


async def follow(
    journal: Journal,
    changes: Changes,
    look: Callable[[], tuple[Task, ...]],
    id: str | None,
    owner: str | None,
    after: int | None,
) -> AsyncIterator[Event]:
    """Log lines and moves in order, each once, and progress as it is at the time; see `Tasks.events`.

    Args:
        look: the task of this id, or those that run where it is None.
    """
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    told: dict[str, Progressed] = {}

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    with changes.waking(id, wake):
        if after is None:
            after = 0 if id is not None else await asyncio.to_thread(journal.last)
        while True:
            woken.clear()
            seen = await asyncio.to_thread(look)  # before the journal: an end that is seen here is written there
            is_over = id is not None and all(task.status.is_end for task in seen)
            written = await asyncio.to_thread(journal.events, id, owner, after)
            for event in written:
                after = event.seq
                yield event
                if id is not None and isinstance(event, Moved) and event.status.is_end:
                    return
            for task in seen:
                progress = Progressed(after, task.id, task.progress, task.rows, task.result_bytes)
                if task.status is Status.RUNNING and told.get(task.id) != progress:
                    told[task.id] = progress
                    yield progress
            if is_over and not written:
                return
            if not written:
                try:
                    await asyncio.wait_for(woken.wait(), LOOK_EVERY)
                except TimeoutError:
                    continue
