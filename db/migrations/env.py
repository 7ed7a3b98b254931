"""Run by Alembic with the connection that db/schema.py opened."""

from typing import Literal

from alembic import context

from db.models import Base
from db.types import Id, Instant


def render_item(type_: str, item: object, _context: object) -> str | Literal[False]:
    ours = {Instant: "sa.DateTime(timezone=True)", Id: "sa.Uuid()"}
    return ours.get(type(item), False) if type_ == "type" else False


def include_name(name: str | None, type_: str, _parents: object) -> bool:
    """Leave the search index out of comparisons: db/search.py creates it, in each database's own way."""
    return not (name or "").startswith(("customers_search", "ix_customers_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    include_name=include_name,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
