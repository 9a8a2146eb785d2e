"""When each owner of tasks was last served, so that owners take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table, and has the index of waiting tasks go by owner."""
    op.create_table(
        "turns",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("served", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_turns"),
    )
    op.drop_index("ix_tasks_waiting", "tasks")
    op.create_index("ix_tasks_waiting", "tasks", ["status", "owner", sa.text("priority DESC"), "id"])


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_tasks_waiting", "tasks")
    op.create_index("ix_tasks_waiting", "tasks", ["status", sa.text("priority DESC"), "id"])
    op.drop_table("turns")
