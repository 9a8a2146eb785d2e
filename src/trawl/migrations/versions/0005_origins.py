"""Which search a load comes from, so that another attempt at it loads nothing twice."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column."""
    with op.batch_alter_table("loads") as loads:
        loads.add_column(sa.Column("origin", sa.String(100)))
        loads.create_unique_constraint("uq_loads_origin", ["origin"])


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("loads") as loads:
        loads.drop_constraint("uq_loads_origin", type_="unique")
        loads.drop_column("origin")
