"""How many texts ended in which way, and the segments that were paid for, kept up to date: adding up the texts of three
months takes longer than showing them.

They are kept by kind, state and the quarter of an hour in which they were sent, or were due: days of every time zone
begin with one. Triggers maintain them, so that no write can forget to. On SQLite, where there is one writer at a time,
they change one row. On PostgreSQL each text inserts rows with its differences, so that writers do not wait for each
other; `tidy` merges these rows.
"""

# The statements are put together from constants.
# ruff: noqa: S608
from sqlalchemy import text
from sqlalchemy.orm import Session

# Texts in these states are counted: they were sent, or never will be.
STATES = ("sent", "delivered", "undelivered", "failed", "unsure", "skipped")


def tidy(session: Session) -> None:
    """Merge the rows that belong together. Safe to run concurrently: each run adds up only the rows it deleted."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_MERGE))


def create(dialect: str) -> list[str]:
    """The statements that create the totals and their triggers, for the migration that adds them."""
    groups = f"{_quarter(dialect)}, kind, state"
    first = (
        f"INSERT INTO text_totals ({_COLUMNS}) SELECT {groups}, count(*), sum({_paid('')}), TRUE "
        f"FROM messages WHERE {_counted('')} GROUP BY 1, 2, 3"
    )
    return [first, *(_POSTGRESQL if dialect == "postgresql" else _SQLITE)]


def _quarter(dialect: str, row: str = "") -> str:
    """SQL for the beginning of the quarter of an hour in which a text was sent, or was due."""
    moment = f"coalesce({row}sent_at, {row}due_at, {row}created_at)"
    if dialect == "postgresql":
        return f"date_bin('15 minutes', {moment}, TIMESTAMPTZ '2000-01-01 00:00:00+00')"
    minute = f"CAST(substr({moment}, 15, 2) AS INTEGER)"
    return f"substr({moment}, 1, 14) || substr('00153045', {minute} / 15 * 2 + 1, 2) || ':00.000000'"


def _counted(row: str) -> str:
    states = ", ".join(f"'{state}'" for state in STATES)
    return f"{row}direction = 'out' AND {row}channel = 'text' AND {row}state IN ({states})"


def _paid(row: str) -> str:
    """SQL for the segments that the provider took."""
    return f"CASE WHEN {row}provider_id IS NULL THEN 0 ELSE coalesce({row}segments, 0) END"


_COLUMNS = "quarter, kind, state, texts, segments, is_merged"
# The columns of a text whose change may change the totals.
_READ = "direction, channel, kind, state, segments, provider_id, sent_at, due_at, created_at"
_MERGE = (
    "WITH several AS (SELECT DISTINCT quarter, kind, state FROM text_totals WHERE NOT is_merged), "
    "taken AS (DELETE FROM text_totals USING several WHERE text_totals.quarter = several.quarter "
    "AND text_totals.kind = several.kind AND text_totals.state = several.state RETURNING text_totals.*) "
    f"INSERT INTO text_totals ({_COLUMNS}) SELECT quarter, kind, state, sum(texts), sum(segments), TRUE FROM taken "
    "GROUP BY quarter, kind, state HAVING sum(texts) <> 0 OR sum(segments) <> 0"
)


def _changed_row(row: str, sign: str) -> str:
    """SQLite: add a text to its row, or take it away."""
    quarter = _quarter("sqlite", f"{row}.")
    place = f"quarter = {quarter} AND kind = {row}.kind AND state = {row}.state"
    return (
        f"INSERT INTO text_totals ({_COLUMNS}) SELECT {quarter}, {row}.kind, {row}.state, 0, 0, TRUE "
        f"WHERE NOT EXISTS (SELECT 1 FROM text_totals WHERE {place}); "
        f"UPDATE text_totals SET texts = texts {sign} 1, segments = segments {sign} {_paid(f'{row}.')} WHERE {place}; "
    )


def _on_sqlite(name: str, when: str, row: str, sign: str) -> str:
    return (
        f"CREATE TRIGGER text_totals_{name} AFTER {when} ON messages WHEN {_counted(f'{row}.')} "
        f"BEGIN {_changed_row(row, sign)}END"
    )


_SQLITE = [
    _on_sqlite("insert", "INSERT", "NEW", "+"),
    _on_sqlite("delete", "DELETE", "OLD", "-"),
    _on_sqlite("before", f"UPDATE OF {_READ}", "OLD", "-"),
    _on_sqlite("after", f"UPDATE OF {_READ}", "NEW", "+"),
]


def _difference(row: str, sign: str) -> str:
    """PostgreSQL: insert a row for a text that is added to the totals, or taken away."""
    return (
        f"INSERT INTO text_totals ({_COLUMNS}) SELECT {_quarter('postgresql', f'{row}.')}, {row}.kind, {row}.state, "
        f"{sign}1, {sign}({_paid(f'{row}.')}), FALSE; "
    )


_POSTGRESQL = [
    "CREATE FUNCTION keep_text_totals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP <> 'INSERT' THEN IF {_counted('OLD.')} THEN {_difference('OLD', '-')}END IF; END IF; "
    f"IF TG_OP <> 'DELETE' THEN IF {_counted('NEW.')} THEN {_difference('NEW', '')}END IF; END IF; "
    "RETURN NULL; END $$",
    # For each row, unlike those of bookings: a condition without a call leaves out the texts that wait.
    f"CREATE TRIGGER text_totals_insert AFTER INSERT ON messages FOR EACH ROW WHEN ({_counted('NEW.')}) "
    "EXECUTE FUNCTION keep_text_totals()",
    f"CREATE TRIGGER text_totals_delete AFTER DELETE ON messages FOR EACH ROW WHEN ({_counted('OLD.')}) "
    "EXECUTE FUNCTION keep_text_totals()",
    f"CREATE TRIGGER text_totals_update AFTER UPDATE OF {_READ} ON messages FOR EACH ROW "
    f"WHEN (({_counted('OLD.')}) OR ({_counted('NEW.')})) EXECUTE FUNCTION keep_text_totals()",
]
