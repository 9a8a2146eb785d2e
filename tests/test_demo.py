"""What `make demo` shows, from its first step to its last: as a new user runs it, but for the setup."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_step_of_the_demo_is_shown_and_it_ends_by_itself() -> None:
    command = [sys.executable, "-m", "scripts.demo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [line.removeprefix("▸ ") for line in done.stdout.splitlines() if line.startswith("▸ ")]
    assert [step.split()[0] for step in steps] == [
        *("generate", "trawl", "POST", "GET", "GET", "POST", "POST", "trawl", "DELETE"),
    ]
    for shown in (
        r"200,000 events into windows-demo, 60 fields",
        r"COMPLETED\s+━+\s+[\d,]+ rows",
        r"timeline, a bar for 1d\n(  \d{4}-\d\d-\d\dT00:00 █* ?[\d,]+\n)+",
        r"sidebar of [\d,]+ events",
        r"powershell\.csv: [\d,]+ bytes",
        r"powershell\.xlsx: [\d,]+ bytes",
        r"a sort of everything: STOPPED after \d+ ms",
        r"410 Gone",
        r"\ndone\n\Z",
    ):
        assert re.search(shown, done.stdout), f"{shown} is not in\n{done.stdout}"
