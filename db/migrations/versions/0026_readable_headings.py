"""Headings of imports without "\\u00eb": erasing a customer finds their name there"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for name, columns in (("imports", ("header", "mapping")), ("import_mappings", ("mapping",))):
        table = sa.table(name, sa.column("id", sa.Uuid()), *(sa.column(column, sa.Text()) for column in columns))
        for row in connection.execute(sa.select(table)).all():
            readable = {column: _readable(row._mapping[column]) for column in columns if "\\u" in row._mapping[column]}
            if readable:
                connection.execute(sa.update(table).where(table.c.id == row.id).values(readable))


def _readable(stored: str) -> str:
    return json.dumps(json.loads(stored), ensure_ascii=False)
