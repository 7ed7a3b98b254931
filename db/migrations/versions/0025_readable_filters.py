"""Filters by the venue's own fields without "%20": erasing a customer finds their name there"""

import json
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for name in ("saved_views", "campaigns"):
        table = sa.table(name, sa.column("id", sa.Uuid()), sa.column("query", sa.Text()))
        filtered = sa.select(table.c.id, table.c.query).where(table.c.query.like('%"field": %'))
        for row in connection.execute(filtered).all():
            query = json.loads(row.query)
            query["field"] = _readable(query["field"])
            changed = sa.update(table).where(table.c.id == row.id)
            connection.execute(changed.values(query=json.dumps(query, ensure_ascii=False)))


def _readable(filters: str) -> str:
    """ "<id>~Mum%2C%20Ann" as "<id>~Mum, Ann". A comma is followed by the id of a field only between two filters."""
    parts = (part.partition("~") for part in filters.split(","))
    return ",".join(f"{field_id}~{unquote(value).replace('%', '%25')}" for field_id, _, value in parts)
