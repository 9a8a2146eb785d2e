"""A server without HTTP: `python -m tasks.scripted_server DATA` runs what waits in a data folder until it is killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tasks.opened import opened

if __name__ == "__main__":
    with opened(Path(sys.argv[1])):
        print("up", flush=True)
        threading.Event().wait()
