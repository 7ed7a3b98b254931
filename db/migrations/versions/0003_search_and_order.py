"""Search that ignores all kinds of apostrophes, and an index for ordering by first name without accents"""

import sqlalchemy as sa
from alembic import op

from db import search
from db.types import FirstNameKey

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 1_000

customers = sa.table(
    "customers",
    sa.column("id", sa.Uuid()),
    *(sa.column(name, sa.Text()) for name in ("first_name", "last_name", "mobile_number", "search_text", "sort_key")),
)


def upgrade() -> None:
    op.drop_index("ix_customers_first_name_id", "customers")
    _fold_again(op.get_bind())
    by_first_name = [FirstNameKey(customers.c.sort_key), customers.c.sort_key, customers.c.id]
    op.create_index("ix_customers_first_name_sort_key_id", "customers", by_first_name)
    # Messages of deleted customers that are no longer looked up at the provider.
    op.execute(
        "UPDATE messages SET mobile_number = NULL, body = NULL, erase_when_settled = false "
        "WHERE erase_when_settled AND state = 'unsure' AND next_step_at IS NULL"
    )


def _fold_again(connection: sa.Connection) -> None:
    last, page = None, sa.select(customers).order_by(customers.c.id).limit(AT_ONCE)
    while rows := connection.execute(page if last is None else page.where(customers.c.id > last)).all():
        for row in rows:
            folded = _folded(row)
            if folded != {"search_text": row.search_text, "sort_key": row.sort_key}:
                connection.execute(sa.update(customers).where(customers.c.id == row.id).values(folded))
        last = rows[-1].id


def _folded(row: sa.Row) -> dict[str, str]:
    digits = row.mobile_number.removeprefix("+")
    national, *_ = row.search_text.partition(f" {digits} ")[2].split(" ")
    return {
        "search_text": search.search_text(row.first_name, row.last_name, row.mobile_number, national),
        "sort_key": search.sort_key(row.first_name, row.last_name),
    }
