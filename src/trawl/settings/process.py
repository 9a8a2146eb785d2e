"""Settings that a process starts with: from `TRAWL_…` in the environment, else `trawl.toml` in the data folder."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import psutil
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from trawl.errors import Code, TrawlError

MEBIBYTE = 1 << 20


def default_data() -> Path:
    """The data folder where none is named: one of the user's own."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "trawl"


class Mount(BaseModel):
    """Files that are a source without being loaded.

    Attributes:
        files: a glob, absolute or from the data folder.
        format: what is in them; `auto` goes by the name's ending.
        time_field: the field that holds each event's time; None: the first of the usual names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: str
    format: Literal["auto", "parquet", "ndjson", "csv"] = "auto"
    time_field: str | None = None


class Macro(BaseModel):
    """A text that queries call by name, between backticks.

    Attributes:
        definition: the text, in which `$name$` stands for the argument of that name.
        args: names of the arguments, in order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    definition: str
    args: tuple[Annotated[str, Field(pattern=r"^\w+$")], ...] = ()


def _macro(value: object) -> object:
    """A macro without arguments may be written as its text alone."""
    return {"definition": value} if isinstance(value, str) else value


class Lookup(BaseModel):
    """How the rows of a lookup are found. Without an entry of its own a lookup compares as `==` does.

    Attributes:
        match: for a field of the lookup how it is compared: `exact`, `wildcard` (its values are patterns with `*`) or
            `cidr` (its values are networks).
        case: whether capital and small letters are told apart.
        max_matches: how many rows count of those that match an event, from the first of the file on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: dict[str, Literal["exact", "wildcard", "cidr"]] = Field(default_factory=dict)
    case: bool = True
    max_matches: Annotated[int, Field(ge=1, le=1000)] = 10


class Settings(BaseSettings):
    """What a process of Trawl is told at its start."""

    model_config = SettingsConfigDict(env_prefix="TRAWL_", extra="forbid", frozen=True)

    data: Path = Field(default_factory=default_data, description="The data folder.")
    database: str | None = Field(None, description="Address of the database; None: `trawl.db` in the data folder.")
    host: str = Field("127.0.0.1", description="The address that the server binds to.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(7717, description="The port; 0 picks a free one.")
    base_path: str = Field("", description="A leading path under which the API answers too.")
    mounts: dict[str, Mount] = Field(default_factory=dict, description="Mounted sources by name.")
    macros: dict[Annotated[str, Field(pattern=r"^[\w.-]+$")], Annotated[Macro, BeforeValidator(_macro)]] = Field(
        default_factory=dict, description="Texts that queries call by name, between backticks."
    )
    lookups: dict[str, Lookup] = Field(
        default_factory=dict, description="How the rows of lookups are found, by the name of the lookup."
    )
    geoip: Path | None = Field(
        None, description="The database of `iplocation`, a file in the MaxMind format; relative to the data folder."
    )
    memory_bytes: int = Field(
        default_factory=lambda: psutil.virtual_memory().total * 6 // 10,
        ge=256 * MEBIBYTE,
        description="Memory for all searches together; a worker gets its share of it.",
    )
    threads: int = Field(
        default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, description="Threads that one search may use."
    )
    max_exports: int = Field(
        default_factory=lambda: 2 * len(os.sched_getaffinity(0)),
        ge=1,
        description="Exports that are made at the same time; more are refused. By default two a processor.",
    )

    @classmethod
    def load(cls, data: Path | None = None, **overrides: Any) -> Settings:
        """Reads the settings: arguments first, then the environment, then the data folder's `trawl.toml`.

        Raises:
            TrawlError: `INVALID_SETTING` where the file or a value cannot be read.
        """
        if data is not None:
            overrides["data"] = data
        folder = Path(overrides.get("data") or os.environ.get("TRAWL_DATA") or default_data()).expanduser().absolute()
        overrides["data"] = folder
        file = folder / "trawl.toml"
        try:
            written = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
            from_environment = {name for name in cls.model_fields if f"TRAWL_{name.upper()}" in os.environ}
            merged = {key: value for key, value in written.items() if key not in from_environment} | overrides
            return cls(**merged)
        except ValueError as error:  # pydantic's and tomllib's errors are both
            raise TrawlError(Code.INVALID_SETTING, f"the settings could not be read: {error}", hint=file.name) from None
