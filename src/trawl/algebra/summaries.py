"""Relations that say what the values of columns are: profiles, and patterns of texts."""

from __future__ import annotations

from dataclasses import dataclass

from trawl.algebra.base import Unary


@dataclass(frozen=True, eq=False)
class Profile(Unary):
    """One row a column of the input: what its values are (the sidebar, `fieldsummary`).

    Columns: `field`; `type` (encoded); `count` (rows that have it); `distinct` (values, exactly; multivalues
    count each); `numeric` (how many of the values are numbers); `top` and `top_counts` (lists of at most `top`
    boxed values and their counts, most frequent first, ties by value as `sort` orders); `minimum`, `maximum`
    (boxed; of numbers and times), `average` (of numbers). Columns of which no row has a value are left out.
    Ordered by count descending, then name.

    Attributes:
        top: so many values are listed.
        deviates: whether there is a further column `deviation`: the sample standard deviation of the numbers, null
            for fewer than two, and where squares of them are beyond floats.
    """

    top: int = 10
    deviates: bool = False


@dataclass(frozen=True, eq=False)
class Templates(Unary):
    """The patterns of the texts in a column: texts that differ in a few words are one (`trawl.drain`).

    Columns: `pattern`, with `<*>` for words that vary; `count` (rows); `sample` (of the most frequent
    line of masked words the shortest text, ties by code point). Rows without a text are left out. Ordered by
    count descending, then pattern.

    Attributes:
        text: the column, which holds single texts.
        threshold: the share of words in which a text must be like a pattern to belong to it.
    """

    text: str
    threshold: float
