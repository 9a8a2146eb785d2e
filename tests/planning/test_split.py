"""A plan is cut as high as the engine can, and what is left reads the engine's rows under a name."""

from dataclasses import dataclass

from trawl.algebra import Filter, Given, Join, Relation, Reverse, Rows, Slice, post_order
from trawl.expr import Literal
from trawl.planning import split
from trawl.schema import STRING, Column, Schema

SCHEMA = Schema((Column("host", STRING),))


@dataclass
class Without:
    """An engine that runs everything but some relations."""

    cannot: tuple[type[Relation], ...]

    def can(self, relation: Relation) -> bool:
        return not isinstance(relation, self.cannot)


def pipeline() -> Relation:
    rows = Rows((("a",),), schema=SCHEMA)
    kept = Filter(rows, Literal(True), schema=SCHEMA)
    return Slice(Reverse(kept, schema=SCHEMA), 3, schema=SCHEMA)


def test_an_engine_that_can_all_leaves_nothing_local() -> None:
    root = pipeline()
    cut = split(root, Without(()))
    assert cut.remote == (("result", root),)
    assert cut.local is None


def test_everything_above_what_the_engine_cannot_is_local() -> None:
    cut = split(pipeline(), Without((Reverse,)))
    assert [type(relation) for _, relation in cut.remote] == [Filter]
    assert cut.local is not None
    assert [type(relation) for relation in post_order(cut.local)] == [Given, Reverse, Slice]


def test_a_leaf_that_the_engine_cannot_is_run_locally_whole() -> None:
    cut = split(pipeline(), Without((Rows,)))
    assert cut.remote == ()
    assert cut.local is not None
    assert [type(relation) for relation in post_order(cut.local)] == [Rows, Filter, Reverse, Slice]


def test_both_sides_of_a_join_go_to_the_engine_where_the_join_itself_cannot() -> None:
    left, right = pipeline(), pipeline()
    cut = split(Join(left, right, (("host", "host"),), schema=SCHEMA), Without((Join,)))
    assert [name for name, _ in cut.remote] == ["remote0", "remote1"]
    assert {relation for _, relation in cut.remote} == {left, right}


def test_an_input_read_twice_is_sent_once() -> None:
    shared = pipeline()
    cut = split(Join(shared, shared, (("host", "host"),), schema=SCHEMA), Without((Join,)))
    assert len(cut.remote) == 1


def test_a_chain_of_thousands_is_cut_without_recursion() -> None:
    root: Relation = Rows((), schema=SCHEMA)
    for _ in range(5_000):
        root = Reverse(root, schema=SCHEMA)
    assert split(root, Without((Slice,))).local is None
