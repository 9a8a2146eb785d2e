"""Tasks, their journal, idempotency keys and tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOVES = {
    "QUEUED": ("RUNNING", "STOPPED", "FAILED"),
    "RUNNING": ("QUEUED", "COMPLETED", "STOPPED", "FAILED"),
}


ALLOWED = " OR ".join(
    f"(OLD.status = '{old}' AND NEW.status IN ({', '.join(map(repr, news))}))" for old, news in MOVES.items()
)
NO_MOVE = f"NEW.status <> OLD.status AND NOT ({ALLOWED})"
TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER tasks_move BEFORE UPDATE OF status ON tasks WHEN {NO_MOVE}"
        " BEGIN SELECT RAISE(ABORT, 'a task does not move like this'); END",
        "CREATE TRIGGER tasks_birth BEFORE INSERT ON tasks WHEN NEW.status <> 'QUEUED'"
        " BEGIN SELECT RAISE(ABORT, 'a task begins queued'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END $$",
        f"CREATE TRIGGER tasks_move BEFORE UPDATE OF status ON tasks FOR EACH ROW WHEN ({NO_MOVE})"
        " EXECUTE FUNCTION refuse('a task does not move like this')",
        "CREATE TRIGGER tasks_birth BEFORE INSERT ON tasks FOR EACH ROW WHEN (NEW.status <> 'QUEUED')"
        " EXECUTE FUNCTION refuse('a task begins queued')",
    ),
}


def upgrade() -> None:
    """Makes the tables, and the triggers that refuse a move which is none."""
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("range_start", sa.BigInteger, nullable=False),
        sa.Column("range_end", sa.BigInteger, nullable=False),
        sa.Column("time_field", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("ttl_seconds", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger),
        sa.Column("finished", sa.BigInteger),
        sa.Column("expires", sa.BigInteger),
        sa.Column("is_partial", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("losses", sa.Integer, nullable=False, server_default="0"),
        sa.Column("supervisor", sa.Text),
        sa.Column("progress", sa.Text, nullable=False, server_default="{}"),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("result_bytes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("warnings", sa.Text, nullable=False, server_default="[]"),
        sa.Column("error", sa.Text),
        sa.Column("stop_requested", sa.BigInteger),
        sa.Column("stopped_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.CheckConstraint(
            "status IN ('QUEUED', 'RUNNING', 'COMPLETED', 'STOPPED', 'FAILED')", name=op.f("ck_tasks_status")
        ),
        sa.CheckConstraint("(status IN ('QUEUED', 'RUNNING')) = (finished IS NULL)", name=op.f("ck_tasks_finished")),
        sa.CheckConstraint("(status = 'RUNNING') = (supervisor IS NOT NULL)", name=op.f("ck_tasks_supervisor")),
        sa.CheckConstraint("(status = 'FAILED') = (error IS NOT NULL)", name=op.f("ck_tasks_error")),
        sa.CheckConstraint("priority BETWEEN 0 AND 10", name=op.f("ck_tasks_priority")),
    )
    op.create_index("ix_tasks_waiting", "tasks", ["status", sa.text("priority DESC"), "id"])
    op.create_index("ix_tasks_owner", "tasks", ["owner", "id"])
    op.create_index("ix_tasks_expires", "tasks", ["expires"])
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(9)),
        sa.Column("attempt", sa.Integer),
        sa.Column("level", sa.String(5)),
        sa.Column("phase", sa.String(10)),
        sa.Column("command", sa.Text),
        sa.Column("message", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], ondelete="CASCADE", name="fk_journal_task_id"),
        sa.CheckConstraint("(status IS NULL) <> (message IS NULL)", name=op.f("ck_journal_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_task_id", "journal", ["task_id", "seq"])
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_idempotency_keys"),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("deleted", sa.BigInteger, nullable=False),
        sa.Column("deleted_by", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drops them."""
    for table in ("tombstones", "idempotency_keys", "journal", "tasks"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse")
