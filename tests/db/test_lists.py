"""A column compared with many values, on each database in its own way."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lists import one_of
from db.models import VenueSetting
from db.writes import insert_new
from tests.makers import NOW

ODD = ("{a,b}", "'); --", 'a "word"', "\\", "NULL", "ÿ🦊", "line\nbreak", "")


def test_rows_are_found_by_any_of_many_values_or_by_none(session: Session) -> None:
    insert_new(
        session,
        VenueSetting,
        [{"name": str(place), "value": word, "updated_at": NOW} for place, word in enumerate(ODD)],
    )
    for wanted in (ODD, ODD[:1], (*ODD[:2], "nowhere"), ()):
        found = session.scalars(select(VenueSetting.value).where(one_of(session, VenueSetting.value, wanted))).all()
        assert set(found) == set(wanted) - {"nowhere"}
