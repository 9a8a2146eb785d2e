"""`peval`: fields computed from fields, where the data is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trawl.commands.eval import Eval


@dataclass(frozen=True)
class Peval(Eval):
    """Compute fields, where the data is.

    The same as `eval`, but only after `source`, `inputlookup`, `search` and `peval`, so that it can always run
    where the events are; `aggs` and `timeaggs` may follow it.

    Synopsis:
        peval FIELD=EXPRESSION[, FIELD=EXPRESSION ...]

    Examples:
        Count the events that failed and those that did not.

        >>> source web | peval failed = status >= 400 | aggs count by failed
        failed | count
        false  | 4
        true   | 2
    """

    name: ClassVar[str] = "peval"
    storage_tier: ClassVar[bool] = True
    only_after_storage: ClassVar[tuple[str, ...] | None] = ("source", "inputlookup", "search", "peval")
    instead: ClassVar[str | None] = "eval"
