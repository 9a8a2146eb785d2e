"""What Alembic runs for every command: on the connection handed over, within its transaction."""

from alembic import context

from trawl.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
