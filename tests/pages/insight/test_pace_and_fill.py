"""The charts of one event's pace and of fill by category. It is a Tuesday at noon."""

from urllib.parse import parse_qsl

from tests.pages.conftest import rows, said


def opened(screen, address):
    page, _, query = address.partition("?")
    files = {"events": "events/list.py", "event": "events/one.py"}
    return said(screen(files[page], **dict(parse_qsl(query))))


def test_the_next_event_is_shown_and_another_can_be_chosen(screen, add_event, add_customer, book):
    quiz = add_event(days=2, capacity=20)
    jazz = add_event("Jazz", days=9)
    for weeks in (1, 2, 3):
        book(add_customer(), add_event(days=2 - 7 * weeks, capacity=20), seats=weeks, reason="Kept on paper")

    app = screen("insight/home.py", chart="Pace")
    assert app.selectbox[0].value == str(quiz.id)
    for row in rows(app, "Events like it"):
        assert f"{row['cells'][2].removesuffix(' in the end').split()[0]} of 20 seats" in opened(screen, row["address"])

    app = app.selectbox[0].set_value(str(jazz.id)).run()
    assert app.query_params["event"] == str(jazz.id)
    assert "Jazz, Thu 11 March: 0 seats with 9 days to go." in said(app).replace("\\", "")


def test_without_events_to_come_there_is_no_pace(screen):
    app = screen("insight/home.py", chart="Pace")

    assert "No upcoming events." in said(app).replace("\\", "")
    assert not app.get("vega_lite_chart")


def test_each_category_equals_the_list_it_opens(screen, add_event, add_customer, book):
    for name, category, seats in (("Quiz Night", "Quiz & more", 4), ("Jazz", "", 3)):
        book(add_customer(), add_event(name, days=0, capacity=20, category=category), seats=seats)
    add_event("Open Mic", days=0, category="Quiz & more")

    app = screen("insight/home.py", chart="Fill")

    shown = rows(app, "Fill by category")
    assert [row["cells"] for row in shown] == [
        ["Quiz & more", "4 of 20 (20%) seats", "1 event", "1 not over"],
        ["No category", "3 of 20 (15%) seats", "1 event", "1 not over"],
    ]
    assert "1 event, 4 seats" in opened(screen, shown[0]["address"])
    assert "1 event, 3 seats" in opened(screen, shown[1]["address"])
