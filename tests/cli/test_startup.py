"""A command starts at once: what it does not need is not imported for it."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from trawl.cli import load
from trawl.store.inputs import Format

HEAVY = {"duckdb", "fastapi", "httpx", "pyarrow", "sqlalchemy"}


@pytest.mark.parametrize("arguments", [["--version"], ["load", "--help"], ["tasks", "list", "--help"]], ids=" ".join)
def test_what_only_tells_of_the_program_imports_no_room_that_works(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from trawl.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


def test_load_names_the_formats_of_the_store() -> None:
    assert get_args(load.Format) == tuple(Format)
