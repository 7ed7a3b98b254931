"""How many customers there are, kept as they come and go: counting a million takes longer than showing a page.

Triggers keep it, so that no way of writing can forget. On SQLite one row is counted up and down, there being one writer
at a time. On PostgreSQL each statement adds a row with its difference, so that nobody waits for anybody; `tidy` adds
them up.
"""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.models import CustomerTotal

# How many customers there are, exactly, as part of a larger query.
KEPT = select(func.coalesce(func.sum(CustomerTotal.__table__.c.difference), 0)).scalar_subquery()


def tidy(session: Session) -> None:
    """Add the differences up to one row. Two at once do no harm: each adds up what it took away."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "WITH taken AS (DELETE FROM customer_totals RETURNING difference) "
                "INSERT INTO customer_totals (difference) SELECT sum(difference) FROM taken HAVING count(*) > 0"
            )
        )


def create(dialect: str) -> list[str]:
    """The statements that start keeping the total, for the migration that does."""
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
