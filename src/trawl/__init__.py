"""Trawl: background search tasks for log and event data."""

from importlib.metadata import version

__version__ = version("trawl")
