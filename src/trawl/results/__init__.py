"""Stored results: Parquet parts and a manifest, pages, statistics."""
