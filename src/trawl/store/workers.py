"""Processes that help to work on pieces, results in order; they end when the one that started them does."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain, islice
from queue import SimpleQueue
from typing import IO, Any, Final, TypeVar, cast

from trawl.errors import Code, TrawlError

In = TypeVar("In")
Out = TypeVar("Out")

WORTH_IT: Final = 4
"""So many pieces of work must there be before processes are started for them."""

AHEAD: Final = 2
"""So many pieces are handed to each helper, so that it never waits for the next."""


def ordered_map(work: Callable[[In], Out], pieces: Iterable[In]) -> Iterator[Out]:
    """`map(work, pieces)`, with the help of a process for each further processor where there are enough pieces.

    Args:
        work: can be pickled. Its errors are raised here.
        pieces: what it is called with; a few for each processor are in memory at a time.
    """
    waiting = iter(pieces)
    few = list(islice(waiting, WORTH_IT))
    helpers = processors() - 1 if len(few) == WORTH_IT else 0
    if not helpers:
        yield from (_undisturbed(work, piece) for piece in chain(few, waiting))
        return
    with ExitStack() as stack:
        idle: SimpleQueue[_Helper] = SimpleQueue()
        threads = stack.enter_context(ThreadPoolExecutor(helpers))
        for _ in range(helpers):  # they are closed before the threads are waited for
            idle.put(stack.enter_context(_Helper(work)))
        results: deque[Future[Out]] = deque()
        for piece in chain(few, waiting):
            if sum(not result.done() for result in results) < AHEAD * helpers:
                results.append(threads.submit(_handed, idle, piece))
            else:
                results.append(_done(_undisturbed(work, piece)))
            while results[0].done() or len(results) > 2 * AHEAD * helpers:
                yield results.popleft().result()
                if not results:
                    break
        while results:
            yield results.popleft().result()


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def _handed(idle: SimpleQueue[_Helper], piece: Any) -> Any:
    helper = idle.get()
    try:
        return helper.ask(piece)
    finally:
        idle.put(helper)


def _done(result: Out) -> Future[Out]:
    future: Future[Out] = Future()
    future.set_result(result)
    return future


def _undisturbed(work: Callable[[In], Out], piece: In) -> Out:
    """The work without the collector of cycles, which would look through millions of objects that have none."""
    if not gc.isenabled():
        return work(piece)
    gc.disable()
    try:
        return work(piece)
    finally:
        gc.enable()


class _Helper:
    """A process that works on one piece at a time."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._to = cast(IO[bytes], self._process.stdin)
        self._from = cast(IO[bytes], self._process.stdout)
        self._work: Callable[[Any], Any] | None = work

    def __enter__(self) -> _Helper:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, piece: Any) -> Any:
        """What the work makes of a piece.

        Raises:
            Exception: what the work raised.
        """
        try:
            if self._work is not None:
                pickle.dump(self._work, self._to, pickle.HIGHEST_PROTOCOL)
                self._work = None
            pickle.dump(piece, self._to, pickle.HIGHEST_PROTOCOL)
            self._to.flush()
            result = pickle.load(self._from)
        except (EOFError, BrokenPipeError):
            raise TrawlError(Code.INTERNAL_ERROR, "a process that helped to read events has died") from None
        if isinstance(result, Exception):
            raise result
        return result


def serve() -> None:
    """Works on what comes by standard input until that ends, as it does with the process at its other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all processes; the other end is to decide
    gc.disable()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        work = pickle.load(source)
        while True:
            piece = pickle.load(source)
            try:
                result = work(piece)
            except Exception as error:
                result = error
            pickle.dump(result, sink, pickle.HIGHEST_PROTOCOL)
            sink.flush()
    except (EOFError, BrokenPipeError):
        return
