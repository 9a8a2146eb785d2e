"""The searches that are measured: each as Trawl is asked for it, and as the fastest SQL we know for DuckDB.

The SQL reads the very files that were loaded, in `{events}`, and ends in `{newest}` where rows are events:
nothing where the files lie newest first already, so that DuckDB need not sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TEXT_COLUMNS: Final = """
    EventTime EventReceivedTime UtcTime Hostname host.name Channel SourceName ProviderGuid Severity Category
    EventType @version Message AccountName Domain UserID RuleName ProcessId ProcessGuid Image TargetObject Details
    SourceProcessId SourceProcessGUID SourceImage SourceThreadId TargetProcessId TargetProcessGUID TargetImage
    GrantedAccess CallTrace ImageLoaded Hashes Signature Signed CommandLine ParentImage User LogonId SubjectUserName
    SubjectLogonId ProcessName ObjectName HandleId AccessMask SourcePort DestPort DestAddress TargetFilename
    ActivityID
"""


@dataclass(frozen=True)
class Search:
    """A search in both languages, with the same rows in the same order, but that the SQL leaves open how ties of the
    time are ordered: DuckDB has less to do, not more.
    """

    name: str
    query: str
    sql: str


def term(word: str) -> str:
    """A full-text term: the word between signs that are neither letter, digit nor `_`, in any text field.

    One regular expression over all fields, and for those events alone that hold the letters at all, takes half of
    one a field.
    """
    names = [f'"{name}"' for name in TEXT_COLUMNS.split()]
    rough = " OR ".join(f"{name} ILIKE '%{word}%'" for name in names)
    pattern = f"(^|[^\\pL\\p{{Nd}}_]){word}($|[^\\pL\\p{{Nd}}_])"
    exact = f"regexp_matches(lower(concat_ws(chr(10), {', '.join(names)})), '{pattern}', 's')"
    return f"len(list_filter(tags, lambda tag: lower(tag) = '{word}')) > 0 OR CASE WHEN {rough} THEN {exact} END"


def rare(ids: Sequence[str]) -> tuple[Search, ...]:
    """Searches for what hardly any event has, out of values of `ActivityID`, a nearly unique field."""
    words = [found.strip("{}").partition("-")[0].lower() for found in ids]
    return (
        Search("a term", f"search {words[0]}", f"SELECT * FROM {{events}} WHERE {term(words[0])} {{newest}}"),
        Search(
            f"{len(words)} terms with OR",
            f"search {' OR '.join(words)}",
            f"SELECT * FROM {{events}} WHERE {' OR '.join(f'({term(word)})' for word in words)} {{newest}}",
        ),
        Search(
            "a nearly unique field",
            f'search ActivityID="{ids[0]}"',
            f"SELECT * FROM {{events}} WHERE lower(\"ActivityID\") = '{ids[0].lower()}' {{newest}}",
        ),
    )


SEARCHES: Final = (
    Search(
        "filter",
        'search EventID=4625 Hostname="ws-0001*"',
        'SELECT * FROM {events} WHERE "EventID" = 4625 AND lower("Hostname") LIKE \'ws-0001%\' {newest}',
    ),
    Search(
        "group-by",
        "aggs count, dc(Image) by Hostname, EventID",
        'SELECT "Hostname", "EventID", count(*), count(DISTINCT "Image") FROM {events} '
        'WHERE "Hostname" IS NOT NULL AND "EventID" IS NOT NULL GROUP BY ALL ORDER BY 1, 2',
    ),
    Search(
        "time histogram",
        "timechart span=1h count",
        'WITH hours AS MATERIALIZED (SELECT to_timestamp(epoch_us("@timestamp") // 3600000000 * 3600) AS edge, '
        "count(*) AS n FROM {events} GROUP BY 1) SELECT edge, coalesce(n, 0) FROM (SELECT unnest(generate_series("
        "min(edge), max(edge), INTERVAL 1 HOUR)) AS edge FROM hours) LEFT JOIN hours USING (edge) ORDER BY edge",
    ),
    Search(
        "top-100 sort",
        "sort 100 -ThreadID",
        'SELECT * FROM {events} ORDER BY "ThreadID" DESC NULLS LAST, "@timestamp" DESC LIMIT 100',
    ),
    Search(
        "contains-scan",
        'search Message="*noprofile*"',
        "SELECT * FROM {events} WHERE \"Message\" ILIKE '%noprofile%' {newest}",
    ),
    Search("full-text term", "search mshta", f"SELECT * FROM {{events}} WHERE {term('mshta')} {{newest}}"),
    Search(
        "filter to a tenth, newest first",
        "search EventID IN (13, 3)",
        'SELECT * FROM {events} WHERE "EventID" IN (13, 3) {newest}',
    ),
)
