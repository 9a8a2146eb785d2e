"""Scalar functions and aggregates with their one meaning. The folder is the registry: one module a family."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType

from trawl import errors
from trawl.functions.base import Aggregation, Clock, Example, Fault, Function, Multivalue, ResultType

__all__ = [
    "Aggregation",
    "Clock",
    "Example",
    "Fault",
    "Function",
    "Multivalue",
    "ResultType",
    "aggregation_names",
    "families",
    "find",
    "find_aggregation",
    "names",
    "nearest",
]


def find(name: str) -> Function | None:
    """The scalar function or operator of this name or alias, in any case of letters."""
    return _functions().get(name.lower())


def find_aggregation(name: str) -> Aggregation | None:
    """The aggregate of this name or alias, in any case of letters."""
    return _aggregations().get(name.lower())


def names() -> list[str]:
    """The names of all functions that a query can call, sorted, without aliases."""
    return sorted({function.name for function in _functions().values() if not function.is_operator})


def aggregation_names() -> list[str]:
    """The names of all aggregates that a query can call, sorted, without aliases."""
    return sorted({aggregation.name for aggregation in _aggregations().values() if not aggregation.is_operator})


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Names that may have been meant, best first."""
    return errors.nearest(name.lower(), known, most=most)


@cache
def families() -> Mapping[str, tuple[Function | Aggregation, ...]]:
    """All functions and aggregates by family, in the order in which the family lists them."""
    found: dict[str, tuple[Function | Aggregation, ...]] = {}
    for module in _modules():
        members = (*getattr(module, "FUNCTIONS", ()), *getattr(module, "AGGREGATIONS", ()))
        if members:
            found[module.__name__.rpartition(".")[2]] = members
    return found


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))


@cache
def _functions() -> Mapping[str, Function]:
    members = (member for family in families().values() for member in family if isinstance(member, Function))
    return {name: member for member in members for name in (member.name, *member.aliases)}


@cache
def _aggregations() -> Mapping[str, Aggregation]:
    members = (member for family in families().values() for member in family if isinstance(member, Aggregation))
    return {name: member for member in members for name in (member.name, *member.aliases)}
