"""The tables of the catalog: indices, their segments, the loads that brought them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sql

from trawl.database import metadata

indices: Final = sql.Table(
    "indices",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("name", sql.String(200), nullable=False, unique=True),
    sql.Column("version", sql.Integer, nullable=False),  # rises with each load that brings events
    sql.Column("next_seq", sql.BigInteger, nullable=False),
    sql.Column("rows", sql.BigInteger, nullable=False),
    sql.Column("bytes", sql.BigInteger, nullable=False),
    sql.Column("first", sql.BigInteger),  # nanoseconds, as all times here
    sql.Column("last", sql.BigInteger),
    sql.Column("fields", sql.Text, nullable=False),  # JSON: type by field, over all segments
)

segments: Final = sql.Table(
    "segments",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("index_id", sql.ForeignKey("indices.id"), nullable=False, index=True),
    sql.Column("path", sql.String(500), nullable=False, unique=True),  # from the store's folder
    sql.Column("rows", sql.BigInteger, nullable=False),
    sql.Column("bytes", sql.BigInteger, nullable=False),
    sql.Column("first", sql.BigInteger, nullable=False),
    sql.Column("last", sql.BigInteger, nullable=False),
    sql.Column("ordinal", sql.Integer, nullable=False),
    sql.Column("parts", sql.Text, nullable=False),  # JSON: what catalog.encoding makes of Segment.fields
    sql.UniqueConstraint("index_id", "ordinal"),
)

loads: Final = sql.Table(
    "loads",
    metadata,
    sql.Column("name", sql.String(60), primary_key=True),  # its files start with it
    sql.Column("index_id", sql.ForeignKey("indices.id"), nullable=False),
    sql.Column("finished", sql.BigInteger, nullable=False),
    sql.Column("events", sql.BigInteger, nullable=False),
    sql.Column("rejected", sql.BigInteger, nullable=False),
    sql.Column("origin", sql.String(100), unique=True),  # the search that it comes from, and its which output
)
