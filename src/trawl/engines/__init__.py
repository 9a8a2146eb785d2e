"""Engines behind one port: the interpreter that says what is right, and DuckDB, which is fast."""
