"""Paths into JSON texts: what they say, and what is told of those that cannot be read."""

from __future__ import annotations

import pytest

from trawl.errors import Code, TrawlError
from trawl.functions.jsonpath import Path, read_path


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b{}.c", ("a", "b", None, "c")),
        ("a{0}", ("a", 0)),
        ("{}", (None,)),
        ("{}{1}.a", (None, 1, "a")),
        ("'a.b'.c", ("a.b", "c")),
        (r"'it\'s'", ("it's",)),
        ("@odd name-1.b", ("@odd name-1", "b")),
        ("0.*", ("0", "*")),
    ],
)
def test_a_path_is_read(text: str, steps: Path) -> None:
    assert read_path(text) == steps


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the path is empty"),
        ("a..b", "the path `a..b` cannot be read: found `.b`, expected a name"),
        ("a.", "the path `a.` cannot be read: found the end, expected a name"),
        ("a{x}", "the path `a{x}` cannot be read: found `{x}`, expected a number or nothing between `{` and `}`"),
        ("a{}b", "the path `a{}b` cannot be read: found `b`, expected a dot or `{`"),
        ("'a", "the path `'a` cannot be read: found `'a`, expected a name"),
    ],
)
def test_a_path_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TrawlError) as caught:
        read_path(text)
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert caught.value.reason == reason
