"""What is JSON for DuckDB, which takes more for it than RFC 8259 does, is what is JSON for the reference."""

from __future__ import annotations

import duckdb
import pytest

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.spelling.json import is_valid_json
from trawl.functions import jsontext

TEXTS = (
    *(
        "[NaN]",
        "nan",
        " NaN ",
        "-Infinity",
        "[-inf,1]",
        '{"a": Infinity }',
        "[1, nan ]",
        "[inf\n]",
        "+inf",
        '{"a":-NaN}',
    ),
    *("[1,2,]", '{"a":1,}', "[1 , \n]", "[,]", "{,}", '["nan,", "a, ]"]', '{"nan":1}', '"\\"nan, ]"', '["\\\\",nan]'),
    *(
        "[1e400]",
        "-0",
        "01",
        "1.",
        ".5",
        "+1",
        "0x1",
        "",
        " ",
        "\ufeff1",
        "\u00a01",
        "\f1",
        "[1 2]",
        "1 2",
        "null",
        "True",
    ),
    *(
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\x"',
        '"\t"',
        '"\x7f"',
        "'a'",
        "{a:1}",
        "[1] // no",
        '{"a":1,"a":2}',
        "\ttrue\r\n",
    ),
)


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_both_agree(text: str) -> None:
    try:
        jsontext.read(text)
        expected = True
    except ValueError:
        expected = False
    with duckdb.connect() as connection:
        (found,) = (
            connection.execute(f"SELECT {is_valid_json('x')} FROM (SELECT {sql.text(text)} AS x)").fetchone() or ()
        )
    assert found is expected
