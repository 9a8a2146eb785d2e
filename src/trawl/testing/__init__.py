"""What tests and documentation share: small sources in memory, running a query on an engine, cases of the corpus."""

from trawl.testing.corpus import Case, read_cases
from trawl.testing.events import Events
from trawl.testing.running import NOW, Outcome, plain, request, run, search

__all__ = ["NOW", "Case", "Events", "Outcome", "plain", "read_cases", "request", "run", "search"]
