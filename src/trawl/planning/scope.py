"""What a command may ask while it lowers itself: the clock, the range, limits, the events of sources, subqueries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trawl import wildcards
from trawl.algebra import Extend, Filter, Given, Relation, Rows, Scan, Slice, Sort, SortKey, Union
from trawl.catalog.base import LOOKUP, PLACES, Catalog, Source, is_name
from trawl.commands.base import SourceClause, Table, ToIndex, ToLookup
from trawl.errors import Code, Notice, Span, TrawlError, clip, meant
from trawl.expr import Call, Field, Literal
from trawl.functions.documents import RAW
from trawl.language.names import Written
from trawl.language.time import resolve
from trawl.language.tree import Query
from trawl.planning.plan import Answers, Request
from trawl.planning.rules import improve
from trawl.planning.typing import placed
from trawl.planning.unknown import note_unknown
from trawl.schema import NULL, TIME, Column, Schema, Type
from trawl.values import Instant, TimeRange, Value


@dataclass
class QueryScope:
    """The scope of one query or subquery while it is planned. `source` narrows its range.

    Attributes:
        notice: where warnings go.
        nested: lowers the commands of a query over what they begin with, within a scope.
        answers: runs what has to be known before planning can go on; None where the query is only looked at.
        sources: names of all that are read, by the queries around and within this one too.
        are_events: whether no command so far has replaced the events, so that `_raw` is known of each.
        tables: those of lookups, and of the database of places.
        is_nested: whether it is that of a subquery.
        outputs: what is to be written once the search has completed.
        command: the name of the one that is lowered.
    """

    request: Request
    catalog: Catalog
    notice: Callable[[Notice], None]
    nested: Callable[[Query, Relation, QueryScope], Relation]
    answers: Answers | None = None
    range: TimeRange = field(init=False)
    time_field: str = field(init=False)
    sources: list[str] = field(default_factory=list)
    are_events: bool = True
    tables: list[str] = field(default_factory=list)
    is_nested: bool = False
    outputs: list[ToLookup | ToIndex] = field(default_factory=list)
    command: str = ""

    def __post_init__(self) -> None:
        self.range = self.request.range
        self.time_field = self.request.time_field

    @property
    def now(self) -> Instant:
        """The task's clock."""
        return self.request.now

    @property
    def zone(self) -> str:
        """IANA name of the time zone."""
        return self.request.zone

    def limit(self, name: str) -> int:
        """A limit out of the cluster settings, by its key without `sme.core.`."""
        return int(self.request.limits[f"sme.core.{name}"])

    def warn(self, code: str, message: str, span: Span | None = None) -> None:
        """Leaves a warning for the log and the answer."""
        self.notice(Notice(code, message, span))

    def note_unknown(self, field: Field, known: Schema) -> None:
        """Warns of a field that no event has; raises `UNKNOWN_FIELD` if the request is strict."""
        if field.name == RAW and self.are_events:
            return
        is_strict, command = self.request.strict, self.command
        note_unknown(field, known, self.time_field, self.notice, is_strict=is_strict, command=command)

    def subquery(self, query: Query) -> Relation:
        """The rows of a subquery, bound: as many as one may give, with a warning if it has more.

        Where only the data tells its columns it is run, and its rows are kept.
        """
        inner = QueryScope(
            self.request,
            self.catalog,
            self.notice,
            self.nested,
            self.answers,
            self.sources,
            tables=self.tables,
            is_nested=True,
        )
        found = self.nested(query, Rows((), schema=Schema()), inner)
        most = self.limit("max_subsearch_hits_count")
        notice = Notice(
            "subquery_limit_reached", f"the subquery has more than {most:,} rows; the first ones are used", query.span
        )
        limited = Slice(found, most, notice=notice, schema=found.columns)
        return limited if self.answers is None else self.known(limited)

    def through(self, query: Query, upstream: Relation) -> Relation:
        """What further commands make of rows, bound."""
        return self.nested(query, upstream, self)

    def rows(self, query: Query) -> Sequence[Mapping[str, Value]] | None:
        """The rows of a subquery; None where the query is only looked at."""
        found = self.subquery(query)
        return None if self.answers is None else self.answers.rows(improve(found))

    def known(self, relation: Relation) -> Relation:
        """A relation whose columns are known: where only the data tells them, it is run and its rows are kept."""
        if self.answers is None or not relation.columns.open:
            return relation
        return self.answers.keep(improve(relation))

    def lookup(self, name: Written) -> Table:
        """The rows of a lookup, in the order of its file.

        Raises:
            TrawlError: `UNKNOWN_SOURCE`, `INVALID_ARGUMENT` where the name may mean several, `UNREADABLE_FILE`.
        """
        with placed(name.span):
            found = self.catalog.source(LOOKUP + name.text)
            if found is None or found.rules is None:
                raise _unknown_lookup(name.text, self.catalog.lookups())
        self._reads(found.name)
        leaf = Given(found.name, schema=found.schema)
        return Table(leaf, found.rules.how, found.rules.folds, found.rules.most)

    def places(self) -> str:
        """The name of the database of places.

        Raises:
            TrawlError: `INVALID_SETTING` where there is none, `UNREADABLE_FILE`.
        """
        if self.catalog.source(PLACES) is None:
            hint = 'the setting `geoip` names a file in the MaxMind format: `geoip = "GeoLite2-City.mmdb"`'
            raise TrawlError(Code.INVALID_SETTING, "there is no database of places", hint=hint)
        self._reads(PLACES)
        return PLACES

    def write(self, target: ToLookup | ToIndex, span: Span) -> None:
        """Has rows written once the search has completed.

        Raises:
            TrawlError: `WRONG_POSITION` in a subquery; `INVALID_ARGUMENT` for a name that nothing may have, or that
                several lookups may mean; `INVALID_INDEX_NAME` for a mounted source.
        """
        if self.is_nested:
            raise TrawlError(Code.WRONG_POSITION, "a subquery writes nothing", hint="it stands outside the brackets")
        is_lookup = isinstance(target, ToLookup)
        name = target.name if isinstance(target, ToLookup) else target.index
        if not is_name(name):
            reason = f"`{clip(name)}` is no name of {'a lookup' if is_lookup else 'an index'}"
            hint = "letters, digits, `_`, `-`, `.` and `@` make a name, a letter, digit or `_` first"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=span)
        with placed(span):
            found = self.catalog.source(LOOKUP + name if is_lookup else name)
            if found is not None and found.is_mounted:
                reason = f"`{clip(name)}` is a mounted source, which nothing can be loaded into"
                raise TrawlError(Code.INVALID_INDEX_NAME, reason)
        self.outputs.append(target)

    def _reads(self, table: str) -> None:
        if table not in self.tables:
            self.tables.append(table)

    def scan(self, source: SourceClause) -> Relation:
        """The events of a `source` command, newest first.

        Raises:
            TrawlError: `UNKNOWN_SOURCE` for an exact name that does not exist, `INVALID_TIME`.
        """
        wanted = source.time_field
        self.time_field = wanted.text if wanted else self.time_field
        self.range = self._narrowed(source)
        found = self._resolve(source)
        self.sources.extend(item.name for item in found if item.name not in self.sources)
        if not found:
            return Rows((), schema=Schema((Column(self.time_field, TIME),)))
        alike: dict[str, list[Source]] = {}
        for item in found:
            alike.setdefault(item.time_field, []).append(item)
        if list(alike) == [self.time_field]:
            return self._scan(found, self.time_field, self.range, source.newest, source.span)
        parts = [
            self._scan(group, name, self.range, source.newest, source.span)
            if name == self.time_field
            else self._scan_by_other_field(group, name, source)
            for name, group in alike.items()
        ]
        merged = parts[0] if len(parts) == 1 else Union(tuple(parts))
        newest_first = Sort(merged, (SortKey(Field(self.time_field), descending=True),))
        return newest_first if source.newest is None else Slice(newest_first, source.newest)

    def _scan(
        self, sources: list[Source], time_field: str, within: TimeRange, newest: int | None, span: Span | None
    ) -> Scan:
        names = tuple(item.name for item in sources)
        schema = _merged(sources, time_field)
        if schema.open:
            unread = ", ".join(f"`{item.name}`" for item in sources if item.schema.open)
            self.warn("unread_source", f"{unread} is read when a search begins; its fields are checked then", span)
        return Scan(names, time_field, within.start, within.end, newest, span=span, schema=schema)

    def _scan_by_other_field(self, sources: list[Source], own: str, source: SourceClause) -> Relation:
        """Events whose own time is in another field than the one asked for: parse that one, then cut the range."""
        everything = self._scan(sources, own, TimeRange(_FIRST, _LAST), None, source.span)
        read = source.time_field.field if source.time_field else Field(self.time_field)
        parsed = Extend(everything, ((self.time_field, Call("to_time", (read,), read.span)),))
        within = Call(
            "and",
            (
                Call("ge", (Field(self.time_field), Literal(self.range.start))),
                Call("lt", (Field(self.time_field), Literal(self.range.end))),
            ),
        )
        return Filter(parsed, within)

    def _narrowed(self, source: SourceClause) -> TimeRange:
        start, end = self.range.start, self.range.end
        if source.earliest:
            start = resolve(source.earliest[0], self.now, self.zone, source.earliest[1])
        if source.latest:
            end = resolve(source.latest[0], self.now, self.zone, source.latest[1])
        if start > end:
            span = (source.latest or source.earliest or (None, source.span))[1]
            raise TrawlError(Code.INVALID_TIME, f"the range starts at {start}, after its end at {end}", span=span)
        if start == end and source.latest:
            self.warn("empty_range", f"the range ends as it begins, at {start}; its end is left out", source.latest[1])
        return TimeRange(start, end)

    def _resolve(self, source: SourceClause) -> list[Source]:
        names = self.catalog.names()
        wanted: dict[str, None] = {}
        excluded = [(text[1:], span) for text, span in source.patterns if text.startswith("-")]
        for text, span in source.patterns:
            if text.startswith("-") or any(wildcards.matches(pattern, text) for pattern, _ in excluded):
                continue
            matching = _matching(text, names)
            if not matching and "*" not in text:
                raise _unknown_source(text, names, span)
            if not matching and not excluded:  # else what was frozen may lack just what is left out
                self.warn("no_source_matches", f"no source matches `{clip(text)}`", span)
            wanted.update(dict.fromkeys(matching))
        dropped = {name for pattern, _ in excluded for name in _matching(pattern, names)}
        if excluded and dropped.issuperset(wanted):
            self.warn("no_source_matches", f"`-{clip(excluded[0][0])}` leaves no source", excluded[0][1])
        found = [self.catalog.source(name) for name in wanted if name not in dropped]
        return [item for item in found if item is not None]


