"""`iplocation`: where addresses are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Fact, Locate, Relation
from trawl.commands.base import Command, Scope
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text, run_text
from trawl.language.writer import Writer

USUAL: Final = (Fact.CITY, Fact.COUNTRY, Fact.REGION, Fact.LATITUDE, Fact.LONGITUDE)
"""What is added unless everything is asked for."""


@dataclass(frozen=True)
class Iplocation(Command):
    """Add where the address in a field is: `City`, `Country`, `Region`, `lat`, `lon`.

    The database is a file in the MaxMind format, which the setting `geoip` names; a search is refused where it
    names none. `lat` and `lon` are numbers, the others texts. With `allfields=true` come `Continent`, `Timezone`
    and the number `MetroCode` too. `prefix` stands before the names of all of them.

    Addresses are of version 4 or 6, also `::ffff:203.0.113.7`. What is no address as it stands (`10.0.0.1:80`), and
    one that the database does not know, as it knows no private ones, leaves an event without these fields, even if
    it had them before. Of several values the first counts.

    Synopsis:
        iplocation [prefix=TEXT] [allfields=BOOL] FIELD

    Examples:
        The place of an address.

        >>> | makeresults | eval ip = "203.0.113.7" | iplocation ip | fields ip, City, Country
        ip          | City   | Country
        203.0.113.7 | Berlin | Germany

        All that is known of it, told apart from what is known of the server.

        >>> | makeresults | eval client = "203.0.113.7" | iplocation prefix=client_ allfields=true client
        ... | table client_Country, client_Continent, client_Timezone, client_MetroCode
        client_Country | client_Continent | client_Timezone | client_MetroCode
        Germany        | Europe           | Europe/Berlin   |
    """

    name: ClassVar[str] = "iplocation"

    field: Name
    prefix: str = ""
    all_fields: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the field, options."""
        options = Options(
            cursor,
            "the field stands alone: `iplocation {value}`",
            prefix=lambda what: cursor.text(f"a text for {what}").text,
            allfields=cursor.boolean,
        )
        options.read()
        field = cursor.name()
        options.read()
        return cls(field, options.get("prefix", ""), options.get("allfields", False))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        if self.prefix:
            writer.word(f"prefix={run_text(self.prefix)}")
        writer.option("allfields", self.all_fields, False)
        writer.word(name_text(self.field.text))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The scope knows the database."""
        scope.note_unknown(self.field.field, upstream.columns)
        facts = tuple(Fact) if self.all_fields else USUAL
        return Locate(upstream, self.field.field, scope.places(), tuple((self.prefix + fact, fact) for fact in facts))
