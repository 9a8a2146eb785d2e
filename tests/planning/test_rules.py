"""The rewrites: what they take away, and what they must leave."""

from dataclasses import replace

from trawl.algebra import (
    Aggregate,
    Extend,
    Filter,
    Generate,
    Measure,
    Profile,
    Project,
    Relation,
    Reverse,
    Scan,
    Slice,
    Sort,
    SortKey,
    Union,
    Window,
    post_order,
)
from trawl.errors import Notice
from trawl.expr import Call, Expr, Field, Literal, rewrite
from trawl.planning.bind import bind
from trawl.planning.rules import improve, merge, prune, sink, skip
from trawl.schema import BOOLEAN, INTEGER, STRING, TIME, Column, Schema
from trawl.values import Instant

EVENTS = Schema((Column("@timestamp", TIME), Column("host", STRING), Column("port", INTEGER), Column("user", STRING)))


def scan() -> Scan:
    return Scan(("web",), "@timestamp", Instant(0), Instant(10), schema=EVENTS)


def scanned(root: Relation) -> tuple[str, ...] | None:
    (found,) = (relation for relation in post_order(root) if isinstance(relation, Scan))
    assert found.columns.names == (found.only or EVENTS.names)
    return found.only


def is_host(name: str) -> Call:
    return Call("eq", (Field("host"), Literal(name)))


def test_a_count_by_host_reads_host_alone() -> None:
    root = bind(Aggregate(scan(), (("host", Field("host")),), (Measure("count", (), "count"),)))
    assert scanned(improve(root)) == ("host",)


def test_a_filter_below_a_projection_keeps_the_field_that_it_reads() -> None:
    root = bind(Project(Filter(scan(), is_host("a")), (("who", "user"),)))
    improved = improve(root)
    assert scanned(improved) == ("host", "user")
    assert improved.columns.names == ("who",)


def test_the_result_itself_needs_all_columns() -> None:
    assert scanned(improve(bind(Filter(scan(), is_host("a"))))) is None


def test_a_measure_that_nothing_reads_is_dropped() -> None:
    measures = (Measure("count", (), "count"), Measure("values", (Field("user"),), "users"))
    counted = Aggregate(scan(), (("host", Field("host")),), measures)
    improved = improve(bind(Project(counted, (("host", "host"), ("count", "count")))))
    assert scanned(improved) == ("host",)


def test_a_deviation_that_nothing_reads_is_not_computed() -> None:
    described = bind(Profile(scan(), deviates=True))
    told = improve(bind(Project(described, (("field", "field"), ("mean", "average")))))
    assert [relation.deviates for relation in post_order(told) if isinstance(relation, Profile)] == [False]
    assert [relation.deviates for relation in post_order(improve(described)) if isinstance(relation, Profile)] == [True]


def test_an_assignment_that_nothing_reads_is_dropped() -> None:
    extended = Extend(scan(), (("unused", Field("user")), ("used", Field("port"))))
    improved = improve(bind(Project(extended, (("used", "used"),))))
    (left,) = (relation for relation in post_order(improved) if isinstance(relation, Extend))
    assert [name for name, _ in left.assignments] == ["used"]
    assert scanned(improved) == ("port",)


def test_a_column_replaced_from_itself_is_still_read() -> None:
    extended = Extend(scan(), (("port", Call("add", (Field("port"), Literal(1)))),))
    assert scanned(improve(bind(Project(extended, (("port", "port"),))))) == ("port",)


def test_a_sort_keeps_its_keys() -> None:
    root = bind(Project(Slice(Sort(scan(), (SortKey(Field("port")),)), 5), (("host", "host"),)))
    assert scanned(improve(root)) == ("host", "port")


def test_what_has_types_is_not_given_them_again() -> None:
    root = bind(Project(Filter(scan(), is_host("a")), (("who", "user"),)))
    before, after = (
        next(relation for relation in post_order(plan) if isinstance(relation, Filter))
        for plan in (root, improve(root))
    )
    assert after.condition is before.condition
    assert after.columns.names == ("host", "user")


def test_filters_over_filters_become_one() -> None:
    merged = merge.apply(bind(Filter(Filter(scan(), is_host("a")), is_host("b"))))
    assert isinstance(merged, Filter)
    assert isinstance(merged.input, Scan)


