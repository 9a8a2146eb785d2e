"""What a downloaded file is called, and how HTTP says so (api.md 8, RFC 6266)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from trawl.errors import Code, TrawlError

LONGEST: Final = 200
"""Bytes of a name in UTF-8; file systems take 255, and extensions follow."""

_REFUSED: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of control characters, of invisible ones that reorder text, and of halves of characters."""
_UNUSUAL: Final = re.compile(r'[<>:"|?*]')
"""Signs that some file systems do not take."""
_DEVICES: Final = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)")


def file_name(wanted: str, extension: str, *, is_partial: bool = False) -> str:
    """The name of the file: as wanted but for signs that not all disks take, with its extension.

    Args:
        wanted: as the request has it. extension: with its dot; appended unless the name ends in it.
        is_partial: whether the name tells that the file is made of a result that is not whole.

    Raises:
        TrawlError: `MALFORMED_REQUEST` if it is a path, has a control character, is too long, or if nothing
            is left of it.
    """
    if "/" in wanted or "\\" in wanted:
        raise _refused("is a path, a name alone is expected")
    if any(unicodedata.category(sign) in _REFUSED for sign in wanted):
        raise _refused("has a control character")
    stem = _UNUSUAL.sub("_", unicodedata.normalize("NFC", wanted)).strip()
    if stem.lower().endswith(extension):
        stem = stem[: -len(extension)]
    stem = stem.strip(". ")
    if not stem.strip("_"):
        raise _refused("has nothing in it that a file could be called")
    if len(stem.encode()) > LONGEST:
        raise _refused(f"is longer than {LONGEST} bytes")
    if _DEVICES.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    return stem + (".partial" if is_partial else "") + extension


def content_disposition(name: str) -> str:
    """The header that makes a browser save a file under a name, in any script."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _refused(why: str) -> TrawlError:
    return TrawlError(Code.MALFORMED_REQUEST, f"the file's name {why}", hint="such as `my_file`")
