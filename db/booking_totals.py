"""The seats and marks of each event, kept up to date: adding up the bookings of a year takes longer than showing them.

They are kept by the hour in UTC in which bookings were made, so that they also tell how an event filled. Triggers
maintain them, so that no write can forget to. On SQLite, where there is one writer at a time, they change one row. On
PostgreSQL each statement inserts rows with its differences, so that writers do not wait for each other; `tidy` merges
these rows.
"""

# The statements are put together from constants.
# ruff: noqa: S608
from sqlalchemy import text
from sqlalchemy.orm import Session


def tidy(session: Session) -> None:
    """Merge the rows of each event and hour. Safe to run concurrently: each run adds up only the rows it deleted."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_MERGE))


def create(dialect: str) -> list[str]:
    """The statements that create the totals and their triggers, for the migration that adds them."""
    return [_FIRST.format(hour=_hour(dialect, "created_at")), *(_POSTGRESQL if dialect == "postgresql" else _SQLITE)]


def _hour(dialect: str, column: str) -> str:
    """SQL for the beginning of the hour, in UTC."""
    if dialect == "postgresql":
        return f"date_trunc('hour', {column} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
    return f"substr({column}, 1, 13) || ':00:00.000000'"


_COLUMNS = "event_id, hour, seats, marked, no_shows, is_merged"
_FIRST = (
    f"INSERT INTO booking_totals ({_COLUMNS}) SELECT event_id, {{hour}}, sum(seats), count(arrived), "
    "sum(CASE WHEN arrived THEN 0 WHEN arrived IS NULL THEN 0 ELSE 1 END), TRUE FROM bookings GROUP BY 1, 2"
)
_MERGE = (
    "WITH several AS (SELECT DISTINCT event_id, hour FROM booking_totals WHERE NOT is_merged), "
    "taken AS (DELETE FROM booking_totals USING several WHERE booking_totals.event_id = several.event_id "
    "AND booking_totals.hour = several.hour RETURNING booking_totals.*) "
    f"INSERT INTO booking_totals ({_COLUMNS}) "
    "SELECT event_id, hour, sum(seats), sum(marked), sum(no_shows), TRUE FROM taken GROUP BY event_id, hour "
    "HAVING sum(seats) <> 0 OR sum(marked) <> 0 OR sum(no_shows) <> 0"
)


def _changed_row(row: str, sign: str) -> str:
    """SQLite: add a booking's numbers to the row of its event and hour, or take them away."""
    place = f"event_id = {row}.event_id AND hour = {_hour('sqlite', f'{row}.created_at')}"
    return (
        f"INSERT INTO booking_totals ({_COLUMNS}) SELECT {row}.event_id, {_hour('sqlite', f'{row}.created_at')}, "
        f"0, 0, 0, TRUE WHERE NOT EXISTS (SELECT 1 FROM booking_totals WHERE {place}); "
        f"UPDATE booking_totals SET seats = seats {sign} {row}.seats, "
        f"marked = marked {sign} ({row}.arrived IS NOT NULL), no_shows = no_shows {sign} ({row}.arrived IS FALSE) "
        f"WHERE {place}; "
    )


_SQLITE = [
    f"CREATE TRIGGER booking_totals_insert AFTER INSERT ON bookings BEGIN {_changed_row('NEW', '+')}END",
    f"CREATE TRIGGER booking_totals_delete AFTER DELETE ON bookings BEGIN {_changed_row('OLD', '-')}END",
    "CREATE TRIGGER booking_totals_update AFTER UPDATE OF event_id, created_at, seats, arrived ON bookings "
    f"BEGIN {_changed_row('OLD', '-')}{_changed_row('NEW', '+')}END",
]

_DIFFERENCES = (
    f"INSERT INTO booking_totals ({_COLUMNS}) SELECT event_id, {_hour('postgresql', 'created_at')}, "
    "sum({sign}seats), sum({sign}(arrived IS NOT NULL)::int), sum({sign}(arrived IS FALSE)::int), FALSE FROM {rows} "
    "GROUP BY 1, 2 HAVING sum(seats) <> 0 OR count(arrived) <> 0; "
)
_POSTGRESQL = [
    "CREATE FUNCTION keep_booking_totals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'INSERT' THEN {_DIFFERENCES.format(sign='', rows='added')}"
    f"ELSIF TG_OP = 'DELETE' THEN {_DIFFERENCES.format(sign='-', rows='removed')}"
    f"ELSE INSERT INTO booking_totals ({_COLUMNS}) "
    "SELECT event_id, hour, sum(seats), sum(marked), sum(no_shows), FALSE "
    f"FROM (SELECT event_id, {_hour('postgresql', 'created_at')} AS hour, seats, (arrived IS NOT NULL)::int AS marked, "
    "(arrived IS FALSE)::int AS no_shows FROM added UNION ALL "
    f"SELECT event_id, {_hour('postgresql', 'created_at')}, -seats, -(arrived IS NOT NULL)::int, "
    "-(arrived IS FALSE)::int FROM removed) AS changes GROUP BY 1, 2 "
    "HAVING sum(seats) <> 0 OR sum(marked) <> 0 OR sum(no_shows) <> 0; "
    "END IF; RETURN NULL; END $$",
    "CREATE TRIGGER booking_totals_insert AFTER INSERT ON bookings REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION keep_booking_totals()",
    "CREATE TRIGGER booking_totals_delete AFTER DELETE ON bookings REFERENCING OLD TABLE AS removed "
    "FOR EACH STATEMENT EXECUTE FUNCTION keep_booking_totals()",
    "CREATE TRIGGER booking_totals_update AFTER UPDATE ON bookings REFERENCING OLD TABLE AS removed "
    "NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_booking_totals()",
]
