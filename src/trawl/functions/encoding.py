"""Texts in the forms that URLs and mails carry them in: percent-encoding, base64 (language.md 4)."""

from __future__ import annotations

import base64
import re
import urllib.parse
from typing import Final

from trawl.functions.base import Example, Fault, Function, fixed
from trawl.functions.coercion import text
from trawl.schema import STRING
from trawl.values import Scalar

BASE64: Final = "[A-Za-z0-9+/]*"
"""The signs of base64, once blanks, padding and the other alphabet are out of the way."""

BLANKS: Final = "\t\n\f\r "
"""The signs that may stand anywhere in a text of base64."""

_TAIL: Final = "%[89ABab][0-9A-Fa-f]"
ESCAPED: Final = "|".join(
    (
        "%[0-7][0-9A-Fa-f]",
        f"%(?:[Cc][2-9A-Fa-f]|[Dd][0-9A-Fa-f]){_TAIL}",
        f"%[Ee]0%[ABab][0-9A-Fa-f]{_TAIL}",
        f"%[Ee][1-9A-Ca-cEeFf]{_TAIL}{_TAIL}",
        f"%[Ee][Dd]%[89][0-9A-Fa-f]{_TAIL}",
        f"%[Ff]0%[9ABab][0-9A-Fa-f]{_TAIL}{_TAIL}",
        f"%[Ff][1-3]{_TAIL}{_TAIL}{_TAIL}",
        f"%[Ff]4%8[0-9A-Fa-f]{_TAIL}{_TAIL}",
    )
)
"""A regular expression of the escapes of one code point in UTF-8."""

_ESCAPED: Final = re.compile(ESCAPED)
_SIGNS: Final = str.maketrans("-_", "+/", BLANKS)


def _url_decoded(value: Scalar) -> str:
    return _ESCAPED.sub(lambda found: urllib.parse.unquote(found[0]), text(value).replace("+", " "))


def _url_encoded(value: Scalar) -> str:
    return urllib.parse.quote(text(value), safe="")


def _base64_decoded(value: Scalar) -> str:
    signs = text(value).translate(_SIGNS).rstrip("=")
    if not re.fullmatch(BASE64, signs) or len(signs) % 4 == 1:
        raise Fault("not_base64", "a text that is no base64 was found")
    try:
        return base64.b64decode(signs + "=" * (-len(signs) % 4)).decode()
    except UnicodeDecodeError:
        raise Fault("not_utf8", "bytes that are no text in UTF-8 were found") from None


def _base64_encoded(value: Scalar) -> str:
    return base64.b64encode(text(value).encode()).decode()


FUNCTIONS: Final = (
    Function(
        "base64decode",
        ("text",),
        fixed(STRING),
        _base64_decoded,
        "The text that base64 stands for, with `+/` or `-_` and with or without padding; blanks and ends of lines are "
        "passed over. Null, with a warning, of what is no base64 and of bytes that are no UTF-8.",
        examples=(
            Example('base64decode("aMOkdXNlcg==")', "häuser"),
            Example('base64decode("aMOkdXNlcg")', "häuser"),
            Example('base64decode("no base64!")', None),
        ),
    ),
    Function(
        "base64encode",
        ("text",),
        fixed(STRING),
        _base64_encoded,
        "The text's bytes in UTF-8 as base64, with `+/` and padding.",
        examples=(Example('base64encode("häuser")', "aMOkdXNlcg=="),),
    ),
    Function(
        "urldecode",
        ("text",),
        fixed(STRING),
        _url_decoded,
        "The text with escapes such as `%41` replaced by what they stand for in UTF-8, and `+` by a blank. Escapes "
        "that are broken or stand for no text stay as they are.",
        examples=(
            Example('urldecode("h%C3%A4user+%26%20so")', "häuser & so"),
            Example('urldecode("100% %zz %ff")', "100% %zz %ff"),
        ),
    ),
    Function(
        "urlencode",
        ("text",),
        fixed(STRING),
        _url_encoded,
        "The text as a value in a URL: all but letters and digits of ASCII and `-._~` as escapes, a blank as `%20`.",
        examples=(Example('urlencode("häuser & so")', "h%C3%A4user%20%26%20so"),),
    ),
)
