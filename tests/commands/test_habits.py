"""What users of other search languages write: it works, or the answer says where it is wrong and what to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trawl import planning
from trawl.errors import TrawlError
from trawl.testing import Events, request

EVENTS = Path(__file__).parents[1] / "corpus" / "data" / "web.ndjson"

REFUSED = [
    # where a query begins
    ("index=web error", "index=", "events are named by `source web | …`"),
    ("sourcetype=access error", "sourcetype=", "events are named by `source NAME | …`"),
    ("source=web", "source=", "events are named by `source web | …`"),
    ('source="web" | head', "source=", "events are named by `source web | …`"),
    ("from web | head", "from", "events are named by `source web | …`"),
    ("search error", "search error", "a query begins with `source NAME | search …`"),
    ("stats count", "stats count", "a query begins with `source NAME | stats …`"),
    (
        "error 42 | head",
        "error",
        "a query begins with `source NAME`, what is looked for follows: `source NAME | search error 42`",
    ),
    (
        "status=500",
        "status=",
        "a query begins with `source NAME`, what is looked for follows: `source NAME | search status=500`",
    ),
    ("select * from web", "select", "events are named by `source NAME | …`, fields by `fields a, b`"),
    ("web | head", "web", "a query begins with `source NAME`, what is looked for follows: `source NAME | search web`"),
    ("* | head", "*", "a query begins with `source NAME`, what is looked for follows: `source NAME | search *`"),
    ("| stats count", "stats count", "a query begins with `source NAME | stats …`"),
    # bars
    ("source web |", "|", "the last bar is left out"),
    ("source web | head |", "|", "the last bar is left out"),
    (
        "source web || head",
        "||",
        "a bar stands only between two commands; OR is how `||` is written, and texts are joined by ` . `",
    ),
    ("source web | | head", "|", "a bar stands only between two commands"),
    ("source web head 5", "head", "a bar goes before a command: `| head …`"),
    ("source web where status=500", "where", "a bar goes before a command: `| where …`"),
    ("source web status=500", "status", "what is looked for follows a bar: `| search status=500`"),
    ("source web error", "error", "a bar goes before the next command"),
    ("source web limit 10", "limit", "a bar goes before a command, and so many events are kept by `head 10`"),
    (
        "source web | search a || b",
        "||",
        "a bar stands only between two commands; OR is how `||` is written, and texts are joined by ` . `",
    ),
    (
        'source web | eval x="a" || "b"',
        "||",
        "a bar stands only between two commands; OR is how `||` is written, and texts are joined by ` . `",
    ),
    # commands
    ("source web | group by host", "group", "events are grouped by `stats count by a`"),
    ("source web | order by host", "order", "events are sorted by `sort -a, b`"),
    ("source web | limit 10", "limit", "so many events are kept by `head 10`"),
    ("source web | select host", "select", "events are named by `source NAME | …`, fields by `fields a, b`"),
    ("source web | having count>1", "having", "groups are filtered by `where` after a bar"),
    ("source web | unique host", "unique", "one event for each value is kept by `dedup a`"),
    (
        "source web | timechart count | predict count future_timespan=5",
        "predict",
        "nothing is forecast; the trend so far is shown by `streamstats avg(a) as trend window=5`, "
        "what is unusual by `anomalydetection a`",
    ),
    (
        "source web | timechart count | trendline sma5(count) as trend",
        "trendline",
        "the trend so far is shown by `streamstats avg(a) as trend window=5`",
    ),
    (
        "source web | transpose host",
        "host",
        "the field that names the columns is an option: `header_field=host`",
    ),
    (
        "source web | convert ctime(first)",
        "convert",
        'values are converted by `eval`: `tonumber(a)`, `strftime(a, "%F %T")`',
    ),
    ("source web | cluster showcount=t", "cluster", "texts that are alike are found by `patterns field=a`"),
    (
        "source web | top host countfield=x percentfield=x",
        "x",
        "`countfield` and `percentfield` take two names",
    ),
    ("source web | top countfield=percent host", "percent", "`countfield` and `percentfield` take two names"),
    (
        "source web | fields host 'my path', -user",
        "-user",
        "one sign holds for the whole list: `fields - host, 'my path', user`",
    ),
    # lookups
    (
        "| inputlookup append=t hosts",
        "append",
        "rows of a lookup go behind others by `append [ | inputlookup NAME ]`",
    ),
    ("| inputlookup hosts where site=x", "where", "rows are filtered after a bar: `| search …`, `| where …`"),
    ("source web | lookup hosts host where a=1", "where", "a bar goes before a command: `| where …`"),
    (
        "source web | lookup hosts output owner",
        "output",
        "the field to match stands after the name: `lookup NAME FIELD output …`",
    ),
    (
        "source web | lookup hosts host=src",
        "host",
        "a field of the lookup is named as the event has it: `lookup NAME host as src`",
    ),
    ("source web | collect summary", "summary", "it is written `collect index=NAME`"),
    # texts
    ("source web | where host like WEB%", "WEB%", 'a text takes double quotes: "WEB%"'),
    ('source web | where host ilike "a"', "ilike", 'case is left out of account by `lower(f) LIKE "…"`'),
    ('source web | where host =~ "a.*"', "~", 'a regular expression is asked for by `match(f, "…")`'),
    ('source web | where host contains "a"', "contains", 'a piece of a text is asked for by `f LIKE "%…%"`'),
    ("source web | where @timestamp > 2024-01-01", "2024-01-01", 'a time takes double quotes: "2024-01-01"'),
    ("source web | where @timestamp > now()-1d", "1d", "a length of time stands in options: `span=1d`, `earliest=-1d`"),
    (
        'source web | where "login"',
        '"login"',
        "a text is looked for by `search`, a field that is there by `isnotnull(field)`",
    ),
    (
        "source web | where path",
        "path",
        "a text is looked for by `search`, a field that is there by `isnotnull(field)`",
    ),
    # operators
    ("source web | where a==1 && b==2", "&&", "the language writes AND"),
    ("source web | search a && b", "&&", "the language writes AND"),
    ("source web | where !isnull(user)", "!", "the language writes NOT"),
    ("source web | search !login", "!login", "the language writes NOT: `NOT login`"),
    ("source web | where status <> 200", "<>", "the language writes `!=`"),
    ("source web | search status<>200", "<>", "the language writes `!=`"),
    ("source web | where status === 200", "===", "the language writes `==`"),
    ("source web | search status=>200", "=>", "the language writes `>=`"),
    (
        "source web | where user IS NULL",
        "IS",
        "a value that may be missing is asked for by `isnull(f)` and `isnotnull(f)`",
    ),
    ("source web | where status BETWEEN 200 AND 299", "BETWEEN", "a range is two comparisons: `f >= 1 AND f <= 9`"),
    ("source web | where status==200 ? 1 : 2", "?", "a choice is written `if(condition, a, b)`"),
    ("source web | where a==1, b==2", ",", "conditions are joined by AND and OR; a list of values is `f IN (1, 2)`"),
    ("source web | search a=1, b=2", ",", "terms stand side by side: `a=1 b=2`"),
    (
        "source web | search host=a,b",
        ",",
        "several values are listed by `field IN (1, 2)`, a value with a comma takes double quotes",
    ),
    ("source web | search status=(200 OR 404)", "(", "several values are listed by `field IN (1, 2)`"),
    (
        "source web | search status:[200 TO 299]",
        "[",
        "a range is two comparisons: `field>=1 field<=5`; several values are listed by `field IN (1, 2)`",
    ),
    # lists
    ('source web | search status IN ("200" "404")', '"404"', 'a comma goes between two values: "200", "404"'),
    ("source web | search status IN 200, 404", "200", "the values stand in round brackets: `status IN (200, …)`"),
    (
        "source web | search error in log",
        "log",
        'the values stand in round brackets: `error IN (log, …)`; the word itself takes double quotes: "in"',
    ),
    ("source web | where status IN (200 404)", "404", "a comma goes between two values"),
    ("source web | where status IN [200, 404]", "[", "the values stand in round brackets: `IN (1, 2)`"),
    (
        "source web | where host IN [ source web | fields host ]",
        "[",
        "a subquery is a term by itself and tells the field as well: `search [ … | fields NAME ]`",
    ),
    (
        "source web | search host IN [ | inputlookup hosts | fields host ]",
        "[",
        "a subquery is a term by itself and tells the field as well: `search [ … | fields NAME ]`",
    ),
    # measures
    ("source web | stats count where status>1", "where", "a bar goes before a command: `| where …`"),
    ("source web | stats count by host where count>1", "where", "a bar goes before a command: `| where …`"),
    ("source web | stats count by host having count>1", "having", "a bar goes before a command: `| where …`"),
    ("source web | stats count(*)", "*", "every event is counted by `count`, without brackets"),
    (
        "source web | stats count host",
        "host",
        "a field stands in brackets, `avg(field)`, or after BY; the name of a measure after AS",
    ),
    (
        "source web | stats sum(bytes) total",
        "total",
        "a field stands in brackets, `avg(field)`, or after BY; the name of a measure after AS",
    ),
    ("source web | stats avg bytes", "avg", "it is written `avg(field)`"),
    (
        "source web | stats distinct(host)",
        "distinct(host)",
        "distinct values are counted by `dc(field)` and listed by `values(field)`",
    ),
    ("source web | stats by host", "by", "events are counted by `count`"),
    ("source web | stats perc(bytes)", "perc(bytes)", "it is written `perc(field, percent)`"),
    (
        "source web | where count(host)>1",
        "count(host)",
        "`count` is an aggregation: `stats count(…)`, then `where` or `eval`",
    ),
    ("source web | timechart 1h count", "1h", "the length of the buckets is an option: `span=1h`"),
    ("source web | timechart span=1 hour count", "hour", "a length is one word: `1hour`"),
    ("source web | timechart span=60 count", "60", "a length has a unit: `60s`, `60m`, `60h`"),
    ("source web | timechart count by host, path", ",", "one field makes the series: `by host`"),
    ("source web | timechart count 1h", "1h", "a length of time stands in options: `span=1h`, `earliest=-1h`"),
    # functions
    ("source web | eval n=strlen(path)", "strlen(path)", "did the query mean `len`?"),
    (
        "source web | eval x=substring(path, 1)",
        "substring(path, 1)",
        "a piece of a text is cut out by `substr(field, 1, 3)`",
    ),
    ("source web | eval x=lower_case(path)", "lower_case(path)", "did the query mean `lower`?"),
    (
        'source web | where instr(path, "a") > 0',
        'instr(path, "a")',
        'a piece of a text is asked for by `contains(field, "…")`',
    ),
    ("source web | eval n=size(path)", "size(path)", "values are counted by `mvcount(field)`"),
    (
        "source web | eval x=nvl(user, host)",
        "nvl(user, host)",
        "the first value that is there is given by `coalesce(a, b)`",
    ),
    ("source web | eval x=dedup(host)", "dedup(host)", "`dedup` is a command, a bar goes before it: `| dedup …`"),
    # other commands
    ("source web | head 10 20", "20", "one number says how many: `head 10`"),
    ("source web | head n=5", "n", "the number stands alone: `head 5`"),
    ("source web | head -5", "-5", "the number alone: `5`"),
    ("source web | head 5;", "5;", "the number alone: `5`"),
    ("source web | tail 5 6", "6", "one number says how many: `tail 5`"),
    ("source web | rename host machine", "machine", "the new name follows AS: `host as machine`"),
    ("source web | rename host=machine", "=", "the new name follows AS: `host as machine`"),
    ("source web | rename host to machine", "to", "the new name follows AS: `host as machine`"),
    ("source web | rename host -> machine", "-", "the new name follows AS: `host as machine`"),
    ("source web | rename host as my machine", "machine", "a name with a blank takes single quotes: 'my machine'"),
    ("source web | top 2 host by host", "host", "each field is named once, either to be counted or after BY"),
    ("source web | top host, host", "host", "each field is named once, either to be counted or after BY"),
    ("source web | top count", "count", "`countfield` and `percentfield` give the counts other names"),
    ("source web | sort by host", "by", "fields follow `sort` at once; one of this name takes single quotes: 'by'"),
    ("source web | sort host desc", "desc", "the direction stands before the field: -host"),
    ("source web | sort host order by path", "order", "a bar goes before a command: `| sort …`"),
    ("source web | dedup host limit=3", "limit", "the number of events stands first: `dedup 3 field`"),
    ("source web | fields -host, -path", "-path", "one sign holds for the whole list: `fields - host, path`"),
    ("source web | bin @timestamp 1h", "1h", "the span is an option: `span=1h`"),
    ("source web | eval a=1 b=2", "b", "a comma goes between two assignments: `a=…, b=…`"),
    ("source web | eval a==1", "==", "one sign assigns, two compare: `a=…`"),
    ('source web | eval "a"=1', '"a"', "a field's name takes single quotes: 'a'"),
    ("source web | table host as machine", "as", "a field gets another name after a bar: `| rename … as machine`"),
    (
        "source web | stats count by host as machine",
        "as",
        "a field gets another name after a bar: `| rename … as machine`",
    ),
    # windows
    (
        "source web | streamstats count as n reset_after=(n==3)",
        "n",
        "a reset looks at fields that the events have; a measure gets a name of its own with `as`",
    ),
    (
        'source web | streamstats count reset_after="("status==500")"',
        '"("',
        "the expression stands in brackets: `reset_after=(a == 1)`",
    ),
    ("source web | eventstats count by host where count>1", "where", "a bar goes before a command: `| where …`"),
    (
        "source web | accum bytes by host",
        "by",
        "running totals of groups are computed by `streamstats sum(a) as total by b`",
    ),
    (
        "source web | delta bytes by host",
        "by",
        "groups are compared each on its own after `streamstats last(a) as before by b current=false`",
    ),
    ("source web | autoregress bytes as b p=1-3", "as", "the columns are named `bytes_p1` to `bytes_p3`"),
    ("source web | eval a=1 | peval b=a", "peval b=a", "`eval` does the same anywhere"),
    ("source web | eval a=1 | timeaggs count", "timeaggs count", "`timechart` does the same anywhere"),
    (
        "source web | chart count over host by status, path",
        ",",
        "one field makes the rows and one the columns: `over a by b`",
    ),
    ("source web | chart count", "", "`chart count over a by b`; without fields `stats` measures all events"),
    ("source web | xyseries host status", "status", "`xyseries host status count`"),
    ("source web | transaction host maxspan=-1", "-1", "without `maxspan` there is no limit"),
    (
        "source web | transaction host startswith=login",
        "login",
        'an expression stands in brackets, `(status == 200)`, a text in double quotes: "login"',
    ),
    ("source web | patterns path", "path", "the field is an option: `field=path`"),
    # subqueries
    ("source web | append [search index=x error]", "search index=x error", "events are named by `source x | …`"),
    (
        "source web | join type=left host path [search sourcetype=y | fields host]",
        "search sourcetype=y",
        "events are named by `source NAME | …`",
    ),
    ("source web | append [ index=x | head ]", "index=", "events are named by `source x | …`"),
    ("source web | append [ search a=1 ]", "search a=1", "a query begins with `source NAME | search …`"),
    ("source web | append web", "web", "it is written `[ source NAME | … ]`"),
    (
        "source web | append [ web a ]",
        "web",
        "a query begins with `source NAME`, what is looked for follows: `source NAME | search web a`",
    ),
    (
        "source web | search host=[ source web | return $host ]",
        "[",
        "a subquery is a term by itself and tells the field as well: `search [ … | fields NAME ]`",
    ),
    (
        "source web | eval x=[ source web | return $host ]",
        "[",
        "square brackets hold subqueries, as `search [ … ]` and `join` take them; lists are in round ones",
    ),
    (
        'source web | map search="search $host$"',
        "map",
        "what each row asks for is a subquery: `search [ … ]`, `join FIELD [ … ]`",
    ),
    ("| multisearch [ search a ] [ search b ]", "multisearch", "searches are put together by `union [ … ], [ … ]`"),
    (
        "| set diff [ search a ] [ search b ]",
        "set",
        "rows that both have are found by `join FIELD [ … ]`, those that one has by `search NOT [ … ]`",
    ),
    ("source web | appendpipe [ stats count ]", "appendpipe", "rows are added by `append [ source NAME | … ]`"),
    (
        "source web | format host",
        "host",
        'fields are chosen before it: `fields host | format`; its signs take double quotes: "host"',
    ),
    # times
    ("source web earliest=2020-05-01 10:00", "10:00", 'a time with a blank takes double quotes: "2020-05-01 10:00"'),
    ("source web earliest=-1d latest=now()", "(", "date math has no brackets: `now`, `now-1d`"),
    ("source web earliest=2024-01-01||+1h", "||+1h", 'date math with bars takes double quotes: "2024-01-01||+1h"'),
    ("source 'web'", "'web'", 'a text takes double quotes: "web"'),
    ("source web earliest=24h", "24h", "a time ago has a sign: `-24h`"),
    ("source web earliest=yesterday", "yesterday", "yesterday began at `now-1d/d`"),
    ("source web earliest=05/01/2020:10:00:00", "05/01/2020:10:00:00", "a date is written `2020-05-01T10:00:00`"),
    # regular expressions
    ('source web | where match(path, "(")', '"("', "a bracket as such takes a backslash: `\\(`"),
    (
        'source web | where match(path, "\\\\\\\\(")',
        '"\\\\\\\\("',
        "a bracket as such takes a backslash: `\\(`; two of them are a backslash as such",
    ),
    ('source web | where match(path, ")")', '")"', "a bracket as such takes a backslash: `\\)`"),
    ('source web | eval x=replace(path, "[", "")', '"["', "a bracket as such takes a backslash: `\\[`"),
    (
        r'source web | rex field=path "(?<last>[^\\]+)$"',
        r'"(?<last>[^\\]+)$"',
        r"a bracket as such takes a backslash: `\[`; so `\]` is one, "
        r"after a backslash as such it is `\\\\]` in double quotes",
    ),
    (
        r'source web | rex field=path "\\(?<last>\w+)$"',
        r'"\\(?<last>\w+)$"',
        r"a bracket as such takes a backslash: `\)`; so `\(` is one, "
        r"after a backslash as such it is `\\\\(` in double quotes",
    ),
    # pasted
    ("source web | search “log in”", "“", 'a text takes straight double quotes: "log in"'),
    ("source web | search host=“a”", "“", 'a text takes straight double quotes: "a"'),
    ("source web | where host==‘a’", "‘", 'a text takes straight double quotes: "a"'),
    ("source web | sort –bytes", "–", "a minus sign is the plain one: `-`"),
    ("source web | where bytes > −1", "−", "a minus sign is the plain one: `-`"),
    ("source web earliest=–1d", "–", "a minus sign is the plain one: `-`"),
    ("source web | search a # why", "#", "a comment begins with `//` after a blank, or stands between three backticks"),
    ("source web\n# why\n| head", "#", "a comment begins with `//` after a blank, or stands between three backticks"),
    ("-- why\nsource web", "--", "a comment begins with `//` after a blank, or stands between three backticks"),
    ("source web -- why\n| head", "--", "a comment begins with `//` after a blank, or stands between three backticks"),
    (
        "source web | where a==1 -- why",
        "--",
        "a comment begins with `//` after a blank, or stands between three backticks",
    ),
    (
        "source web | stats count # why",
        "#",
        "a comment begins with `//` after a blank, or stands between three backticks",
    ),
    ("/* why */ source web", "/*", "a comment begins with `//` after a blank, or stands between three backticks"),
    ("source web | where status==200;", ";", "nothing closes a query: it ends where it ends"),
]
"""Queries, the piece that the error points to, and its hint."""

WARNED = [
    ("source web | search _time>5", "_time", "no event has a field `_time`; the time is in `@timestamp`"),
    ("source web | sort - _time", "_time", "no event has a field `_time`; the time is in `@timestamp`"),
    ("source web | bucket _time span=1h", "_time", "no event has a field `_time`; the time is in `@timestamp`"),
    ("source web | stats count by _time", "_time", "no event has a field `_time`; the time is in `@timestamp`"),
    (
        "source web | stats count by host | table _raw, host",
        "_raw",
        'no event has a field `_raw`; a text is looked for in all fields by `search "…"`',
    ),
    (
        'source web | stats count | where match(_raw, "x")',
        "_raw",
        'no event has a field `_raw`; a text is looked for in all fields by `search "…"`',
    ),
    (
        "source web | search index=main error",
        "index",
        "no event has a field `index`; events are named by `source NAME | …`",
    ),
    (
        "source web | stats count by index",
        "index",
        "no event has a field `index`; events are named by `source NAME | …`",
    ),
    (
        "source web | stats count by sourcetype",
        "sourcetype",
        "no event has a field `sourcetype`; events are named by `source NAME | …`",
    ),
    (
        "source web | search earliest=2024-01-01 error",
        "earliest",
        "no event has a field `earliest`; the range of time is an option of `source`: `source NAME earliest=-1d`",
    ),
    (
        "source web | search status:500",
        "status:500",
        "`status:500` is looked for as a text in all fields; a field is compared by `status=500`",
    ),
    (
        "source web | search status:(500 OR 404)",
        "status:",
        "`status:` is looked for as a text in all fields; a field is compared by `status=…`",
    ),
    (
        'source web | search host:"a"',
        "host:",
        "`host:` is looked for as a text in all fields; a field is compared by `host=…`",
    ),
    (
        "source web | where status:500",
        "status:500",
        "no event has a field `status:500`; a field is compared by `status == 500`",
    ),
    (
        "source web | search _exists_:user",
        "_exists_:user",
        "`_exists_:user` is looked for as a text in all fields; a field that is there is asked for by `field=*`",
    ),
    (
        "source web | search -login",
        "-login",
        "`-login` is looked for as a text in all fields; events without a word are found by `NOT login`",
    ),
    (
        "source web | stats count(status=500)",
        "count(status=500)",
        "events are counted whether `status == 500` is true or false; `count(eval(status == 500))` asks for true",
    ),
    (
        "source web | stats count(isnull(user))",
        "count(isnull(user))",
        "events are counted whether `isnull(user)` is true or false; `count(eval(isnull(user)))` asks for true",
    ),
    (
        'source web | stats count(cidrmatch("10.0.0.0/8", host))',
        'count(cidrmatch("10.0.0.0/8", host))',
        'events are counted whether `cidrmatch("10.0.0.0/8", host)` is true or false; '
        '`count(eval(cidrmatch("10.0.0.0/8", host)))` asks for true',
    ),
    (
        "source web | search bytes>many",
        "many",
        "`many` is neither a number nor a time, so that no event is below or above it",
    ),
    (
        'source web | transaction host startswith="status=200" endswith=(status == 500)',
        '"status=200"',
        "`status=200` is looked for as a text in all fields; "
        "a field is compared by an expression in brackets: `(status == 200)`",
    ),
    (
        'source web | transaction host endswith="path=/logout"',
        '"path=/logout"',
        "`path=/logout` is looked for as a text in all fields; "
        'a field is compared by an expression in brackets: `(path == "/logout")`',
    ),
    ("source web | where host=WEB01", "WEB01", 'no event has a field `WEB01`; a text takes double quotes: "WEB01"'),
    ("source web | where host IN (a, WEB01)", "a", 'no event has a field `a`; a text takes double quotes: "a"'),
    (
        "source web | where host IN (a, WEB01)",
        "WEB01",
        'no event has a field `WEB01`; a text takes double quotes: "WEB01"',
    ),
    ("source web | where host LIKE '%b%'", "'%b%'", 'no event has a field `%b%`; a text takes double quotes: "%b%"'),
    (
        'source web | eval x=if(status==200, good, "bad")',
        "good",
        'no event has a field `good`; a text takes double quotes: "good"',
    ),
    (
        "source web | eval x=host.path",
        "host.path",
        "no event has a field `host.path`; values are joined by a dot between blanks: `host . path`",
    ),
]
"""Queries that run, the piece that a warning points to, and its words."""

WORKS = [
    ("source web | search status==500", "source web | search status=500"),
    (
        "source web | streamstats count as n by host window=5",
        "source web | streamstats count as n by host window=5",
    ),
    (
        "source web | streamstats window=5 global=f current=f sum(bytes) as s by host path",
        "source web | streamstats sum(bytes) as s by host, path window=5 current=false",
    ),
    (
        "source web | eventstats avg(bytes) AS a BY host path",
        "source web | eventstats avg(bytes) as a by host, path",
    ),
    ("source web | accum bytes AS y", "source web | accum bytes as y"),
    ("source web | delta bytes AS y p=2", "source web | delta bytes as y p=2"),
    ("source web | delta p=1 bytes", "source web | delta bytes"),
    ("source web | autoregress bytes p=1-3", "source web | autoregress bytes p=1-3"),
    ("source web | addtotals col=t row=f status bytes", "source web | addtotals row=false col=true status, bytes"),
    ("source web | filldown user host", "source web | filldown user, host"),
    ('source web | eval x="a"."b"', 'source web | eval x = "a" . "b"'),
    ("source web | stats count by host path", "source web | stats count by host, path"),
    ("source web | stats count by host, host", "source web | stats count by host"),
    ("source web | stats perc95(bytes) p95(bytes)", "source web | stats perc95(bytes), p95(bytes)"),
    ("source web | stats count as n by host | search n>1", "source web | stats count as n by host | search n>1"),
    (
        "source web | stats count as n by host | where n > 5 | sort - n",
        "source web | stats count as n by host | where n > 5 | sort -n",
    ),
    (
        "source web | stats count(if(status > 200, 1, null)) as a, count(status + 1) as b",
        "source web | stats count(if(status > 200, 1, null)) as a, count(status + 1) as b",
    ),
    ("source web | sort -bytes", "source web | sort -bytes"),
    ("source web | sort - bytes", "source web | sort -bytes"),
    ("source web | sort limit=5 bytes", "source web | sort 5 bytes"),
    ("source web | head limit=5", "source web | head 5"),
    ("source web | tail limit=5", "source web | tail 5"),
    ("source web | top limit=5 host", "source web | top 5 host"),
    ("source web | dedup 1 host", "source web | dedup host"),
    ("source web | fields - host path", "source web | fields - host, path"),
    ("source web | chart count by host status", "source web | chart count over host by status"),
    ("source web | chart count over status by host span=100", "source web | chart span=100 count over status by host"),
    ("source web | transaction host path maxspan=5m", "source web | transaction host, path maxspan=5m"),
    ("source web | transaction maxpause=30 host", "source web | transaction host maxpause=30s"),
    (
        "source web | transaction host startswith=eval(status=200) endwith=(status=500)",
        "source web | transaction host startswith=(status == 200) endswith=(status == 500)",
    ),
    (
        'source web | transaction host startswith="/login" endswith="/logout"',
        'source web | transaction host startswith="/login" endswith="/logout"',
    ),
    ("source web | xyseries host, status, bytes", "source web | xyseries host, status, bytes"),
    ("source web | untable host name value", "source web | untable host, name, value"),
    (
        "source web earliest=2024-01-01T00:00:00Z latest=2024-01-02T00:00:00Z | timechart span=1hour count",
        "source web earliest=2024-01-01T00:00:00Z latest=2024-01-02T00:00:00Z | timechart span=1h count",
    ),
    ('source web earliest="2020-05-01 10:00"', 'source web earliest="2020-05-01 10:00"'),
    ("source web | bucket @timestamp span=1h", "source web | bin span=1h @timestamp"),
    ('source web | where host like "%b%"', 'source web | where host LIKE "%b%"'),
    ('source web | where like(host, "%b%")', 'source web | where host LIKE "%b%"'),
    ("source web | where not status=200", "source web | where NOT status == 200"),
    ('source web | where match(path, "\\(")', 'source web | where match(path, "\\(")'),
    ('source web | where match(path, "\\\\(")', 'source web | where match(path, "\\(")'),
    ("source web | lookup hosts.csv host OUTPUT owner", "source web | lookup hosts.csv host output owner"),
    ("source web | outputlookup x.csv append=t", "source web | outputlookup append=true x.csv"),
    ("source web | COLLECT INDEX=summary", "source web | collect index=summary"),
    ("source web | lookup hosts host AS host OUTPUTNEW site", "source web | lookup hosts host outputnew site"),
    ("SOURCE web | STATS COUNT BY host", "source web | stats count by host"),
    ("source\xa0web\xa0| head\xa05", "source web | head 5"),
    ("\ufeffsource web | \u200bhead 5", "source web | head 5"),
    ("source web // all of it\n// and now\n| head 5  // a few\n", "source web | head 5"),
    ("source web\r\n\r\n| head 5\r\n", "source web | head 5"),
]
"""Queries, and how the language itself writes them."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Events:
    events = Events(tmp_path_factory.mktemp("web"))
    events.add("web", EVENTS.read_bytes().splitlines())
    for name in ("hosts", "hosts.csv"):
        events.add_lookup(name, (EVENTS.parent / "lookups" / "hosts.csv").read_bytes().splitlines())
    return events


