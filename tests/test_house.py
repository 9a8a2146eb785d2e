"""The house rules that a machine can hold: layers, rooms, sizes, words, and that each registry has docs and cases."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import trawl
from trawl import functions
from trawl.commands.base import Command
from trawl.errors import MEANINGS, Code
from trawl.language.operators import is_callable
from trawl.settings.cluster import DEFINITIONS
from trawl.settings.process import Settings

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "trawl"
CORPUS = ROOT / "tests" / "corpus"
REFERENCE = ROOT / "docs" / "reference"

MOST_LINES = 300
LONGER = {
    "benchmarks/pipelines.py": "one list of pipelines, each with its SQL",
}
NO_ROOM = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
HOME = re.compile(r"(?<![\w.~$}/-])/(?:work|root|home|Users)/[A-Za-z]")
ADDRESS = re.compile(r"https?://([^/\s\"'`)>\]}:]+|\[::1\])")
KNOWN_HOSTS = re.compile(
    r"127\.0\.0\.1|localhost|\[.*|keepachangelog\.com|www\.apache\.org|schemas\.openxmlformats\.org"
    r"|\w|\{.*|([\w-]+\.)*(example|test|invalid)(\.\w+)?"
)
EXCUSE = re.compile(r"# (type: ignore|noqa)(?P<codes>\[[\w, -]+\]|: ?[A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*)?(?P<reason>.*)")


def modules(folder: Path = SOURCE) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def code() -> list[Path]:
    return [path for name in ("src", "tests", "benchmarks", "scripts") for path in modules(ROOT / name)]


@cache
def tracked() -> tuple[Path, ...]:
    """The text files of the project, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: which files are the project's is unknown")
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def members(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def commands() -> dict[str, list[type[Command]]]:
    """The commands that each module of `trawl.commands` defines, by the module's name."""
    import trawl.commands

    found: dict[str, list[type[Command]]] = {}
    for module in members(trawl.commands):
        own = [
            member
            for member in vars(module).values()
            if inspect.isclass(member) and member.__module__ == module.__name__
        ]
        defined = [member for member in own if issubclass(member, Command) and hasattr(member, "name")]
        if defined:
            found[module.__name__.rpartition(".")[2]] = defined
    return found


class TestLayers:
    def test_every_module_imports_only_from_below(self) -> None:
        lint = Path(sys.executable).with_name("lint-imports")
        done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_every_room_has_its_place_among_the_layers(self) -> None:
        rooms = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
        assert rooms - {"__init__", "migrations"} == {room for row in layers() for room in row}

    def test_the_architecture_tells_the_layers_that_are_held(self) -> None:
        text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
        told = re.findall(r"^\| \d+ \| (.+?) \|", text, re.MULTILINE)
        assert [set(re.findall(r"`(\w+)`", row)) for row in told] == layers()


def layers() -> list[set[str]]:
    """The rooms of each layer, lowest first, as import-linter holds them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [set(re.findall(r"trawl\.(\w+)", row)) for row in reversed(rows)]


class TestModules:
    @pytest.mark.parametrize(
        "path", [path for path in code() if path.parts[-2:] != ("trawl", "__init__.py")], ids=name_of
    )
    def test_says_at_the_door_what_it_is_for(self, path: Path) -> None:
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert said
        assert said[0].isupper() or not said[0].isalpha()

    def test_lie_in_packages(self) -> None:
        folders = {path.parent for path in modules()} - {SOURCE / "migrations" / "versions"}
        assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()]

    def test_are_not_too_long(self) -> None:
        lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in code()}
        long = {name for name, lines in lengths.items() if lines > MOST_LINES and not name.startswith("tests/")}
        unexcused = long - LONGER.keys()
        assert not unexcused
        assert not LONGER.keys() - long, "excused, but short: the excuse can go"

    def test_are_named_after_what_they_hold(self) -> None:
        assert not [name_of(path) for path in code() if {path.stem, path.parent.name} & NO_ROOM]

    def test_raise_only_what_is_finished(self) -> None:
        base = {"commands/base.py"}
        found = [path for path in modules() if "raise NotImplementedError" in path.read_text(encoding="utf-8")]
        assert {str(path.relative_to(SOURCE)) for path in found} <= base


class TestWords:
    def test_nothing_is_left_for_later(self) -> None:
        assert not found_in_files(UNFINISHED)

    def test_no_path_of_somebodys_machine(self) -> None:
        assert not found_in_files(HOME)

    def test_no_address_of_elsewhere(self) -> None:
        strange = [
            f"{name_of(path)}: {host}"
            for path in tracked()
            for host in ADDRESS.findall(text_of(path))
            if not KNOWN_HOSTS.fullmatch(host)
        ]
        assert not strange

    def test_an_excuse_to_a_checker_names_the_rule_and_a_reason(self) -> None:
        bare = [
            f"{name_of(path)}:{number}"
            for path in code()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            for excuse in EXCUSE.finditer(line)
            if not (excuse["codes"] and excuse["reason"].strip(" #"))
        ]
        assert not bare

    def test_targets_that_the_papers_name_are_in_the_makefile(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        papers = [path for path in tracked() if path.suffix == ".md"]
        named = {target for path in papers for target in re.findall(r"\bmake ([a-z][a-z-]*)`", text_of(path))}
        assert named <= targets


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def found_in_files(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


class TestRegistries:
    def test_a_module_of_commands_holds_one_command_of_its_name(self) -> None:
        assert {module: [command.name for command in found] for module, found in commands().items()} == {
            module: [module] for module in commands()
        }

    def test_every_command_has_cases_and_every_case_a_command(self) -> None:
        names = {command.name for found in commands().values() for command in found}
        assert {path.stem for path in (CORPUS / "commands").glob("*.md")} == names

    def test_every_command_has_its_page(self) -> None:
        names = {command.name for found in commands().values() for command in found}
        assert {path.stem for path in (REFERENCE / "commands").glob("*.md")} - {"README"} == names

    def test_every_function_has_an_example_and_a_case(self) -> None:
        cases = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.rglob("*.md")))
        called = set(re.findall(r"\b(\w+)\(", cases))
        for members_of_family in functions.families().values():
            for member in members_of_family:
                if member.is_operator:
                    continue
                assert member.examples, f"`{member.name}` has no example"
                assert member.name in called or member.name == "count", f"no case of the corpus calls `{member.name}`"

    def test_what_commands_call_inside_is_no_function_of_queries(self) -> None:
        members = [member for family in functions.families().values() for member in family]
        assert [member.name for member in members if member.is_operator and is_callable(member.name)] == []
        assert [member.name for member in members if not member.is_operator and not is_callable(member.name)] == []

    def test_every_format_has_a_test(self) -> None:
        import trawl.formats

        tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "formats").glob("*.py"))
        names = [module.__name__.rpartition(".")[2] for module in members(trawl.formats)]
        assert not [name for name in names if not re.search(rf"\b{name}\b", tests)]

    def test_every_error_has_a_meaning_and_a_place_that_raises_it(self) -> None:
        assert set(MEANINGS) == set(Code)
        assert all(meaning.endswith(".") for meaning in MEANINGS.values())
        raised = "\n".join(text_of(path) for path in modules() if path != SOURCE / "errors.py")
        unused = [code.name for code in Code if not re.search(rf"\bCode\.{code.name}\b(?!:)", raised)]  # `:`: a table
        assert not unused

    def test_every_setting_says_what_it_is_for(self) -> None:
        assert all(definition.summary for definition in DEFINITIONS.values())
        assert all(field.description for field in Settings.model_fields.values())
        for definition in DEFINITIONS.values():
            assert definition.check(definition.default) == definition.default


def test_the_version_is_told_once() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert trawl.__version__ == settings["project"]["version"]
    assert f"## {trawl.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
