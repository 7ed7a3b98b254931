"""Writing many rows at once, on each database in its own way."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.bulk import insert_new, one_of, update_each
from db.models import VenueSetting
from tests.makers import NOW

LATER = NOW + timedelta(days=1)
EMPTY = VenueSetting.value == ""
ODD = ("{a,b}", "'); --", 'a "word"', "\\", "NULL", "ÿ🦊", "line\nbreak", "")


def kept(session: Session) -> dict[str, tuple[str, object]]:
    rows = session.execute(select(VenueSetting.name, VenueSetting.value, VenueSetting.updated_at))
    return {row.name: (row.value, row.updated_at) for row in rows}


def put(session: Session, **values: str) -> None:
    insert_new(
        session, VenueSetting, [{"name": name, "value": value, "updated_at": NOW} for name, value in values.items()]
    )


def test_each_row_gets_its_own_values_and_no_other_is_touched(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    given = [{"name": "c", "value": "30", "updated_at": LATER}, {"name": "a", "value": "10", "updated_at": NOW}]
    update_each(session, VenueSetting, given, by=("name",))
    assert kept(session) == {"a": ("10", NOW), "b": ("2", NOW), "c": ("30", LATER)}


def test_odd_words_arrive_as_they_are(session: Session) -> None:
    put(session, **{str(place): "" for place in range(len(ODD))})
    given = [{"name": str(place), "value": word} for place, word in enumerate(ODD)]
    update_each(session, VenueSetting, given, by=("name",))
    assert [kept(session)[str(place)][0] for place in range(len(ODD))] == list(ODD)


def test_rows_of_which_the_condition_is_not_true_stay(session: Session) -> None:
    put(session, a="", b="written")
    given = [{"name": name, "value": "again"} for name in ("a", "b", "nobody")]
    update_each(session, VenueSetting, given, by=("name",), where=EMPTY)
    assert {name: value for name, (value, _) in kept(session).items()} == {"a": "again", "b": "written"}


def test_a_value_that_all_rows_share_reaches_each_of_them_and_only_them(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    update_each(
        session, VenueSetting, [{"name": name, "value": "", "updated_at": LATER} for name in "ab"], by=("name",)
    )
    assert kept(session) == {"a": ("", LATER), "b": ("", LATER), "c": ("3", NOW)}


def test_rows_are_found_by_any_of_many_values_or_by_none(session: Session) -> None:
    put(session, **{str(place): word for place, word in enumerate(ODD)})
    for wanted in (ODD, ODD[:1], (*ODD[:2], "nowhere"), ()):
        found = session.scalars(select(VenueSetting.value).where(one_of(session, VenueSetting.value, wanted))).all()
        assert set(found) == set(wanted) - {"nowhere"}
