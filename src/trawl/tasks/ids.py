"""Task ids: UUIDv7, so that they sort by the time they were made (RFC 9562, 5.7)."""

from __future__ import annotations

import os
import uuid


def new_id(nanoseconds: int) -> str:
    """A fresh id for something made at this time, in nanoseconds since 1970; later ones sort after it."""
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    within = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | within << 64 | 2 << 62 | random))


def is_id(text: str) -> bool:
    """Whether a text is spelled as an id of ours is; anything else names no task, whatever it contains."""
    try:
        return len(text) == 36 and str(uuid.UUID(text)) == text
    except ValueError:
        return False
