"""Parts of a file, as HTTP asks for them and tells of them (RFC 9110, 14); `Digest` is that of RFC 3230."""

from __future__ import annotations

import base64
import re
from typing import Final

from trawl.tasks.order import Part, Whole

_ONE_RANGE: Final = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?|bytes=-(\d{1,18})")


def part_wanted(header: str | None) -> Part | None:
    """The bytes that `Range` asks for; None for all, and for what is no single range: that is to be ignored."""
    found = _ONE_RANGE.fullmatch((header or "").replace(" ", ""))
    if found is None:
        return None
    first, last, ending = found.groups()
    if ending is not None:
        return Part(-int(ending)) if int(ending) else None
    if last is not None and int(last) < int(first):
        return None
    return Part(int(first), None if last is None else int(last)) if int(first) or last is not None else None


def tag_wanted(header: str | None) -> str | None:
    """The tag of the file that a part is wanted of, as `If-Range` has it; None where it does not come."""
    return None if header is None else header.strip().removeprefix('"').removesuffix('"')


def file_headers(tag: str, whole: Whole | None, part: range | None) -> dict[str, str]:
    """What a file says of its bytes, as far as that is known before they come."""
    headers = {"ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
    if whole is not None:
        headers["Digest"] = "sha-256=" + base64.b64encode(bytes.fromhex(whole.digest)).decode()
        headers["Content-Length"] = str(whole.length if part is None else len(part))
    if whole is not None and part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{whole.length}"
    return headers
