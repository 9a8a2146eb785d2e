"""The other end of the process that formats an export: starts it, takes the file from it, ends it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Final, Self

from trawl.errors import Code, TrawlError
from trawl.tasks.order import FromExport, Known, Order, Whole
from trawl.tasks.places import Places
from trawl.tasks.process import OTHER_VERSION, start
from trawl.tasks.workbench import Workbench

LOOK_UP: Final = 0.25
"""Seconds between two looks whether a file that is being built is still wanted."""


class Chunks:
    """The pieces of a file as its process makes them. Closing it ends the process, at whatever it is.

    Args:
        order: the file wanted; the folder for its temporary files is made within the one named.
        tell: takes what is known of a file once it was made to its end, if it was not known before.
        places: of which one is taken until it is closed.

    Raises:
        TrawlError: `TOO_MANY_TASKS`.
        OSError: where the host has no room for one more process or folder.
    """

    def __init__(self, order: Order, tell: Callable[[Known], None], places: Places) -> None:
        self._tell = tell
        self._ahead: list[bytes] = []
        with contextlib.ExitStack() as held:
            places.take()
            held.callback(places.give_back)
            workbench = Workbench(order.scratch)
            held.callback(workbench.remove)
            self._process, self._pipe = start("trawl.tasks.exporting")
            self._held = held.pop_all()
        self._closed = False
        with contextlib.suppress(OSError):  # it is gone already, as its pipe will tell
            self._pipe.send(dataclasses.replace(order, scratch=workbench.path))
        self.whole: Whole | None = order.whole
        """What is known of the file; if anything is at all before it has come, then once it has begun to."""

    def begin(self, is_unwanted: Callable[[], bool]) -> Self:
        """Waits for the first piece, so that what goes wrong at once is known before anything is sent.

        Args:
            is_unwanted: whether nobody waits for the file any more; asked from time to time.

        Raises:
            TrawlError: `STOPPED` if so, and what `__next__` raises.
        """
        while not self._pipe.poll(LOOK_UP):
            if is_unwanted():
                self.close()
                raise TrawlError(Code.STOPPED, "nobody waits for the file any more")
        self._ahead.extend(piece for piece in [next(self, None)] if piece is not None)
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """The next piece. Raises `TrawlError` where the file cannot be finished."""
        if self._ahead:
            return self._ahead.pop()
        if self._closed:
            raise StopIteration
        message = self._received()
        while isinstance(message, Known):
            self.whole = message.whole
            self._tell(message)
            message = self._received()
        if isinstance(message, bytes):
            return message
        self.close()
        raise StopIteration if message is None else message

    def _received(self) -> FromExport:
        try:
            message: FromExport = self._pipe.recv()
            return message
        except (EOFError, OSError):
            if self._process.wait() == OTHER_VERSION:
                reason = "another version of Trawl was installed beneath this server"
                return TrawlError(Code.UNAVAILABLE, reason, hint="exports can be had once the server is restarted")
            return TrawlError(Code.INTERNAL_ERROR, "the process that makes the file ended before the file did")

    def close(self) -> None:
        """Ends the process, removes its temporary files, frees its place. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._process.kill()
            self._process.wait()
            self._pipe.close()
            self._held.close()

    def __del__(self) -> None:
        if hasattr(self, "_closed"):
            self.close()
