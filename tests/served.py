"""What tests ask of a server, whichever way they call it."""

from __future__ import annotations

MISSING = "0199c2a4-5a00-7000-8000-000000000000"
"""The id of no task."""
ENDLESS = "| makeresults count=1000000000 shownumbers=true | where number < 0"
"""A search that runs until it is stopped."""
