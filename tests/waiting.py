"""Waiting for what another thread or process does, and no longer than it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T | None], expected: str, seconds: float = 60.0) -> T:
    """What `look` finds, as soon as it is true.

    Args:
        expected: what is waited for, for whoever reads that it did not come.

    Raises:
        AssertionError: it did not come within so many seconds.
    """
    give_up = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > give_up:
            raise AssertionError(f"after {seconds:.0f} s not yet so: {expected}")
        time.sleep(0.02)
    return found
