"""The number of customers, kept up to date: counting a million takes longer than showing a page.

Triggers maintain it, so that no write can forget to. On SQLite, where there is one writer at a time, they change one
row. On PostgreSQL each statement inserts a row with its difference, so that writers do not wait for each other; `tidy`
merges these rows.
"""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.models import CustomerTotal

# The exact number of customers, for use in a larger query.
KEPT = select(func.coalesce(func.sum(CustomerTotal.__table__.c.difference), 0)).scalar_subquery()


def tidy(session: Session) -> None:
    """Merge the differences into one row. Safe to run concurrently: each run adds up only the rows it deleted."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "WITH taken AS (DELETE FROM customer_totals RETURNING difference) "
                "INSERT INTO customer_totals (difference) SELECT sum(difference) FROM taken HAVING count(*) > 0"
            )
        )


def create(dialect: str) -> list[str]:
    """The statements that create the total and its triggers, for the migration that adds them."""
    start = "INSERT INTO customer_totals (difference) SELECT count(*) FROM customers"
    if dialect == "postgresql":
        return [start, *_POSTGRESQL]
    return [start, *_SQLITE]


_SQLITE = [
    "CREATE TRIGGER customer_totals_insert AFTER INSERT ON customers BEGIN "
    "UPDATE customer_totals SET difference = difference + 1; END",
    "CREATE TRIGGER customer_totals_delete AFTER DELETE ON customers BEGIN "
    "UPDATE customer_totals SET difference = difference - 1; END",
]

_POSTGRESQL = [
    "CREATE FUNCTION keep_customer_total() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO customer_totals (difference) SELECT CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END "
    "FROM changed HAVING count(*) > 0; RETURN NULL; END $$",
    "CREATE TRIGGER customer_totals_insert AFTER INSERT ON customers REFERENCING NEW TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION keep_customer_total()",
    "CREATE TRIGGER customer_totals_delete AFTER DELETE ON customers REFERENCING OLD TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION keep_customer_total()",
]
