"""The chart of texts by outcome and cost. It is a Tuesday at noon."""

import re
from urllib.parse import parse_qsl

from sqlalchemy import update

from db.models import Message
from tests.pages.conftest import rows, said
from venue.roles import DESK


def test_each_number_opens_its_list_of_texts(screen, venue, add_event, add_customer, book):
    for number in range(3):
        book(add_customer(mobile_number=f"07700 90000{number}"), add_event(days=number + 2))
    with venue.transaction(DESK) as session:
        session.execute(update(Message).where(Message.kind == "confirmation").values(state="failed"))
        session.execute(update(Message).where(Message.kind == "reminder_7_day").values(state="skipped"))

    app = screen("insight/home.py", chart="Texts", **{"from": "2027-02-01", "until": "2027-03-31"})

    shown = rows(app, "Texts by month and type")
    assert ["March 2027, Confirmation", "0 SMS", "not known"] in [row["cells"] for row in shown]
    links = [link for row in shown for link in row["ways"]]
    assert "3 failed" in [link["label"] for link in links]
    for link in links:
        query = dict(parse_qsl(link["address"].partition("?")[2]))
        listed = screen("messages/list.py", **query)
        count = link["label"].split()[0]
        assert re.search(rf"^{count} text{'' if count == '1' else 's'}\b", said(listed), re.MULTILINE)

    (chip,) = (each for each in listed.button if each.key == "off.first_day")
    without = chip.click().run()
    assert "from" not in without.query_params
