"""The migrations of the database: one module of `versions/` each, run in the order of their revisions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sql

from trawl.database import writing
from trawl.errors import Code, TrawlError

HERE: Final = Path(__file__).parent


def newest() -> str:
    """The newest revision: migrations are named `NNNN_what.py`, and the number is the revision."""
    return max(path.name for path in (HERE / "versions").glob("[0-9]*.py"))[:4]


def is_current(engine: sql.Engine) -> bool:
    """Whether the database's tables are of the newest revision.

    Raises:
        TrawlError: `UNAVAILABLE` where they are of a newer one than this program knows.
    """
    with engine.connect() as connection:
        if not sql.inspect(connection).has_table("alembic_version"):
            return False
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found is not None and found > newest():
        reason = f"the database was brought to form {found} by a newer Trawl, this program knows {newest()}"
        raise TrawlError(Code.UNAVAILABLE, reason, hint="install the newer version here too")
    return found == newest()


def run(engine: sql.Engine) -> None:
    """Runs the migrations that are missing, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
