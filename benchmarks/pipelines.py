"""Pipelines that use every command of the language: each as Trawl is asked for it, and as the best SQL that we know.

The SQL writes the same rows (`tests/test_pipelines.py` compares them), in an order of its own where rows are equal.
It reads the files that were loaded newest first, and knows what a person may know who looks at the data: which
values a field has, so that columns of counts are written out; that each text has a part at most once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from benchmarks.searches import Search
from trawl.testing.places import write_places

SITES: Final = ("north", "south", "east")
HOSTS: Final = 40
"""Hosts that the lookup `sites` knows: more than there are."""
COUNTRIES: Final = {0: ("Berlin", "Germany"), 1: ("Paris", "France"), 2: ("Oslo", "Norway"), 3: ("Lima", "Peru")}
"""City and country of the networks 10.N.0.0/16 of destinations."""
KINDS: Final = (1, 3, 7, 10, 11, 12, 13, 4624, 4625, 4656, 4658, 4663, 4688, 5156, 5158)
FREQUENT: Final = (10, 12, 13, 4656, 4658, 4663, 4688, 5156, 5158, 7)
"""The ten most frequent ones of `KINDS`."""


@dataclass(frozen=True)
class Pipeline(Search):
    """A pipeline in both languages, with the same rows.

    Attributes:
        is_same: whether the SQL writes the same rows; else it is only something to be set beside.
    """

    is_same: bool = True

    def of(self, source: str, total: int) -> Self:
        """The pipeline over a source of so many events."""
        query, sql = (text.replace("{total}", str(total)) for text in (self.query, self.sql))
        if not query.startswith("|"):
            query = f"source {{source}} | {query}"
        return replace(self, query=query.replace("{source}", source), sql=sql)


def write_tables(data: Path) -> None:
    """Writes what the pipelines look up, into a data folder whose server has not started: a lookup, and where
    networks are.
    """
    folder = data / "lookups"
    folder.mkdir(parents=True, exist_ok=True)
    rows = (f"WS-{number:04d}.corp.example,{SITES[number % len(SITES)]}\n" for number in range(HOSTS))
    (folder / "sites.csv").write_text("Hostname,site\n" + "".join(rows), encoding="utf-8")
    places = {
        f"10.{number}.0.0/16": {"city": {"names": {"en": city}}, "country": {"names": {"en": country}}}
        for number, (city, country) in COUNTRIES.items()
    }
    write_places(data / "places.mmdb", places)
    (data / "trawl.toml").write_text(f'geoip = "{data / "places.mmdb"}"\n', encoding="utf-8")


def _counts(field: str, values: Iterable[object], rest: str = "") -> str:
    """Columns of counts, one for each value that a field has."""
    items = [f'count(*) FILTER ("{field}" = \'{value}\') AS "{value}"' for value in values]
    return ", ".join([*items, *([f'count(*) FILTER ({rest}) AS "OTHER"'] if rest else [])])


def _bucket(hours: int) -> str:
    """The lower edge of a bucket of time."""
    width = hours * 3_600_000_000
    return f'to_timestamp(epoch_us("@timestamp") // {width} * {width // 1_000_000})'


def _listed(names: Iterable[object]) -> str:
    return ", ".join(str(name) for name in names)


_SITES: Final = (
    f"(SELECT format('WS-{{:04d}}.corp.example', n) AS \"Hostname\", {list(SITES)}[n % 3 + 1] AS site "
    f"FROM range({HOSTS}) AS r(n))"
)
_PLACE: Final = "split_part(\"DestAddress\", '.', 2)::INT + 1"
_CITIES: Final = str([city for city, _ in COUNTRIES.values()])
_COUNTRIES: Final = str([country for _, country in COUNTRIES.values()])

PIPELINES: Final = (
    Pipeline(
        "search, stats, sort",
        "search EventID=4625 | stats count, dc(Hostname) as hosts by SubjectUserName | sort 0 -count",
        'SELECT "SubjectUserName", count(*) AS count, count(DISTINCT "Hostname") AS hosts FROM {events} '
        'WHERE "EventID" = 4625 AND "SubjectUserName" IS NOT NULL GROUP BY 1 ORDER BY count DESC, 1',
    ),
    Pipeline(
        "eval, where, stats",
        "eval size = len(CommandLine) | where size > 60 "
        "| stats count, avg(size) as mean, max(size) as longest by Hostname",
        'SELECT "Hostname", count(*) AS count, avg(length("CommandLine")) AS mean, max(length("CommandLine")) '
        "AS longest "
        'FROM {events} WHERE length("CommandLine") > 60 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "peval, aggs",
        "peval program = lower(Image) | aggs count, dc(ProcessGuid) as processes by program",
        'SELECT lower("Image") AS program, count(*) AS count, count(DISTINCT "ProcessGuid") AS processes FROM {events} '
        'WHERE "Image" IS NOT NULL GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "timeaggs by",
        "timeaggs span=1d count by Severity",
        f'SELECT {_bucket(24)} AS "@timestamp", {_counts("Severity", ["ERROR", "INFO"])} FROM {{events}} '
        "GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "timechart by",
        "timechart span=6h count by EventID",
        f'SELECT {_bucket(6)} AS "@timestamp", '
        f"{_counts('EventID', FREQUENT, f'''{chr(34)}EventID{chr(34)} NOT IN ({_listed(FREQUENT)})''')} FROM "
        f"{{events}} "
        "GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "bin, stats",
        "bin span=6h @timestamp | stats count, dc(ProcessGuid) as processes by @timestamp",
        f'SELECT {_bucket(6)} AS "@timestamp", count(*) AS count, count(DISTINCT "ProcessGuid") AS processes '
        "FROM {events} GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "top by",
        "top 5 Image by Hostname",
        'WITH n AS (SELECT "Hostname", "Image", count(*) AS count FROM {events} WHERE "Image" IS NOT NULL GROUP '
        "BY ALL) "
        'SELECT *, 100.0::DOUBLE * count / sum(count) OVER (PARTITION BY "Hostname") AS percent FROM n QUALIFY '
        'row_number() OVER (PARTITION BY "Hostname" ORDER BY count DESC, "Image") <= 5 ORDER BY 1, count DESC, 2',
    ),
    Pipeline(
        "rare",
        "rare 20 Image showperc=false",
        'SELECT "Image", count(*) AS count FROM {events} WHERE "Image" IS NOT NULL GROUP BY 1 ORDER BY 2, 1 LIMIT 20',
    ),
    Pipeline(
        "dedup, table",
        "dedup Hostname, EventID | table @timestamp, Hostname, EventID",
        'SELECT max("@timestamp") AS "@timestamp", "Hostname", "EventID" FROM {events} GROUP BY ALL ORDER BY 1 DESC',
    ),
    Pipeline(
        "sort, head, table",
        "sort 1000 -ThreadID, Hostname | head 500 | table @timestamp, Hostname, ThreadID",
        'SELECT "@timestamp", "Hostname", "ThreadID" FROM {events} '
        'ORDER BY "ThreadID" DESC, "Hostname", "@timestamp" DESC LIMIT 500',
    ),
    Pipeline(
        "tail, reverse, fields",
        "search EventID=4624 | tail 1000 | reverse | fields @timestamp, RecordNumber",
        'SELECT "@timestamp", "RecordNumber" FROM {events} WHERE "EventID" = 4624 '
        'ORDER BY "@timestamp", "RecordNumber" LIMIT 1000',
    ),
    Pipeline(
        "fields -, wide rows",
        "search EventID=4625 | fields - Message, Hash*",
        'SELECT * EXCLUDE ("Message", "Hashes") FROM {events} WHERE "EventID" = 4625',
    ),
    Pipeline(
        "rex",
        'search EventID=4688 | rex field=CommandLine "-k (?<key>[0-9a-f]{2})" | stats count by key',
        "SELECT regexp_extract(\"CommandLine\", '-k ([0-9a-f]{2})', 1) AS key, count(*) AS count FROM {events} "
        "WHERE \"EventID\" = 4688 AND key <> '' GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "regex",
        'regex CallTrace="UNKNOWN\\([0-9a-f]*ff\\)" | stats count by TargetImage',
        'SELECT "TargetImage", count(*) AS count FROM {events} '
        "WHERE regexp_matches(\"CallTrace\", 'UNKNOWN\\([0-9a-f]*ff\\)') GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "rename, fillnull, replace",
        'fields Hostname, DestPort | rename DestPort as port | fillnull value="-" port '
        '| replace "443" with "https", "80" with "http" in port | stats count by port',
        "SELECT CASE coalesce(\"DestPort\", '-') WHEN '443' THEN 'https' WHEN '80' THEN 'http' "
        "ELSE coalesce(\"DestPort\", '-') END AS port, count(*) AS count FROM {events} GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "eventstats",
        "search EventID=5156 | fields @timestamp, Hostname, DestAddress | eventstats count as calls by DestAddress "
        "| where calls < 3",
        'SELECT "@timestamp", "Hostname", "DestAddress", count(*) OVER (PARTITION BY "DestAddress") AS calls '
        'FROM {events} WHERE "EventID" = 5156 QUALIFY calls < 3 ORDER BY 1 DESC',
    ),
    Pipeline(
        "eventstats, wide rows",
        "search EventID=4625 | eventstats count as logons by Hostname",
        'SELECT *, count(*) OVER (PARTITION BY "Hostname") AS logons FROM {events} WHERE "EventID" = 4625 '
        'ORDER BY "@timestamp" DESC',
    ),
    Pipeline(
        "streamstats by",
        "search EventID=5156 | fields @timestamp, RecordNumber, Hostname, DestAddress "
        "| streamstats count as seen by Hostname, DestAddress | where seen == 1",
        'SELECT "@timestamp", "RecordNumber", "Hostname", "DestAddress", row_number() OVER '
        '(PARTITION BY "Hostname", "DestAddress" ORDER BY "@timestamp" DESC, "RecordNumber" DESC) AS seen '
        'FROM {events} WHERE "EventID" = 5156 QUALIFY seen = 1 ORDER BY 1 DESC',
    ),
    Pipeline(
        "streamstats window, wide rows",
        "search EventID=4625 | streamstats window=20 avg(ThreadID) as mean by Hostname",
        'SELECT *, avg("ThreadID") OVER (PARTITION BY "Hostname" ORDER BY "@timestamp" DESC, "RecordNumber" DESC '
        'ROWS 19 PRECEDING) AS mean FROM {events} WHERE "EventID" = 4625 ORDER BY "@timestamp" DESC',
    ),
    Pipeline(
        "transaction",
        "search EventID IN (4624, 4625) | fields @timestamp, Hostname, SubjectUserName, EventID "
        "| transaction Hostname, SubjectUserName maxpause=1h "
        "| table @timestamp, Hostname, SubjectUserName, duration, eventcount, EventID",
        'WITH e AS (SELECT "@timestamp" AS t, "Hostname", "SubjectUserName", "EventID" FROM {events} '
        'WHERE "EventID" IN (4624, 4625) AND "SubjectUserName" IS NOT NULL), '
        "begun AS (SELECT *, coalesce(t - lag(t) OVER w > INTERVAL 1 HOUR, true)::INT AS begins FROM e "
        'WINDOW w AS (PARTITION BY "Hostname", "SubjectUserName" ORDER BY t)), '
        'told AS (SELECT *, sum(begins) OVER (PARTITION BY "Hostname", "SubjectUserName" ORDER BY t ROWS UNBOUNDED '
        "PRECEDING) AS session FROM begun) "
        'SELECT min(t) AS "@timestamp", "Hostname", "SubjectUserName", epoch(max(t) - min(t)) AS duration, '
        'count(*) AS eventcount, list_sort(list(DISTINCT "EventID")) AS "EventID" FROM told '
        "GROUP BY 2, 3, session ORDER BY 1 DESC",
    ),
    Pipeline(
        "join",
        "search EventID=1 | fields @timestamp, Hostname, ProcessGuid, Image | join type=left ProcessGuid "
        "[ source {source} | search EventID=3 DestPort=3389 | stats count as calls by ProcessGuid ]",
        'SELECT "@timestamp", "Hostname", "ProcessGuid", "Image", calls FROM {events} LEFT JOIN (SELECT "ProcessGuid", '
        'count(*) AS calls FROM {events} WHERE "EventID" = 3 AND "DestPort" = \'3389\' GROUP BY 1) '
        'USING ("ProcessGuid") WHERE "EventID" = 1 ORDER BY 1 DESC',
    ),
    Pipeline(
        "append, appendcols",
        "stats count as all | appendcols [ source {source} | search Severity=error | stats count as bad ] "
        "| append [ source {source} | search EventID=4624 | stats count as logons ]",
        "SELECT (SELECT count(*) FROM {events}) AS all, (SELECT count(*) FROM {events} WHERE \"Severity\" = 'ERROR') "
        'AS bad, NULL AS logons UNION ALL SELECT NULL, NULL, count(*) FROM {events} WHERE "EventID" = 4624',
    ),
    Pipeline(
        "union",
        "| union [ source {source} | search EventID=4625 | fields @timestamp, RecordNumber, EventID ], "
        "[ source {source} | search EventID=1 | fields @timestamp, RecordNumber, EventID ]",
        'SELECT "@timestamp", "RecordNumber", "EventID" FROM {events} WHERE "EventID" IN (1, 4625)',
    ),
    Pipeline(
        "lookup",
        "lookup sites Hostname output site | stats count by site",
        f'SELECT site, count(*) AS count FROM {{events}} JOIN {_SITES} USING ("Hostname") GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "inputlookup, search [ ], outputlookup",
        "search [ inputlookup sites | search site=north | fields Hostname ] EventID=4625 "
        "| stats count by Hostname | outputlookup failed",
        f"SELECT \"Hostname\", count(*) AS count FROM {{events}} SEMI JOIN (FROM {_SITES} WHERE site = 'north') "
        'USING ("Hostname") WHERE "EventID" = 4625 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "iplocation",
        "search EventID=5156 | iplocation DestAddress | stats count by Country, City",
        f'SELECT ({_COUNTRIES})[{_PLACE}] AS "Country", ({_CITIES})[{_PLACE}] AS "City", count(*) AS count '
        'FROM {events} WHERE "EventID" = 5156 GROUP BY ALL ORDER BY 1, 2',
    ),
    Pipeline(
        "makemv, mvexpand",
        'search EventID=10 | fields CallTrace | makemv delim="|" CallTrace | mvexpand CallTrace '
        "| stats count by CallTrace | sort 20 -count",
        'SELECT "CallTrace", count(*) AS count FROM (SELECT unnest(string_split("CallTrace", \'|\')) AS "CallTrace" '
        'FROM {events} WHERE "EventID" = 10) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20',
    ),
    Pipeline(
        "mvcombine, nomv",
        "stats count by Hostname, EventID | fields Hostname, EventID | mvcombine EventID | nomv EventID",
        'SELECT "Hostname", string_agg("EventID", chr(10) ORDER BY "EventID") AS "EventID" FROM '
        '(SELECT DISTINCT "Hostname", "EventID" FROM {events}) GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "kv",
        'search EventID=7 | fields Signature, Hashes | kv field=Hashes pairdelim="," kvdelim="=" '
        "| stats dc(MD5) as md5, dc(SHA256) as sha256 by Signature",
        'SELECT "Signature", count(DISTINCT regexp_extract("Hashes", \'MD5=(\\w+)\', 1)) AS md5, '
        "count(DISTINCT regexp_extract(\"Hashes\", 'SHA256=(\\w+)', 1)) AS sha256 FROM {events} "
        'WHERE "EventID" = 7 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "spath",
        "search EventID=1 | fields LogonId, User "
        '| eval event = json_object("logon", LogonId, "user", User) | spath input=event output=who path=user '
        "| stats count by who",
        "SELECT json_object('logon', \"LogonId\", 'user', \"User\") ->> '$.user' AS who, count(*) AS count FROM "
        "{events} "
        'WHERE "EventID" = 1 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "parse",
        'search EventID=3 | parse Message "SourcePort: %{INT:from:int}" | stats count, max(from) as highest by '
        "Hostname",
        'SELECT "Hostname", count(*) AS count, max(regexp_extract("Message", \'SourcePort: ([+-]?[0-9]+)\', 1)::INT) '
        'AS highest FROM {events} WHERE "EventID" = 3 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "chart, addtotals, foreach",
        "chart limit=0 count over Hostname by EventID | addtotals | foreach 46* [ eval <<FIELD>> = <<FIELD>> / Total ]",
        f'WITH n AS (SELECT "Hostname", {_counts("EventID", KINDS)}, count(*)::DOUBLE AS "Total" FROM {{events}} '
        "GROUP BY 1) SELECT * REPLACE ("
        + ", ".join(f'"{kind}" / "Total" AS "{kind}"' for kind in KINDS if str(kind).startswith("46"))
        + ") FROM n ORDER BY 1",
    ),
    Pipeline(
        "untable, xyseries",
        "chart count over Hostname by Severity | untable Hostname severity events | xyseries Hostname severity events",
        f'SELECT "Hostname", {_counts("Severity", ["ERROR", "INFO"])} FROM {{events}} GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "transpose",
        "stats count, dc(Hostname) as hosts by Severity | transpose header_field=Severity column_name=measure",
        'WITH n AS MATERIALIZED (SELECT "Severity", count(*) AS count, count(DISTINCT "Hostname") AS hosts '
        'FROM {events} GROUP BY 1) SELECT measure, max(value) FILTER ("Severity" = \'ERROR\') AS "ERROR", '
        'max(value) FILTER ("Severity" = \'INFO\') AS "INFO" FROM (SELECT "Severity", '
        "unnest(['count', 'hosts']) AS measure, unnest([n.count, n.hosts]) AS value FROM n) GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "delta, accum, autoregress, filldown",
        "timechart span=6h count, max(RecordNumber) as record | delta count as more | accum count as total "
        "| autoregress record as before | filldown before",
        f'WITH n AS (SELECT {_bucket(6)} AS "@timestamp", count(*) AS count, max("RecordNumber") AS record FROM '
        f"{{events}} "
        'GROUP BY 1) SELECT "@timestamp", sum(count) OVER w AS total, count, record, '
        'count - lag(count) OVER w AS more, lag(record) OVER w AS before FROM n WINDOW w AS (ORDER BY "@timestamp") '
        "ORDER BY 1",
    ),
    Pipeline(
        "rate",
        "search EventID=4624 | fields @timestamp, Hostname, RecordNumber | rate RecordNumber as speed by Hostname "
        "| stats avg(speed) as mean by Hostname",
        'SELECT "Hostname", avg(speed) AS mean FROM (SELECT "Hostname", ("RecordNumber" - lag("RecordNumber") '
        "OVER w) / "
        'nullif(epoch("@timestamp" - lag("@timestamp") OVER w), 0) AS speed FROM {events} WHERE "EventID" = 4624 '
        'WINDOW w AS (PARTITION BY "Hostname" ORDER BY "@timestamp", "RecordNumber")) GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "anomalydetection",
        "search EventID=5156 | fields @timestamp, Hostname, ThreadID | anomalydetection ThreadID by Hostname "
        "| stats count by Hostname",
        'WITH e AS (SELECT "Hostname", "ThreadID" FROM {events} WHERE "EventID" = 5156), m AS (SELECT "Hostname", '
        'median("ThreadID") AS middle, mad("ThreadID") AS width FROM e GROUP BY 1) SELECT "Hostname", count(*) '
        "AS count "
        'FROM e JOIN m USING ("Hostname") WHERE abs("ThreadID" - middle) * 0.6745 / width > 3.5 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "fieldsummary",
        "fieldsummary maxvals=3 EventID, Image | table field, count, distinct_count, values",
        "".join(
            f'{"" if number == 0 else " UNION ALL "}SELECT * FROM (WITH n AS (SELECT "{name}"::VARCHAR AS value, '
            f"count(*) AS n FROM {{events}} WHERE \"{name}\" IS NOT NULL GROUP BY 1) SELECT '{name}' AS field, "
            "sum(n) AS count, count(*) AS distinct_count, (SELECT list(value ORDER BY n DESC, value) FROM "
            "(FROM n ORDER BY n DESC, value LIMIT 3)) AS values FROM n)"
            for number, name in enumerate(("EventID", "Image"))
        ),
    ),
    Pipeline(
        "patterns",
        "search EventID=4688 | patterns field=CommandLine",
        "SELECT regexp_replace(regexp_replace(\"CommandLine\", '[0-9a-f]{4,}', '<*>', 'g'), '[0-9]+', '<*>', 'g') "
        'AS pattern, count(*) AS count, any_value("CommandLine") AS sample FROM {events} WHERE "EventID" = 4688 '
        "GROUP BY 1 ORDER BY 2 DESC",
        is_same=False,
    ),
    Pipeline(
        "format, return",
        "search [ source {source} | search EventID=4625 | top 3 SubjectUserName showcount=false showperc=false "
        "| format ] "
        "[ source {source} | search EventID=4625 | rare 1 Hostname | return Hostname ] EventID=4624 "
        "| stats count by SubjectUserName",
        'WITH failed AS MATERIALIZED (SELECT "SubjectUserName", "Hostname" FROM {events} WHERE "EventID" = 4625) '
        'SELECT "SubjectUserName", count(*) AS count FROM {events} SEMI JOIN (SELECT "SubjectUserName" FROM failed '
        'WHERE "SubjectUserName" IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3) USING ("SubjectUserName") '
        'SEMI JOIN (SELECT "Hostname" FROM failed GROUP BY 1 ORDER BY count(*), 1 LIMIT 1) USING ("Hostname") '
        'WHERE "EventID" = 4624 GROUP BY 1 ORDER BY 1',
    ),
    Pipeline(
        "makeresults",
        "| makeresults count={total} shownumbers=true | eval kind = number % 7 "
        "| stats count, sum(number) as total by kind",
        "SELECT n % 7 AS kind, count(*) AS count, sum(n) AS total FROM range(1, {total} + 1) AS r(n) "
        "GROUP BY 1 ORDER BY 1",
    ),
    Pipeline(
        "collect",
        "stats count by Hostname, EventID | collect index=collected",
        'SELECT "Hostname", "EventID", count(*) AS count FROM {events} GROUP BY ALL ORDER BY 1, 2',
    ),
    Pipeline(
        "transaction, wide rows",
        "search EventID=4625 | transaction Hostname, SubjectUserName maxpause=10m | fields - closed_txn",
        'WITH e AS (SELECT *, coalesce("@timestamp" - lag("@timestamp") OVER w > INTERVAL 10 MINUTE, true)::INT '
        "AS begins "
        'FROM {events} WHERE "EventID" = 4625 AND "SubjectUserName" IS NOT NULL WINDOW w AS (PARTITION BY "Hostname", '
        '"SubjectUserName" ORDER BY "@timestamp")), told AS (SELECT * EXCLUDE (begins), sum(begins) OVER (PARTITION BY '
        '"Hostname", "SubjectUserName" ORDER BY "@timestamp" ROWS UNBOUNDED PRECEDING) AS session FROM e) '
        'SELECT min("@timestamp") AS "@timestamp", "Hostname", "SubjectUserName", epoch(max("@timestamp") - '
        'min("@timestamp")) AS duration, count(*) AS eventcount, nullif(list_sort(list_distinct(list('
        'COLUMNS(* EXCLUDE ("@timestamp", "Hostname", "SubjectUserName", tags, session))))), []), '
        "list_sort(list_distinct(flatten(list(tags)))) AS tags "
        'FROM told GROUP BY "Hostname", "SubjectUserName", session ORDER BY 1 DESC',
    ),
)
