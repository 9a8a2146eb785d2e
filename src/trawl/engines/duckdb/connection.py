"""Connections to DuckDB: locked down, limited, and none of its errors shown as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from trawl.engines.base import Work
from trawl.engines.duckdb import sql
from trawl.errors import Code, TrawlError

METERED: Final = ("operator.row_groups_scanned", "operator.extra_info", "system.peak_temp_dir_size")
"""What DuckDB measures where row groups and bytes spilled are to be counted."""

PROFILED: Final = (*METERED, "operator.*", "query.*")
"""What DuckDB measures where its operators' profile is wanted."""

FAULTY: Final = "statistics_propagation"
"""The optimizer of DuckDB that a statement can do without; see `is_misplanned`."""

LARGE: Final = "arrow_large_buffer_size"
"""The setting by which a column of a batch may have more than 2 GiB of text."""

DEEPEST: Final = 1_000_000
"""Nesting of expressions and subqueries that DuckDB accepts; the parser of queries bounds it before."""


def instance() -> duckdb.DuckDBPyConnection:
    """DuckDB with nothing in it and no limits yet. Takes 15 to 30 ms."""
    return duckdb.connect(":memory:")


def confined(connection: duckdb.DuckDBPyConnection, work: Work, folders: list[Path]) -> duckdb.DuckDBPyConnection:
    """The connection, now with the work's limits, which may read the folders, spill into the work's own, and no more.

    Args:
        connection: to an instance of its own.
        folders: where the segments are.
    """
    allowed = sql.texts(str(folder) for folder in [*folders, work.scratch])
    if work.metered or work.profile:
        measured = sql.texts(PROFILED if work.profile else METERED)
        connection.execute(
            f"SET enable_profiling = 'no_output'; SET profiling_coverage = 'ALL'; SET tracked_metrics = {measured}"
        )
    connection.execute(
        f"SET threads = {work.threads}; SET memory_limit = '{work.memory_bytes}B'; "
        f"SET temp_directory = {sql.text(str(work.scratch))}; SET max_temp_directory_size = '{work.spill_bytes}B'; "
        "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; "
        "SET preserve_insertion_order = true; "
        "SET TimeZone = 'UTC'; SET parquet_metadata_cache = true; SET error_on_division_by_zero = false; "
        f"SET max_expression_depth = {DEEPEST}; "
        "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0; "
        f"SET allowed_directories = {allowed}; SET enable_external_access = false; "
        f"SET allowed_configs = ['disabled_optimizers', '{LARGE}']; SET lock_configuration = true"
    )
    return connection


def is_misplanned(error: duckdb.Error) -> bool:
    """Whether DuckDB 2.0 failed at planning a statement that is right.

    Where statistics say that a comparison can only be false or null, it is replaced by a function; if an argument
    has become a constant null meanwhile, DuckDB gives up. Without that optimizer a group-by takes a quarter longer.
    """
    return "did not return a BoundFunctionExpression" in str(error)


def plan_plainly(connection: duckdb.DuckDBPyConnection) -> None:
    """Has what runs on the connection from now on planned without the optimizer that is at fault."""
    connection.execute(f"SET disabled_optimizers = '{FAULTY}'")


def is_too_large(error: Exception) -> bool:
    """Whether a column of a batch has more text than DuckDB puts into one, as lists of many long texts may."""
    return LARGE in str(error)


def allow_large(connection: duckdb.DuckDBPyConnection) -> None:
    """Has batches from now on take any amount of text, as Arrow's large types."""
    connection.execute(f"SET {LARGE} = true")


@contextmanager
def faults() -> Iterator[None]:
    """Turns what DuckDB raises into errors of Trawl; its own words quote SQL and stay in the traceback.

    Raises:
        TrawlError: `STOPPED`, `MEMORY_LIMIT_EXCEEDED`, `SOURCE_CHANGED`, `ENGINE_ERROR`.
    """
    try:
        yield
    except duckdb.InterruptException as error:
        raise _stopped() from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise _out_of_memory() from error
    except duckdb.IOException as error:
        raise _unreadable(str(error)) from error
    except duckdb.Error as error:
        raise _failed(str(error)) from error
    except OSError as error:  # what goes wrong in the middle of an Arrow stream
        raise _failed(str(error)) from error


def _failed(message: str) -> TrawlError:
    if "INTERRUPT" in message:
        return _stopped()
    if "Out of Memory" in message or "OutOfMemory" in message or "max_temp_directory_size" in message:
        return _out_of_memory()
    if "IO Error" in message:
        return _unreadable(message)
    return TrawlError(Code.ENGINE_ERROR, "the engine could not carry the search out")


def _unreadable(message: str) -> TrawlError:
    if "max_temp_directory_size" in message:
        return _out_of_memory()
    return TrawlError(
        Code.SOURCE_CHANGED,
        "a file of a source is gone or was changed while the search ran",
        hint="run the search again",
    )


def _stopped() -> TrawlError:
    return TrawlError(Code.STOPPED, "the search was stopped")


def _out_of_memory() -> TrawlError:
    return TrawlError(
        Code.MEMORY_LIMIT_EXCEEDED,
        "the search needs more memory and spilling than it may use",
        hint="narrow the range of time, or group and sort by fewer values",
    )
