"""Exports: one module a format, and the folder is the registry."""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module

from trawl.errors import Code, TrawlError
from trawl.formats.base import Format, Options

__all__ = ["Format", "Options", "every", "find"]


@cache
def every() -> dict[str, Format]:
    """All formats by name."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    formats: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {format_.name: format_ for format_ in formats}


def find(name: str) -> Format:
    """The format of this name.

    Raises:
        TrawlError: `MALFORMED_REQUEST`.
    """
    format_ = every().get(name)
    if format_ is None:
        near = difflib.get_close_matches(name.lower(), every(), n=1, cutoff=0.5)
        raise TrawlError(
            Code.MALFORMED_REQUEST,
            f"`{name[:40]}` is no type of file, expected one of {', '.join(sorted(every()))}",
            hint=f"perhaps `{near[0]}` was meant" if near else None,
        )
    return format_
