"""Files of lookups put into the folder by hand, or taken out of it: whole, after they could be read."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from trawl.catalog.base import is_name
from trawl.errors import Code, TrawlError, clip, meant, printable
from trawl.schema import NULL, Column, Schema
from trawl.store.conversions import Conversions, MountedFile
from trawl.store.loading import room
from trawl.store.lookups import FORMATS, Lookups
from trawl.store.replacing import locked
from trawl.store.rows import as_rows
from trawl.store.staging import sync_folder

_ENDINGS: Final = ", ".join(FORMATS)


def put(lookups: Lookups, name: str, file: Path) -> Path:
    """Makes a copy of a file a lookup, in place of what the lookup was; answers where it lies.

    Args:
        name: of the lookup, with the file's ending or without.

    Raises:
        TrawlError: `INVALID_ARGUMENT` for a name that no lookup may have, or a file whose ending is that of no
            lookup; `UNREADABLE_FILE`, `NO_ROOM`.
    """
    ending = file.suffix.lower()
    stem = name.removesuffix(ending) if ending else name
    if ending not in FORMATS or Path(stem).suffix in FORMATS:
        reason = f"`{clip(printable(file.name))}` is no file of the lookup `{clip(name)}`"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=f"the endings of lookups are {_ENDINGS}")
    if not is_name(stem + ending):
        hint = "letters, digits, `_`, `-`, `.` and `@` make a name, a letter, digit or `_` first"
        raise TrawlError(Code.INVALID_ARGUMENT, f"`{clip(name)}` is no name of a lookup", hint=hint)
    folder = lookups.folder
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / f"{stem}{ending}", folder / f".{os.getpid()}{ending}.part"
    with room(), locked(folder):
        try:
            _copy(file, part)
            _check(part, ending)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
        if stem == name:  # another ending would make it unclear which file is meant
            for other in FORMATS:
                if other != ending:
                    (folder / f"{stem}{other}").unlink(missing_ok=True)
        sync_folder(folder)
    return target


def remove(lookups: Lookups, name: str) -> Path:
    """Deletes the file of a lookup; answers where it lay. Searches that began before go on with what it held.

    Raises:
        TrawlError: `UNKNOWN_SOURCE`, and `INVALID_ARGUMENT` where the name may mean several.
    """
    if lookups.file(name) is None:
        raise unknown(lookups, name)
    with locked(lookups.folder):
        file = lookups.file(name)
        if file is None:
            raise unknown(lookups, name)
        file.unlink()
        sync_folder(lookups.folder)
    return file


def unknown(lookups: Lookups, name: str) -> TrawlError:
    """The error that there is no lookup of a name, with those that are called alike."""
    near = Schema(tuple(Column(known, NULL) for known in lookups.names())).nearest(name)
    hint = meant(near) or "`trawl lookups list` tells what there is, `trawl lookups put` makes one of a file"
    return TrawlError(Code.UNKNOWN_SOURCE, f"there is no lookup `{clip(name)}`", hint=hint)


def _copy(file: Path, part: Path) -> None:
    try:
        source = file.open("rb")
    except OSError as error:
        reason = f"`{printable(str(file))}` cannot be read: {(error.strerror or str(error)).lower()}"
        raise TrawlError(Code.UNREADABLE_FILE, reason) from error
    with source, part.open("wb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())


def _check(part: Path, ending: str) -> None:
    """Reads a file as a lookup's, so that what cannot be read takes no place."""
    found = part.stat()
    file = MountedFile(str(part), found.st_size, found.st_mtime_ns, None, FORMATS[ending])
    with tempfile.TemporaryDirectory(prefix="trawl-") as folder:
        Conversions(Path(folder), as_rows, in_place=False).read(file, lambda read: None)
