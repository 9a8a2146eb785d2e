"""The commands. The folder is the registry: every command that a module of it defines is known by name."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from trawl import functions
from trawl.commands.base import Command
from trawl.commands.habits import HABITS
from trawl.commands.order import check_order
from trawl.errors import TrawlError
from trawl.language import reader
from trawl.language.layout import laid_out
from trawl.language.macros import expand, explaining
from trawl.language.patches import moved, moved_error
from trawl.language.reader import Vocabulary, uncollected, write
from trawl.language.tree import Query

if TYPE_CHECKING:
    from trawl.settings.process import Macro

__all__ = ["REGISTRY", "Command", "check_order", "find", "laid_out", "read", "uncollected", "write"]


NO_MACROS: Final[Mapping[str, Macro]] = MappingProxyType({})


def _find() -> dict[str, type[Command]]:
    found: dict[str, type[Command]] = {}
    for module in pkgutil.iter_modules(__path__):
        members = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        for member in members:
            if isinstance(member, type) and issubclass(member, Command) and "name" in vars(member):
                found[member.name] = member
    return dict(sorted(found.items()))


REGISTRY: Final[Mapping[str, type[Command]]] = _find()
"""All commands by name, sorted; without aliases."""

_NAMED: Final = {name: command for command in REGISTRY.values() for name in (command.name, *command.aliases)}
_VOCABULARY: Final = Vocabulary(
    _NAMED,
    HABITS,
    "a query begins with `source NAME`, or with a bar and a command that makes events: `| makeresults`",
    "a query begins with `source NAME`, what is looked for follows: `source NAME | search {}`",
    {
        **{name: f"it is an aggregation: `stats {name}(…)`" for name in functions.aggregation_names()},
        **{name: f"it is a function: `eval a = {name}(…)`" for name in functions.names()},
    },
)


def find(name: str) -> type[Command] | None:
    """The command of this name or alias, in any case of letters."""
    return _NAMED.get(name.lower())


def read(text: str, macros: Mapping[str, Macro] = NO_MACROS) -> Query:
    """The tree of a query, with what its macros stand for in their places.

    Raises:
        TrawlError: the first error in the text, with further ones as its `others`.
    """
    if "`" not in text:
        return reader.read(text, _VOCABULARY)
    patched, expansions = expand(text, macros)
    with explaining(expansions):
        try:
            query = reader.read(patched.text, _VOCABULARY)
        except TrawlError as error:
            raise moved_error(error, patched.origin) from error
    # by its whole name: that of a command of this folder would stand for its module
    return dataclasses.replace(moved(query, patched.origin), text=text, expansions=expansions)
