"""Macros as they were when a task was made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("tasks", sa.Column("macros", sa.Text, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("tasks", "macros")
