"""Grok patterns: names for regular expressions that logs are made of, written for RE2, which does not look around."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trawl.commands.extracting import Target, compiled
from trawl.errors import Code, TrawlError, clip, meant
from trawl.functions import nearest
from trawl.language.names import Written

_OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX4: Final = r"[0-9A-Fa-f]{1,4}"
_IPV6: Final = "|".join(
    (
        rf"(?:{_HEX4}:){{7}}{_HEX4}",
        rf"(?:{_HEX4}:){{1,6}}:{_HEX4}",
        rf"(?:{_HEX4}:){{1,5}}(?::{_HEX4}){{2}}",
        rf"(?:{_HEX4}:){{1,4}}(?::{_HEX4}){{3}}",
        rf"(?:{_HEX4}:){{1,3}}(?::{_HEX4}){{4}}",
        rf"(?:{_HEX4}:){{1,2}}(?::{_HEX4}){{5}}",
        rf"{_HEX4}:(?::{_HEX4}){{6}}",
        rf"::(?:[Ff]{{4}}:)?(?:{_OCTET}\.){{3}}{_OCTET}",
        rf":(?::{_HEX4}){{1,7}}",
        rf"(?:{_HEX4}:){{1,7}}:",
        "::",
    )
)

PATTERNS: Final = {
    # words and numbers
    "WORD": r"\b\w+\b",
    "NOTSPACE": r"\S+",
    "SPACE": r"\s*",
    "DATA": r".*?",
    "GREEDYDATA": r".*",
    "QUOTEDSTRING": r'(?:"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')',
    "QS": "%{QUOTEDSTRING}",
    "INT": r"[+-]?[0-9]+",
    "POSINT": r"\b[1-9][0-9]*\b",
    "NONNEGINT": r"\b[0-9]+\b",
    "NUMBER": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "BASE10NUM": "%{NUMBER}",
    "BASE16NUM": r"[+-]?(?:0x)?[0-9A-Fa-f]+",
    "UUID": r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    # people and machines
    "USERNAME": r"[\w.-]+",
    "USER": "%{USERNAME}",
    "EMAILADDRESS": r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*",
    "MAC": r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}",
    "IPV4": rf"(?:{_OCTET}\.){{3}}{_OCTET}\b",
    "IPV6": _IPV6,
    "IP": "%{IPV4}|%{IPV6}",
    "HOSTNAME": r"\b[0-9A-Za-z](?:[\w-]{0,62})(?:\.[0-9A-Za-z][\w-]{0,62})*\.?",
    "IPORHOST": "%{IP}|%{HOSTNAME}",
    "HOSTPORT": "%{IPORHOST}:%{POSINT}",
    # paths and addresses
    "UNIXPATH": r"(?:/[\w%!$@:.,+~-]*)+",
    "WINPATH": r"(?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+",
    "PATH": "%{UNIXPATH}|%{WINPATH}",
    "URIPROTO": r"[A-Za-z][A-Za-z0-9+.-]*",
    "URIHOST": "%{IPORHOST}(?::%{POSINT})?",
    "URIPATH": r"(?:/[\w$.+!*'(){},~:;=@#%&-]*)+",
    "URIPARAM": r"\?[\w$.+!*'|(){},~@#%&/=:;?\-\[\]<>]*",
    "URIPATHPARAM": "%{URIPATH}(?:%{URIPARAM})?",
    "URI": "%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?",
    # times
    "YEAR": r"(?:\d\d){1,2}",
    "MONTH": r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b",
    "MONTHNUM": r"(?:0?[1-9]|1[0-2])",
    "MONTHDAY": r"(?:0[1-9]|[12][0-9]|3[01]|[1-9])",
    "DAY": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]*day)?",
    "HOUR": r"(?:2[0-3]|[01]?[0-9])",
    "MINUTE": r"[0-5][0-9]",
    "SECOND": r"(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?",
    "TIME": "%{HOUR}:%{MINUTE}(?::%{SECOND})?",
    "DATE_US": "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}",
    "DATE_EU": "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}",
    "DATE": "%{DATE_US}|%{DATE_EU}",
    "ISO8601_TIMEZONE": "Z|[+-]%{HOUR}(?::?%{MINUTE})?",
    "TIMESTAMP_ISO8601": "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?"
    "(?:%{ISO8601_TIMEZONE})?",
    "HTTPDATE": r"%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} [+-]\d{4}",
    "SYSLOGTIMESTAMP": "%{MONTH} +%{MONTHDAY} %{TIME}",
    # lines of logs
    "LOGLEVEL": r"(?i:trace|debug|notice|info(?:rmation)?|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe"
    r"|alert|emerg(?:ency)?)",
    "PROG": r"[\x21-\x5a\x5c\x5e-\x7e]+",
    "SYSLOGPROG": r"%{PROG:program}(?:\[%{POSINT:pid}\])?",
    "SYSLOGHOST": "%{IPORHOST}",
    "SYSLOGBASE": "%{SYSLOGTIMESTAMP:timestamp} %{SYSLOGHOST:host} %{SYSLOGPROG}:",
    "SYSLOGLINE": "%{SYSLOGBASE} %{GREEDYDATA:message}",
    "COMMONAPACHELOG": r"%{IPORHOST:client} %{NOTSPACE:ident} %{NOTSPACE:user} \[%{HTTPDATE:timestamp}\] "
    r'"(?:%{WORD:method} %{NOTSPACE:path}(?: %{NOTSPACE:protocol})?|%{DATA:request})" '
    r"%{INT:status:int} (?:%{INT:bytes:int}|-)",
    "COMBINEDAPACHELOG": r"%{COMMONAPACHELOG} %{QUOTEDSTRING:referer} %{QUOTEDSTRING:agent}",
}
"""By name; a pattern may hold others, with names of fields and types as in a query."""

_REFERENCE: Final = re.compile(r"%\{([^{}]*)\}")
_CASTS: Final = {"int": "leading_integer", "float": "to_float"}
_FORM: Final = "it is written `%{PATTERN:field:type}`, the field and the type may be left out"
_MOST: Final = 1 << 16


@dataclass(frozen=True)
class Grok:
    """A pattern with grok names as a regular expression.

    Attributes:
        regex: the regular expression, groups without names.
        targets: the fields and the groups that fill them.
    """

    regex: Written
    targets: tuple[Target, ...]


def read_grok(pattern: Written) -> Grok:
    """The regular expression that a pattern stands for, and where its fields are.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where a name is not known, or RE2 would refuse what comes out.
    """
    found = _Expansion(pattern)
    regex = Written(found.expand(pattern.text), pattern.span)
    groups = compiled(regex).groupindex
    placed: dict[str, list[int]] = {}
    for group, number in groups.items():
        placed.setdefault(found.fields.get(group, group), []).append(number)
    return Grok(regex, tuple(Target(name, tuple(numbers), found.casts.get(name)) for name, numbers in placed.items()))


class _Expansion:
    """Puts the regular expressions of named patterns in their places.

    Attributes:
        fields: by the name of a group the field that it fills. casts: of fields that are no texts.
    """

    def __init__(self, pattern: Written) -> None:
        self.pattern = pattern
        self.fields: dict[str, str] = {}
        self.casts: dict[str, str] = {}
        self._prefix = "field"
        while self._prefix in pattern.text:
            self._prefix += "_"

    def expand(self, text: str) -> str:
        """The text with all references in it replaced; those inside patterns as well."""
        expanded = _REFERENCE.sub(self._reference, text)
        if len(expanded) > _MOST:
            raise self._refused("the pattern is too long")
        return expanded

    def _reference(self, found: re.Match[str]) -> str:
        name, *rest = found[1].split(":")
        if not name or len(rest) > 2 or "" in rest:
            raise self._refused(f"`{clip(found[0])}` is no reference", _FORM)
        if name not in PATTERNS:
            near = nearest_name(name)
            raise self._refused(f"there is no pattern `{clip(name)}`", near or _FORM)
        inner = self.expand(PATTERNS[name])
        if not rest:
            return f"(?:{inner})"
        field, *kinds = rest
        if kinds and kinds[0] not in _CASTS:
            raise self._refused(f"found the type `{clip(kinds[0])}`, expected `int` or `float`")
        group = f"{self._prefix}{len(self.fields)}"
        self.fields[group] = field
        if kinds:
            self.casts[field] = _CASTS[kinds[0]]
        return f"(?P<{group}>{inner})"

    def _refused(self, reason: str, hint: str | None = None) -> TrawlError:
        return TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=self.pattern.span)


def nearest_name(name: str) -> str | None:
    """`did the query mean …?` for the name of a pattern that is not known."""
    return meant(found.upper() for found in nearest(name, map(str.lower, PATTERNS)))
