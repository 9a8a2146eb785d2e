"""What draws random numbers draws them by the place of its rows, and nobody sees how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trawl import planning
from trawl.algebra import Generate, Relation, Window, post_order
from trawl.engines.reference import Reference
from trawl.functions.chance import mixed
from trawl.testing import Events, request, search
from trawl.values import Instant


def planned(query: str, folder: Path) -> list[Relation]:
    return list(post_order(planning.plan(request(query), Events(folder)).result))


def drawn(query: str, folder: Path, now: int = 0) -> list[object]:
    wanted = replace(request(query), now=Instant(now))
    return [row["r"] for row in search(Reference(), wanted, Events(folder)).rows]


def test_the_same_search_draws_the_same_and_another_does_not(tmp_path: Path) -> None:
    query = "| makeresults count=5 | eval r=random()"
    first = drawn(query, tmp_path)
    assert first == drawn(query, tmp_path)
    assert len(set(first)) == 5
    assert not {*first} & {*drawn(query, tmp_path, now=1)}
    assert not {*first} & {*drawn(f"{query}, r=random()", tmp_path)}


def test_a_head_keeps_the_numbers_and_makes_no_more_rows_than_it_reads(tmp_path: Path) -> None:
    query = "| makeresults count=3000000000 | eval r=random() | head 3"
    relations = planned(query, tmp_path)
    assert any(isinstance(relation, Window) for relation in relations)
    assert next(relation.count for relation in relations if isinstance(relation, Generate)) == 3
    assert drawn(query, tmp_path) == drawn("| makeresults count=0000000005 | eval r=random()", tmp_path)[:3]


def test_nothing_else_is_numbered(tmp_path: Path) -> None:
    assert not any(isinstance(relation, Window) for relation in planned("| makeresults | eval r=1", tmp_path))


def test_every_bit_hangs_on_every_bit() -> None:
    for bit in range(32):
        changed = [bin(mixed(number) ^ mixed(number ^ 1 << bit)).count("1") for number in range(0, 1 << 32, 1 << 23)]
        assert 14 < sum(changed) / len(changed) < 18