def test_what_filters_become_is_bound_like_they_were() -> None:
    merged = merge.apply(bind(Filter(Filter(scan(), is_host("a")), is_host("b"))))
    assert isinstance(merged, Filter)
    assert merged.condition.type == BOOLEAN
    assert merged.columns.names == EVENTS.names


def test_what_loses_nothing_is_left_as_it_is() -> None:
    root = bind(Sort(Filter(scan(), is_host("a")), (SortKey(Field("port")),)))
    assert prune.apply(root) is root


def test_slices_over_slices_become_one_with_the_same_rows() -> None:
    rows = list(range(20))
    for first_count, first_offset in ((10, 0), (10, 5), (None, 3)):
        for count, offset in ((4, 0), (20, 2), (None, 8), (5, 9)):
            root = Slice(Slice(scan(), first_count, first_offset), count, offset)
            merged = merge.apply(bind(root))
            assert isinstance(merged, Slice)
            assert not isinstance(merged.input, Slice)
            below = rows[first_offset:][:first_count]
            expected = below[offset:][:count]
            assert rows[merged.offset :][: merged.count] == expected


def test_a_slice_that_says_what_it_cuts_off_is_merged_only_where_nobody_would_have_seen_it() -> None:
    kept = Slice(scan(), 10, notice=Notice("sort_limit", "cut"))
    unseen = merge.apply(bind(Slice(kept, 4, 6)))
    assert isinstance(unseen, Slice)
    assert (unseen.count, unseen.offset, unseen.notice) == (4, 6, None)
    assert isinstance(unseen.input, Scan)
    for above in (Slice(kept, 5, 6), Slice(kept, None, 1)):
        merged = merge.apply(bind(above))
        assert isinstance(merged, Slice)
        assert isinstance(merged.input, Slice)
        assert merged.input.notice == kept.notice


def kinds(root: Relation) -> list[type[Relation]]:
    """The relations from the top down."""
    return [type(relation) for relation in reversed(list(post_order(root)))]


def test_a_slice_meets_one_that_says_what_it_cuts_off_below_what_keeps_all_rows() -> None:
    kept = Slice(Sort(scan(), (SortKey(Field("port")),)), 10, notice=Notice("sort_limit", "cut"))
    named = Project(Extend(kept, (("next", Call("add", (Field("port"), Literal(1)))),)), (("next", "next"),))
    improved = improve(bind(Slice(named, 4)))
    assert kinds(improved) == [Project, Extend, Slice, Sort, Scan]
    assert improved.columns.names == ("next",)
    assert [relation.notice for relation in post_order(improved) if isinstance(relation, Slice)] == [None]
    told = improve(bind(Slice(named, 40)))
    assert [relation.notice for relation in post_order(told) if isinstance(relation, Slice)] == [kept.notice, None]


def test_slices_keep_their_order_on_their_way_down() -> None:
    first = Slice(Project(scan(), (("host", "host"),)), 5, 2)
    sunk = sink.apply(bind(Slice(Extend(first, (("a", Field("host")),)), 3, 1)))
    assert kinds(sunk) == [Extend, Project, Slice, Slice, Scan]
    assert [(s.count, s.offset) for s in post_order(sunk) if isinstance(s, Slice)] == [(5, 2), (3, 1)]
    assert sunk.columns.names == ("host", "a")


def test_a_slice_from_the_first_row_on_sinks_through_numbers() -> None:
    numbered = Window(scan(), (), (Measure("row_number", (), "n"),), frame="running")
    first = Slice(Extend(numbered, (("a", Field("n")),)), 5)
    assert kinds(sink.apply(bind(first))) == [Extend, Window, Slice, Scan]
    later = Extend(Slice(first, 3, 1), (("b", Field("n")),))
    assert kinds(sink.apply(bind(later))) == [Extend, Extend, Slice, Slice, Window, Scan]
    again = Window(Slice(Extend(scan(), (("a", Field("port")),)), 2, 1), (), (Measure("row_number", (), "m"),))
    assert kinds(sink.apply(bind(Slice(again, 3, 1)))) == [Slice, Window, Extend, Slice, Scan]


def test_a_slice_stays_above_what_drops_adds_or_moves_rows() -> None:
    for below in (Filter(scan(), is_host("a")), Sort(scan(), (SortKey(Field("port")),)), Reverse(scan())):
        assert kinds(sink.apply(bind(Slice(below, 3))))[:2] == [Slice, type(below)]


