"""Names and numbers are found in text however they are written, and nothing else is."""

import json

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from venue.privacy.mentions import Name, Wanted, may_mention

JO = Name("Zoë", "O'Neil-Smith")
NUMBER = "+447700900123"
WANTED = Wanted([JO], [NUMBER])

MENTIONS = {
    "Zoë O'Neil-Smith": "(erased)",
    "sister of ZOE ONEIL SMITH, table 4": "sister of (erased), table 4",
    "O’Neil-Smith, Zoë": "(erased)",
    "zoe_o_neil_smith.csv": "(erased).csv",
    "Zoe O Neil Smith": "(erased)",
    "Zoe\u0308 O'Neil-Smith": "(erased)",
    "Zoë\nO'Neil  Smith rang": "(erased) rang",
    "Zoë O'Neil-Smith's 40th": "(erased)'s 40th",
    "+447700900123": "(erased)",
    "07700 900123": "(erased)",
    "ring 07700-900-123.": "ring (erased).",
    "+44 (0)7700 900 123": "(erased)",
    "00447700900123": "(erased)",
    "7700900123.0": "(erased).0",
    "call 447700900123 or 07700 900124": "call (erased) or 07700 900124",
}
NO_MENTIONS = [
    "",
    "Zoë Smith",
    "Zoë O'Neil",
    "Zoëy O'Neil-Smith",
    "O'Neil Smithson Zoë",
    "07700 900124",
    "107700900123",
    "077009001234",
]


@pytest.mark.parametrize("text", MENTIONS)
def test_every_way_of_writing_it_is_replaced(text: str) -> None:
    assert WANTED.is_in(text)
    assert WANTED.replaced(text) == MENTIONS[text]
    assert not WANTED.is_in(MENTIONS[text])


@pytest.mark.parametrize("text", NO_MENTIONS)
def test_what_is_only_similar_stays(text: str) -> None:
    assert not WANTED.is_in(text)
    assert WANTED.replaced(text) == text


@pytest.mark.parametrize("text", [each for each in MENTIONS if "\u0308" not in each])
def test_the_database_finds_each_of_them(session: Session, text: str) -> None:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    columns = [literal("Something else"), literal(text)]
    found = may_mention(columns, patterns=len(WANTED.patterns), is_postgresql=is_postgresql)
    assert session.scalar(select(found), WANTED.patterns)


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        (Name("明", "李"), "李明 called", "(erased) called"),
        (Name("***", "!"), "seat *** ! here", "seat (erased) here"),
        (Name("Bo", "Li"), "Bo Libby and Bo Li", "Bo Libby and (erased)"),
        (Name("Mary Ann", "Lee"), "mary ann lee", "(erased)"),
        (Name("Will", "Rose"), "Rose Will came", "(erased) came"),
        (Name("Will", "Rose"), "rose will came", "(erased) came"),
        (Name("Will", "Rose"), "Rose, will", "(erased)"),
        (Name("Ludwig", "van Beethoven"), "van Beethoven Ludwig", "(erased)"),
        (Name("Ann", "Lee"), "Ann Lee-birthday", "(erased)-birthday"),
    ],
)
def test_unusual_names_are_replaced(name: Name, text: str, after: str) -> None:
    assert Wanted([name]).replaced(text) == after


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (Name("Will", "Rose"), "Rose will bring a cake"),
        (Name("Ann", "Lee"), "Ann Lee-Jones and Mary-Ann Lee"),
        (Name("Ann", "Lee"), '["Ann", "Lee-Jones"]'),
        (Name("First", "Name"), "Hi {first_name}, see you at {event_name}"),
        (Name("First", "Name"), '{"first_name": "Mobile"}'),
    ],
)
def test_words_and_longer_names_of_others_stay(name: Name, text: str) -> None:
    assert Wanted([name]).replaced(text) == text


def test_a_list_in_json_stays_a_list_of_as_many_texts() -> None:
    cells = json.dumps(["Zoë", "O'Neil-Smith", "07700 900123", "Zoë\nO'Neil Smith"], ensure_ascii=False)
    replaced = json.loads(WANTED.replaced(cells))
    assert len(replaced) == 4
    assert replaced[2:] == ["(erased)", "(erased)"]
    assert not WANTED.is_in(json.dumps(replaced))


def test_no_text_becomes_too_long_to_store() -> None:
    full = "Bo Li, Ann; " * 160
    assert len(Wanted([Name("Bo", "Li")]).replaced(full)) == len(full)
