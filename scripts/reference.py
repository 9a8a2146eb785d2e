"""Writes `docs/reference` out of the code: `make docs`. With `--check` it only says whether the pages are current."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

import trawl.commands
from scripts import interfaces
from scripts.markdown import block, joined, table
from trawl import functions
from trawl.cli.terminal.faults import FAILED, STATUS_OF
from trawl.commands import documentation
from trawl.commands.base import Command
from trawl.errors import MEANINGS, Code
from trawl.functions import aggregates
from trawl.functions.base import Aggregation, Function
from trawl.server.errors import STATUS
from trawl.settings.cluster import DEFINITIONS
from trawl.settings.process import Macro, Mount, Settings
from trawl.values import Instant, Value, text_of

FOLDER: Final = Path(__file__).parent.parent / "docs" / "reference"
NOTE: Final = "<!-- Made from the code by `make docs`; edit the docstrings instead. -->\n"


def pages() -> dict[str, str]:
    """Every page of the reference by its path below `docs/reference`."""
    commands = sorted(commands_of_tree(), key=lambda command: command.name)
    found = {f"commands/{command.name}.md": _command(command) for command in commands}
    found["commands/README.md"] = _commands(commands)
    found["functions.md"] = _functions()
    found["aggregations.md"] = _aggregations()
    found["errors.md"] = _errors()
    found["settings.md"] = _settings()
    found["http.md"] = interfaces.http(interfaces.openapi())
    found["cli.md"] = interfaces.command_line()
    return {path: NOTE + "\n" + text.rstrip() + "\n" for path, text in found.items()}


def commands_of_tree() -> list[type[Command]]:
    """The commands of the language: the classes that the modules of `trawl.commands` define."""
    modules = [
        importlib.import_module(f"{trawl.commands.__name__}.{found.name}")
        for found in pkgutil.iter_modules(trawl.commands.__path__)
    ]
    return [
        member
        for module in modules
        for member in vars(module).values()
        if inspect.isclass(member)
        and issubclass(member, Command)
        and member.__module__ == module.__name__
        and hasattr(member, "name")
    ]


_NOTATION: Final = """A page begins with how its command is written, a line a form. Words in small letters stand as they
are, in any case; words in capitals stand for what they name: `FIELD` for a field, `COLUMN` for a column of a lookup,
`MEASURE` for an aggregation such as `avg(bytes)`. `[x]` may be left out, `x|y` is one or the other, `[, ...]` goes on
with further ones, and `[ SUBQUERY ]` is in square brackets of the query. Options, `key=VALUE`, stand first or last."""


def _commands(commands: Sequence[type[Command]]) -> str:
    rows = [
        (f"[`{command.name}`]({command.name}.md)", documentation.read(command.__doc__ or "").summary)
        for command in commands
    ]
    words = "What holds for all of them is told by [the page about the language](../../language.md)."
    return joined(["# Commands", words, _NOTATION, table(("command", ""), rows)])


def _command(command: type[Command]) -> str:
    found = documentation.read(command.__doc__ or "")
    parts = [
        f"# `{command.name}`",
        found.summary,
        block(found.synopsis),
        found.words,
        *_facts(command),
    ]
    if found.examples:
        parts.append("## Examples")
    for example in found.examples:
        parts += [example.words, block(example.query), block(example.table)]
    return joined(parts)


def _facts(command: type[Command]) -> Iterator[str]:
    if command.aliases:
        yield "Also written " + ", ".join(f"`{alias}`" for alias in command.aliases) + "."
    if command.generates:
        yield "It stands first and makes events."
    if command.replaces_events:
        yield "What comes out are no longer the events; sidebar and timeline describe the events before it."
    if command.only_after_storage is not None:
        allowed = ", ".join(f"`{name}`" for name in command.only_after_storage)
        instead = f" Elsewhere `{command.instead}` does the same." if command.instead else ""
        yield f"It runs where the data is, so it may follow only {allowed}.{instead}"


def _functions() -> str:
    parts = ["# Functions", "Operators are told by [the page about the language](../language.md#expressions)."]
    for family, members in functions.families().items():
        scalars = [member for member in members if isinstance(member, Function) and not member.is_operator]
        if scalars:
            module = importlib.import_module(f"{functions.__name__}.{family}")
            parts += [f"## {family.replace('_', ' ').capitalize()}", _door(module)]
            parts += [_signature(member) for member in sorted(scalars, key=lambda member: member.name)]
    return joined(parts)


def _door(module: ModuleType) -> str:
    """What a module says it is for, without the chapter of the specification."""
    return re.sub(r" \(\w+\.md [^)]*\)", "", documentation.read(module.__doc__ or "").summary)


def _aggregations() -> str:
    words = documentation.read(aggregates.__doc__ or "").words
    parts = ["# Aggregations", words, "`pNN(f)` and `percNN(f)` stand for `perc(f, NN)`."]
    for members in functions.families().values():
        listed = (member for member in members if isinstance(member, Aggregation) and not member.is_operator)
        parts += [_signature(member) for member in listed]
    return joined(parts)


def _signature(member: Function | Aggregation) -> str:
    also = ", also " + ", ".join(f"`{alias}`" for alias in member.aliases) if member.aliases else ""
    title = f"### `{member.name}({', '.join(member.parameters)})`{also}"
    shown = "\n".join(f"{example.call}  →  {literal(example.result)}" for example in member.examples)
    return joined([title, member.summary, block(shown)])


def literal(value: Value) -> str:
    """A value as a query writes it."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, Instant) else text_of(value)