@pytest.mark.parametrize(("query", "at", "hint"), REFUSED)
def test_what_is_refused_says_where_and_what_to_write(query: str, at: str, hint: str, web: Events) -> None:
    with pytest.raises(TrawlError) as caught:
        planning.plan(request(query), web)
    error = caught.value
    assert error.span is not None
    assert query[error.span.start : error.span.end] == at
    assert error.hint == hint
    assert not error.others


@pytest.mark.parametrize(("query", "at", "message"), WARNED)
def test_what_means_something_else_is_warned_of(query: str, at: str, message: str, web: Events) -> None:
    notices = planning.plan(request(query), web).notices
    found = [(query[notice.span.start : notice.span.end], notice.message) for notice in notices if notice.span]
    assert (at, message) in found


@pytest.mark.parametrize("query", [query for query, *_ in REFUSED + WARNED])
def test_what_is_said_stays_short_whatever_is_quoted(query: str, web: Events) -> None:
    for piece in re.finditer(r"[\w@.%]+", query):
        longer = query[: piece.start()] + piece[0] * (5_000 // len(piece[0])) + query[piece.end() :]
        try:
            said = [notice.message for notice in planning.plan(request(longer), web).notices]
        except TrawlError as error:
            said = [text for found in (error, *error.others) for text in (found.reason, found.hint or "")]
        assert all(len(text) < 400 for text in said), longer[:60]


@pytest.mark.parametrize(("query", "canonical"), WORKS)
def test_what_the_language_takes_too_is_written_its_own_way(query: str, canonical: str, web: Events) -> None:
    plan = planning.plan(request(query), web)
    assert plan.query == canonical
    assert not plan.notices
