"""How a process of ours behaves towards the host: it dies with its parent, yields to others, knows its memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

OTHER_VERSION: Final = 78
"""The exit status of a process that is of another version than the one that started it."""
_PR_SET_PDEATHSIG: Final = 1
_PROC: Final = Path("/proc/self")


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent ends. Where it cannot, end of file on the pipe does.

    Args:
        parent: the parent's process id; if it is gone already, this process ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def spare_children() -> None:
    """Has processes that the calling thread starts not hear Ctrl-C, which reaches the whole group, from the first."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def be_humble() -> None:
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
