"""How a process of ours is started and behaves: of our version, dying with its parent, yielding, knowing its memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import trawl

OTHER_VERSION: Final = 78
"""The exit status of a process that is of another version than the one that started it."""
_PR_SET_PDEATHSIG: Final = 1
_PROC: Final = Path("/proc/self")


def start(module: str, *arguments: str) -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """Starts a module as a process with a pipe to it. Of Ctrl-C, which reaches the whole group, it never hears.

    Its arguments are our version, the number of its end of the pipe, and what else is given; `begun` reads them.

    Raises:
        OSError: where the host starts none; nothing is left open then.
    """
    ours, theirs = socket.socketpair()
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what is started begins with the same
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module, trawl.__version__, str(theirs.fileno()), *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    except BaseException:
        ours.close()
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        theirs.close()
    return process, Connection(ours.detach())


def begun() -> tuple[Connection[Any, Any], list[str]]:
    """What a process that `start` has started does first: its end of the pipe, and its further arguments.

    One that finds itself to be of another version, because Trawl was upgraded beneath its parent, ends at once.
    """
    version, *others = sys.argv[1:]
    if version != trawl.__version__:  # the first argument for ever: all that follows is of one version
        sys.exit(OTHER_VERSION)
    _be_humble()
    return Connection(int(others[0])), others[1:]


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent ends. Where it cannot, end of file on the pipe does.

    Args:
        parent: the parent's process id; if it is gone already, this process ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _be_humble() -> None:
    """Lets the server survive this process when memory runs out, and decide what Ctrl-C means."""
    with contextlib.suppress(OSError):
        (_PROC / "oom_score_adj").write_text("500")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what follows


def give_way() -> None:
    """Lets the server, and whoever waits for it, have the processor first; what it leaves is used in full.

    With eight searches on two processors anything less than the most leaves the server half of one.
    """
    os.nice(19)


def forget_peak() -> None:
    """Begins to measure the peak of this process's memory anew, where the host can."""
    with contextlib.suppress(OSError):
        (_PROC / "clear_refs").write_text("5")


def peak_memory() -> int:
    """The most memory this process held since `forget_peak`, in bytes."""
    with contextlib.suppress(OSError):
        for line in (_PROC / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
