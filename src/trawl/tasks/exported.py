"""What is known of files that were exported before: so that a download can go on where it was cut off."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import threading
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson

from trawl.tasks.order import Order, Whole

_MAKERS: Final = ("trawl", "pyarrow", "orjson", "xlsxwriter")
"""The packages whose next version may make other bytes of the same rows."""
_WHERE: Final = frozenset({"folder", "scratch", "room", "part", "whole"})
"""What of an order says nothing about the bytes of the file."""


@dataclass(frozen=True)
class Exported:
    """The files that were made of a result; of each one length and digest are kept, not the bytes.

    Attributes:
        folder: of the result.
    """

    folder: Path

    def tag(self, order: Order) -> str:
        """What names the bytes of the file: the same for an order that makes the same ones, else another."""
        told = {key: value for key, value in dataclasses.asdict(order).items() if key not in _WHERE}
        makers = [version(name) for name in _MAKERS]
        key = orjson.dumps([*self.folder.parts[-2:], told, makers, zlib.ZLIB_RUNTIME_VERSION])
        return hashlib.sha256(key).hexdigest()[:32]

    def recall(self, tag: str) -> Whole | None:
        """What is known of a file; None if it was never made to its end, or what was noted is damaged."""
        try:
            return Whole(**orjson.loads(self._file(tag).read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def keep(self, tag: str, whole: Whole) -> None:
        """Notes what is known of a file. A disk that is full is no error: a part of it takes longer then."""
        file = self._file(tag)
        new = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        with contextlib.suppress(OSError):
            file.parent.mkdir(exist_ok=True)
            new.write_bytes(orjson.dumps(whole))
            new.replace(file)

    def _file(self, tag: str) -> Path:
        return self.folder / "exported" / f"{tag}.json"
