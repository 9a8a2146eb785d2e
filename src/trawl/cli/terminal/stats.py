"""Sidebar and timeline in a terminal: bars over time, the most frequent values of each field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from trawl.api.pages import Page, Sidebar, Timeline
from trawl.cli.terminal.table import text

EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
MOST_FIELDS: Final = 20
MOST_VALUES: Final = 3
LONGEST_VALUE: Final = 40


def written(page: Page, width: int) -> Iterator[str]:
    """The lines to print of what the task counted, `width` cells long at most."""
    if page.timeline is not None:
        yield from _timeline(page.timeline, width)
    if page.sidebar is not None:
        yield from _sidebar(page.sidebar)


def _timeline(timeline: Timeline, width: int) -> Iterator[str]:
    counts = [bucket.count for bucket in timeline.fields]
    yield f"timeline: {sum(counts):,} events by {timeline.span} ({timeline.time_zone})"
    most = max(counts, default=0)
    digits = len(f"{most:,}")
    for bucket in timeline.fields:
        edge = str((bucket.model_extra or {}).get(timeline.field, ""))[:16].replace("T", " ")
        bar = bar_of(bucket.count, most, max(10, width - len(edge) - digits - 4))
        yield f"{edge}  {bucket.count:>{digits},}  {bar}".rstrip()


def bar_of(count: int, most: int, cells: int) -> str:
    """A bar of `cells` at most; what is not nothing shows at least a sliver."""
    eighths = round(count * cells * 8 / most) if most else 0
    full, part = divmod(max(eighths, 1 if count else 0), 8)
    return "█" * full + (EIGHTHS[part] if part else "")


def _sidebar(sidebar: Sidebar) -> Iterator[str]:
    yield f"fields of {sidebar.events:,} events"
    shown = sidebar.fields[:MOST_FIELDS]
    widest = max((cell_len(field.name) for field in shown), default=0)
    for field in shown:
        top = " · ".join(f"{_short(value.value)} {value.count:,}" for value in field.top[:MOST_VALUES])
        about = "" if field.distinct_is_exact else "~"
        padded = field.name + " " * (widest - cell_len(field.name))
        yield f"{padded}  {field.coverage:>6.1%}  {about}{field.distinct:,} distinct  {top}"
    if len(sidebar.fields) > len(shown):
        yield f"… {len(sidebar.fields) - len(shown)} more fields"


def _short(value: object) -> str:
    whole = text(value)
    return whole if len(whole) <= LONGEST_VALUE else whole[: LONGEST_VALUE - 1] + "…"
