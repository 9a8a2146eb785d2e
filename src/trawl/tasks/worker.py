"""The worker process: takes one task after the other off its pipe and sees each through.

Started by a supervisor (`trawl.tasks.process.start`) with its own process id and the name of a factory of tools.
"""

from __future__ import annotations

import faulthandler
import os
import threading
from multiprocessing.connection import Connection
from queue import SimpleQueue

from trawl.tasks.messages import Begin, FromWorker, Ready, Setup, Stop, ToWorker
from trawl.tasks.process import begun, die_with, give_way
from trawl.tasks.run import Run
from trawl.tasks.tools import Factory, factory_of


class Worker:
    """The far end of a supervisor's pipe."""

    def __init__(self, pipe: Connection[FromWorker, ToWorker], factory: Factory) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._runs: SimpleQueue[Run] = SimpleQueue()
        self._current: Run | None = None
        self._running: tuple[str, int] | None = None
        setup = pipe.recv()
        assert isinstance(setup, Setup)
        self._tools = factory(setup.settings)
        self._tools.engine.warm()

    def serve(self) -> None:
        """Works until the supervisor hangs up."""
        threading.Thread(target=self._listen, name="pipe", daemon=True).start()
        self._tell(Ready())
        while True:
            self._tell(self._runs.get().see_through())
            self._tools.engine.warm()

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(0)  # nobody is left to work for; the attempt's folder is of no use to anybody
            if isinstance(message, Begin):
                self._current = Run(message, self._tools, self._tell)
                self._running = (message.task.id, message.task.attempt)
                self._runs.put(self._current)
            elif isinstance(message, Stop) and self._current and self._running == (message.task, message.attempt):
                self._current.stop()

    def _tell(self, message: FromWorker) -> None:
        with self._sending:
            try:
                self._pipe.send(message)
            except OSError:
                os._exit(0)


def main() -> None:
    """Runs a worker on the pipe that was handed down."""
    pipe, (parent, factory) = begun()
    die_with(int(parent))
    faulthandler.enable()
    worker = Worker(pipe, factory_of(factory))
    give_way()  # not before it is ready: somebody may wait for it
    worker.serve()


if __name__ == "__main__":
    main()