def _errors() -> str:
    rows = [(f"`{code.value}`", MEANINGS[code], str(STATUS[code]), str(STATUS_OF.get(code, FAILED))) for code in Code]
    words = "`error.type` on the wire, with the HTTP status and the exit status of the command line."
    return joined(["# Errors", words, table(("type", "meaning", "HTTP", "exit"), rows)])


MACROS: Final = """\
[macros]
failed = "search status>=400"

[macros.of_host]
args = ["host", "least"]
definition = "search host=$host$ status>=$least$"
"""


def _settings() -> str:
    cluster = [
        (f"`{key}`", f"`{json.dumps(definition.default)}`", definition.summary)
        for key, definition in DEFINITIONS.items()
    ]
    process = [
        (f"`{name}`", f"`TRAWL_{name.upper()}`", field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    mount = [(f"`{name}`", "", "") for name in Mount.model_fields]
    return joined(
        [
            "# Settings",
            "## Of the cluster",
            "Changed while the server runs, through `PUT /_cluster/settings`.",
            table(("key", "default", ""), cluster),
            "## Of the process",
            "Read at the start from the environment, else from `trawl.toml` in the data folder.",
            table(("key", "in the environment", ""), process),
            "A mount, in `[mounts.NAME]`, has " + ", ".join(name for name, *_ in mount) + ".",
            block(_attributes(Mount)),
            "A macro is its text, or a table `[macros.NAME]` of a text and of arguments; a query calls it as `NAME` or "
            "`NAME(value, …)` between backticks. An argument with a comma takes double quotes, which go.",
            block(_attributes(Macro)),
            block(MACROS),
        ]
    )


def _attributes(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2].replace("    ", "").strip()


def stale(made: Mapping[str, str]) -> list[str]:
    """The paths of pages that differ from what the code says, are missing, or have nothing behind them any more."""
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.md")}
    changed = {path for path, text in made.items() if path not in there or (FOLDER / path).read_text("utf-8") != text}
    return sorted(changed | (there - made.keys()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is not current")
    options = parser.parse_args()
    made = pages()
    old = stale(made)
    if options.check:
        for path in old:
            print(f"docs/reference/{path} is not current: `make docs` writes it", file=sys.stderr)
        return 1 if old else 0
    for path in old:
        target = FOLDER / path
        if path in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(made[path], encoding="utf-8")
        else:
            target.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
