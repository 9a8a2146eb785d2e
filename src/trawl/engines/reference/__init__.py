"""The slow plain interpreter of the algebra: the oracle that every other engine is held to."""

from trawl.engines.reference.engine import Reference

__all__ = ["Reference"]
