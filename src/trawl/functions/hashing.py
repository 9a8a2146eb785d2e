"""Numbers and digests that stand for a text: MD5, SHA, CRC (language.md 4). A text counts as its bytes in UTF-8."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

from trawl.functions.base import Example, Function, fixed
from trawl.functions.coercion import text
from trawl.schema import INTEGER, STRING
from trawl.values import Scalar


def _digest(name: str, title: str, *examples: Example) -> Function:
    def evaluate(value: Scalar) -> str:
        return hashlib.new(name, text(value).encode(), usedforsecurity=False).hexdigest()

    return Function(
        name,
        ("text",),
        fixed(STRING),
        evaluate,
        f"The {title} digest of the text, in small hexadecimal digits.",
        examples=examples,
    )


FUNCTIONS: Final = (
    Function(
        "crc32",
        ("text",),
        fixed(INTEGER),
        lambda value: zlib.crc32(text(value).encode()),
        "The CRC-32 checksum of the text, as ZIP and PNG have it.",
        examples=(Example('crc32("123456789")', 3421780262), Example('crc32("")', 0)),
    ),
    _digest("md5", "MD5", Example('md5("abc")', "900150983cd24fb0d6963f7d28e17f72")),
    _digest("sha1", "SHA-1", Example('sha1("abc")', "a9993e364706816aba3e25717850c26c9cd0d89d")),
    _digest(
        "sha256",
        "SHA-256",
        Example('sha256("abc")', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ),
    _digest(
        "sha512",
        "SHA-512",
        Example(
            'sha512("abc")',
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ),
)
