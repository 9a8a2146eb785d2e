"""The migrations of the database: one module of `versions/` each, run in the order of their revisions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sql

from trawl.database import writing

HERE: Final = Path(__file__).parent


def newest() -> str:
    """The newest revision: migrations are named `NNNN_what.py`, and the number is the revision."""
    return max(path.name for path in (HERE / "versions").glob("[0-9]*.py"))[:4]


def is_current(engine: sql.Engine) -> bool:
    """Whether the database's tables are of the newest revision."""
    with engine.connect() as connection:
        if not sql.inspect(connection).has_table("alembic_version"):
            return False
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest()


def run(engine: sql.Engine) -> None:
    """Runs the migrations that are missing, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
