"""RE2's syntax in Python: what is spelled otherwise, what is refused."""

import pytest

from trawl.errors import Code, TrawlError
from trawl.functions.regex import compile_re2


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"a$", "a\n", None),  # `$` is the end of the text, not of its last line
        (r"(?m)a$", "a\nb", "a"),
        (r"^b", "a\nb", None),
        (r"(?m)^b", "a\nb", "b"),
        (r"\Aa\z", "a", "a"),
        (r"\d+", "x٣4", "4"),
        (r"\w+", "é_1", "_1"),
        (r"[\w.]+", "é a.b", "a.b"),
        (r"\s", "\v", None),
        (r"[^\S\n]+", "a\n \t", " \t"),
        (r"[^\d\W]+", "1ab2", "ab"),
        (r"\bx\b", "é x", "x"),
        (r"\Qa.b*\E+", "a.b**", "a.b**"),
        (r"\pL+", "1äß2", "äß"),
        (r"\PL+", "a1b", "1"),
        (r"\p{Lu}", "aÄ", "Ä"),
        (r"[\p{Lu}0-9]+", "aÄ1b", "Ä1"),
        (r"\p{^L}", "a1", "1"),
        (r"[[:alpha:]]+", "1ab", "ab"),
        (r"[[:^alpha:]]+", "ab1-", "1-"),
        (r"(?<first>a)(?P<second>b)", "ab", "ab"),
        (r"a(?i)b|c", "C", "C"),  # a flag holds up to the end of the group around, over `|` too
        (r"(a(?i)b)c", "aBC", None),
        (r"(?i:A)B", "aB", "aB"),
        (r"(?-i:a)", "A", None),
        (r"(?s).", "\n", "\n"),
        (r".", "\n", None),
        (r"\x41\x{1F600}", "A😀", "A😀"),
        (r"\101", "A", "A"),
        (r"[]a]+", "]a", "]a"),
        (r"[^]a]", "]b", "b"),
        (r"[a\]b]+", "a]b", "a]b"),
        (r"[+--]", "-", "-"),
        (r"\.\-\/\_", ".-/_", ".-/_"),
        (r"a{2,3}?", "aaa", "aa"),
        (r"a{,2}", "aa", None),  # no repetition
        (r"a{,2}", "a{,2}", "a{,2}"),
        (r"a{x}{", "a{x}{", "a{x}{"),
        (r"a{01}", "a", None),
        (r"a{,3}", "aa{,3}", "a{,3}"),  # no repetition without a number before the comma
        (r"{\w+}", "a {b} c", "{b}"),
    ],
)
def test_means_what_it_means_to_re2(pattern: str, text: str, found: str | None) -> None:
    match = compile_re2(pattern).search(text)
    assert (match[0] if match else None) == found


@pytest.mark.parametrize("opening", ["(", "(?:", "(?i:(?s)"])
def test_groups_nest_a_hundred_deep(opening: str) -> None:
    pattern = compile_re2(opening * 100 + "a" + ")" * 100)
    assert pattern.search("ba")


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)",
        "(?!a)",
        "a{1001}",
        "a{1,1001}",
        "a{" + "9" * 5000 + "}",
        "(?<=a)",
        "(?<!a)",
        "(?P=n)",
        r"(a)\1",
        "(?>a)",
        "a++",
        "(",
        "a)",
        "[a",
        "*a",
        r"\pX",
        r"\h",
        "(?#c)",
        "(a{100}){11}",
        r"\pL{1000}",
        "(?<a>x)(?<a>y)",
        "(?<a.b>x)",
        "(?<1>x)",
        "[b-a]",
        "a{2,1}",
    ],
)
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(TrawlError) as caught:
        compile_re2(pattern)
    assert caught.value.code is Code.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?<a.b>x)", "the name of a group has a sign that names may not have"),
        ("(?<a>x)(?<a>y)", "two groups have one name"),
        ("a**", "what is repeated is a repetition"),
        ("a{1001}", "its repetitions make it too large"),
        ("(" * 101 + "a" + ")" * 101, "groups nest more than 100 deep"),
        ("(?i:" * 100_000, "groups nest more than 100 deep"),
    ],
)
def test_what_is_refused_is_told_in_our_words(pattern: str, said: str) -> None:
    with pytest.raises(TrawlError, match=said):
        compile_re2(pattern)
