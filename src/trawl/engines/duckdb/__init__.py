"""The embedded engine: relations as SQL of DuckDB 2.0 over Parquet segments."""

from trawl.engines.duckdb.engine import DuckDBEngine

__all__ = ["DuckDBEngine"]
