"""Which command may stand where in a pipeline (language.md 1, 4)."""

from __future__ import annotations

from collections.abc import Sequence

from trawl.commands.base import Command
from trawl.commands.habits import HABITS
from trawl.commands.search import Search
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Field, Literal, walk
from trawl.language.tree import Query


def check_order(query: Query) -> None:
    """Refuses a query whose first command makes no events, or in which a command stands where it may not.

    Subqueries are held to the same.

    Raises:
        TrawlError: `WRONG_POSITION`.
    """
    commands = [stage for stage in query.commands if isinstance(stage, Command)]
    first = commands[0]
    if not (first.generates or first.may_begin):
        hint = _index_hint(first) or f"a query begins with `source NAME | {first.name} …`"
        raise TrawlError(
            Code.WRONG_POSITION, f"`{first.name}` stands first, but makes no events", hint=hint, span=first.span
        )
    for command in commands:
        for subquery in command.subqueries:
            check_order(subquery)
    for position, command in enumerate(commands[1:], 1):
        if command.generates:
            reason = f"`{command.name}` makes events and stands only at the beginning"
            hint = "rows go behind others by `append [ source NAME ]`"
            raise TrawlError(Code.WRONG_POSITION, reason, hint=hint, span=command.span)
        if command.only_after_storage is not None:
            _check_storage(command, commands[:position], command.only_after_storage)


def _index_hint(first: Command) -> str | None:
    """What `search index=web` at the beginning means."""
    for node in walk(first.condition) if isinstance(first, Search) else ():
        match node:
            case Call("search_eq", (Field(name), Literal(str(value)))) if name in ("index", "source", "sourcetype"):
                return HABITS[name].format(clip(value))
    return None


def _check_storage(command: Command, before: Sequence[Command], allowed: tuple[str, ...]) -> None:
    for other in before:
        if other.name not in allowed:
            names = ", ".join(f"`{name}`" for name in allowed)
            reason = f"`{command.name}` stands after `{other.name}`, but may follow only {names}"
            hint = f"`{command.instead}` does the same anywhere" if command.instead else None
            raise TrawlError(Code.WRONG_POSITION, reason, hint=hint, span=command.span)
