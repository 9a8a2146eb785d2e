"""What is said of a field that nothing has."""

from __future__ import annotations

from collections.abc import Callable

from trawl.commands.habits import field_hint
from trawl.commands.strays import stray_hint
from trawl.errors import Code, Notice, TrawlError, clip, meant
from trawl.expr import Field
from trawl.schema import Schema


def note_unknown(
    field: Field,
    known: Schema,
    time_field: str,
    notice: Callable[[Notice], None],
    *,
    is_strict: bool,
    may_be_text: bool = False,
    command: str = "",
) -> None:
    """Warns of a field that nothing has, with what may have been meant; an error if strict.

    Args:
        field: as the query names it.
        known: the fields that there are.
        time_field: the one that holds the time.
        notice: where the warning goes.
        is_strict: whether it is an error instead (`strict: true` of a request, api.md 2).
        may_be_text: whether a text could stand at its place.
        command: the one that names it.

    Raises:
        TrawlError: `UNKNOWN_FIELD`.
    """
    name = field.name
    if name in known or known.open:
        return
    hint = stray_hint(command, name) or field_hint(name, known, time_field)
    if hint is None:
        hints = [meant(known.nearest(name)), f'a text takes double quotes: "{clip(name)}"' if may_be_text else None]
        hint = "; ".join(filter(None, hints)) or None
    message = f"no event has a field `{clip(name)}`"
    if is_strict:
        raise TrawlError(Code.UNKNOWN_FIELD, message, hint=hint, span=field.span)
    notice(Notice(Code.UNKNOWN_FIELD.value, f"{message}; {hint}" if hint else message, field.span))
