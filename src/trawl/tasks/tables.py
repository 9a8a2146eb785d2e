"""The tables of tasks. Migrations make them; triggers hold every writer to the moves."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sql

from trawl.database import Text, metadata

_STATUSES: Final = "'QUEUED', 'RUNNING', 'COMPLETED', 'STOPPED', 'FAILED'"

tasks: Final = sql.Table(
    "tasks",
    metadata,
    sql.Column("id", sql.String(36), primary_key=True),
    sql.Column("owner", Text, nullable=False),
    sql.Column("name", Text),
    sql.Column("query", Text, nullable=False),
    sql.Column("options", sql.Text, nullable=False),  # JSON: the create body but for query and name
    sql.Column("status", sql.String(9), nullable=False),
    sql.Column("priority", sql.Integer, nullable=False),
    sql.Column("created", sql.BigInteger, nullable=False),
    sql.Column("range_start", sql.BigInteger, nullable=False),
    sql.Column("range_end", sql.BigInteger, nullable=False),
    sql.Column("time_field", Text, nullable=False),
    sql.Column("zone", sql.Text, nullable=False),
    sql.Column("limits", sql.Text, nullable=False),  # JSON
    sql.Column("ttl_seconds", sql.BigInteger, nullable=False),
    sql.Column("macros", sql.Text, nullable=False, server_default="{}"),  # JSON
    sql.Column("started", sql.BigInteger),
    sql.Column("finished", sql.BigInteger),
    sql.Column("expires", sql.BigInteger),
    sql.Column("is_partial", sql.Boolean, nullable=False, server_default=sql.false()),
    sql.Column("attempt", sql.Integer, nullable=False, server_default="0"),
    sql.Column("losses", sql.Integer, nullable=False, server_default="0"),
    sql.Column("supervisor", sql.Text),  # who runs it, while it is running
    sql.Column("progress", sql.Text, nullable=False, server_default="{}"),  # JSON
    sql.Column("rows", sql.BigInteger, nullable=False, server_default="0"),
    sql.Column("result_bytes", sql.BigInteger, nullable=False, server_default="0"),
    sql.Column("warnings", sql.Text, nullable=False, server_default="[]"),  # JSON
    sql.Column("error", sql.Text),  # JSON
    sql.Column("stop_requested", sql.BigInteger),
    sql.Column("stopped_by", Text),
    sql.CheckConstraint(f"status IN ({_STATUSES})", name="status"),
    sql.CheckConstraint("(status IN ('QUEUED', 'RUNNING')) = (finished IS NULL)", name="finished"),
    sql.CheckConstraint("(status = 'RUNNING') = (supervisor IS NOT NULL)", name="supervisor"),
    sql.CheckConstraint("(status = 'FAILED') = (error IS NOT NULL)", name="error"),
    sql.CheckConstraint("priority BETWEEN 0 AND 10", name="priority"),
    sql.Index("ix_tasks_waiting", "status", "owner", sql.text("priority DESC"), "id"),
    sql.Index("ix_tasks_owner", "owner", "id"),
    sql.Index("ix_tasks_expires", "expires"),
)

journal: Final = sql.Table(
    "journal",
    metadata,
    sql.Column("seq", sql.BigInteger().with_variant(sql.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sql.Column("task_id", sql.String(36), sql.ForeignKey(tasks.c.id, ondelete="CASCADE"), nullable=False),
    sql.Column("time", sql.BigInteger, nullable=False),
    sql.Column("status", sql.String(9)),  # of a move; the columns from `level` on are of a log line
    sql.Column("attempt", sql.Integer),
    sql.Column("level", sql.String(5)),
    sql.Column("phase", sql.String(10)),
    sql.Column("command", Text),
    sql.Column("message", Text),
    sql.CheckConstraint("(status IS NULL) <> (message IS NULL)", name="kind"),
    sql.Index("ix_journal_task_id", "task_id", "seq"),
    sqlite_autoincrement=True,  # a number is never used twice, though its task is deleted
)

idempotency_keys: Final = sql.Table(
    "idempotency_keys",
    metadata,
    sql.Column("owner", Text, primary_key=True),
    sql.Column("key", Text, primary_key=True),
    sql.Column("body", sql.Text, nullable=False),  # JSON, as it was when the key was first used
    sql.Column("task_id", sql.String(36), nullable=False),
)

tombstones: Final = sql.Table(
    "tombstones",
    metadata,
    sql.Column("id", sql.String(36), primary_key=True),
    sql.Column("owner", Text, nullable=False),
    sql.Column("deleted", sql.BigInteger, nullable=False),
    sql.Column("deleted_by", Text),
    sql.Column("body", sql.Text, nullable=False),  # JSON: the create body
)

turns: Final = sql.Table(
    "turns",
    metadata,
    sql.Column("owner", Text, primary_key=True),
    sql.Column("served", sql.BigInteger, nullable=False),  # when a task of theirs was last begun
)
