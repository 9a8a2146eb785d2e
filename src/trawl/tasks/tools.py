"""What a worker works with. Assembly makes them, so that this room knows no concrete engine."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from trawl.catalog.base import LiveCatalog
from trawl.engines.base import Engine
from trawl.settings.process import Settings
from trawl.tasks.folders import Folders


@dataclass(frozen=True)
class Tools:
    """The tools of one worker.

    Attributes:
        catalog: what sources there are. engine: runs what it can where the data is.
        finisher: the embedded engine, for what the other cannot; it may be the same one.
        folders: where results go. threads: how many a search may use.
    """

    catalog: LiveCatalog
    engine: Engine
    finisher: Engine
    folders: Folders
    threads: int


Factory: TypeAlias = Callable[[Settings], Tools]
"""Makes a worker's tools. A worker is told its name, `module:function`, because it runs in another process."""


def factory_of(name: str) -> Factory:
    """The factory of this name."""
    module, _, function = name.partition(":")
    found: Factory = getattr(importlib.import_module(module), function)
    return found