def test_a_thousand_slices_sink_through_as_many_extensions() -> None:
    root: Relation = scan()
    for number in range(1_000):
        root = Slice(Extend(root, ((f"a{number % 5}", Field("port")),)), 2_000 - number)
    improved = improve(bind(root))
    (left,) = (relation for relation in post_order(improved) if isinstance(relation, Slice))
    assert left.count == 1_001
    assert isinstance(left.input, Scan)


def test_rows_that_are_only_counted_keep_one_column() -> None:
    root = bind(Aggregate(Project(scan(), (("who", "user"), ("port", "port"))), (), (Measure("count", (), "count"),)))
    improved = improve(root)
    assert scanned(improved) == ("user",)
    assert all(relation.columns.names for relation in post_order(improved))


def test_no_more_rows_are_generated_than_a_slice_reads() -> None:
    improved = improve(bind(Slice(Generate(5_000_000_000, "@timestamp", Instant(0)), 2, 3)))
    (made,) = (relation for relation in post_order(improved) if isinstance(relation, Generate))
    assert made.count == 5


# --- what scans are told -----------------------------------------------------------------------------------


def term(text: str, *names: str) -> Call:
    return Call("search_text", (Literal(text), *map(Field, names or ("host", "user"))))


def value(name: str, text: str) -> Call:
    return Call("search_eq", (Field(name), Literal(text)))


def told(root: Relation) -> Expr | None:
    (found,) = (relation for relation in post_order(improve(bind(root))) if isinstance(relation, Scan))
    return None if found.where is None else rewrite(found.where, lambda node: replace(node, type=None))


def test_a_scan_is_told_what_the_filter_above_it_asks_for() -> None:
    both = Call("and", (term("a"), Call("or", (value("host", "b"), value("user", "c")))))
    assert told(Filter(scan(), both)) == both
    assert told(Aggregate(Filter(scan(), term("a")), (), (Measure("count", (), "count"),))) == term("a")
    assert told(Filter(Filter(scan(), term("a")), term("b"))) == Call("and", (term("a"), term("b")))


def test_names_between_a_filter_and_its_scan_are_followed() -> None:
    renamed = Project(Project(scan(), (("who", "user"), ("host", "host"))), (("whoever", "who"),))
    assert told(Filter(renamed, term("a", "whoever"))) == term("a", "user")


def test_what_a_scan_is_told_holds_of_every_event_that_the_filter_keeps() -> None:
    nothing = Call("not", (term("a"),))
    above = Call("search_gt", (Field("port"), Literal(5)))
    assert told(Filter(scan(), nothing)) is None
    assert told(Filter(scan(), Call("or", (term("a"), nothing)))) is None
    assert told(Filter(scan(), Call("and", (nothing, above, term("a"))))) == term("a")
    assert told(Filter(scan(), Call("or", (Call("and", (above, term("a"))), term("b"))))) == Call(
        "or", (term("a"), term("b"))
    )


def test_a_scan_is_told_nothing_where_other_events_count_too() -> None:
    assert told(Filter(replace(scan(), newest=5), term("a"))) is None
    assert told(Filter(Slice(scan(), 5), term("a"))) is None
    computed = Extend(scan(), (("user", Call("lower", (Field("host"),))),))
    assert told(Filter(computed, term("a"))) is None


def test_faults_of_events_that_are_not_read_would_not_be_counted() -> None:
    at_fault = Call("gt", (Call("tonumber", (Field("host"),)), Literal(5)))
    assert told(Filter(scan(), Call("and", (term("a"), at_fault, term("b"))))) == term("a")
    assert told(Filter(scan(), Call("and", (at_fault, term("b"))))) is None
    assert told(Filter(scan(), Call("or", (at_fault, term("b"))))) is None


def test_a_scan_is_told_nothing_that_takes_long_to_look_up() -> None:
    many = Call("search_in", (Field("host"), *(Literal(str(n)) for n in range(skip.MOST_VALUES + 1))))
    assert told(Filter(scan(), many)) is None
    assert told(Filter(scan(), replace(many, arguments=many.arguments[:-1]))) is not None


def test_only_the_filter_s_own_scan_is_told() -> None:
    shared = scan()
    root = improve(bind(Union((Filter(shared, term("a")), shared))))
    wheres = [relation.where for relation in post_order(root) if isinstance(relation, Scan)]
    assert len(wheres) == 2
    assert wheres.count(None) == 1
