"""Where the program's own log goes: to stderr, since stdout is for what was asked for."""

from __future__ import annotations

import logging
import sys

import structlog


def log_to_stderr(level: int = logging.ERROR) -> None:
    """Logs from this level on. A command that ends soon has little to say; a server tells what it does."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # what stderr is then, not what it is now
    )
