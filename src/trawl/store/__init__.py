"""The embedded event store: loading, segments, mounted files."""

from trawl.store.store import Store

__all__ = ["Store"]
