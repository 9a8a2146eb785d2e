"""What tasks take on disk is counted while other processes write and remove there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from trawl.tasks.folders import Folders


def test_the_size_of_a_task_is_that_of_its_files_and_what_vanishes_meanwhile_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders(tmp_path)
    assert folders.size("a") == 0
    scratch = folders.scratch("a", 1)
    scratch.mkdir(parents=True)
    (scratch / "spilled").write_bytes(b"12345")
    folders.stats("a", 1).write_bytes(b"123")
    assert folders.size("a") == 8
    honest = os.walk

    def walked(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        """Lists folders whose files are removed right after."""
        for listed in honest(folder):
            if "spilled" in listed[2]:
                (scratch / "spilled").unlink()
            yield listed

    monkeypatch.setattr(os, "walk", walked)
    assert folders.size("a") == 3