_FIRST = Instant(-(1 << 63) + 1)
_LAST = Instant((1 << 63) - 1)


def _matching(pattern: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if wildcards.matches(pattern, name)]


def _unknown_source(name: str, names: list[str], span: Span) -> TrawlError:
    near = meant(Schema(tuple(Column(known, NULL) for known in names)).nearest(name))
    hint = near or "`trawl sources` lists what there is; a pattern with `*` may match nothing"
    return TrawlError(Code.UNKNOWN_SOURCE, f"there is no source `{clip(name)}`", hint=hint, span=span)


def _unknown_lookup(name: str, names: list[str]) -> TrawlError:
    near = meant(Schema(tuple(Column(known, NULL) for known in names)).nearest(name))
    hint = near or "lookups are the CSV, Parquet and JSON files in the folder `lookups` of the data folder"
    return TrawlError(Code.UNKNOWN_SOURCE, f"there is no lookup `{clip(name)}`", hint=hint)


def _merged(sources: list[Source], time_field: str) -> Schema:
    if len(sources) == 1:
        return sources[0].schema
    if any(source.schema.open for source in sources):
        return Schema((Column(time_field, TIME),), open=True)
    types: dict[str, Type] = {}
    for source in sources:
        for column in source.schema:
            types[column.name] = types.get(column.name, NULL).union(column.type)
    first = types.pop(time_field, TIME)
    rest = sorted(types.items())
    return Schema((Column(time_field, first), *(Column(*item) for item in rest)))
