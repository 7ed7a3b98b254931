"""Every screen of the demo has something to show."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

import settings
from cli.sample import load
from pages import screens
from scheduler_jobs import Scheduler
from sms.simulated_gateway import SimulatedGateway
from venue import clock
from venue.profile import Venue

# These are about one customer, event, text or file, whose id is in their address.
ABOUT_ONE = {
    *("customers/one.py", "customers/edit.py", "customers/merge.py", "events/one.py", "events/edit.py"),
    *("events/door_list.py", "messages/one.py", "messages/conversation.py", "campaigns/one.py", "campaigns/edit.py"),
    *("data/request.py", "imports/one.py"),
}
EMPTY = ("No events", "No customers", "No texts", "No replies", "No possible duplicates", "No requests", "Nothing")


def test_no_screen_of_the_demo_is_empty(venue: Venue, screen: Callable[..., AppTest]) -> None:
    for _ in load.load(venue, now=clock.now()):
        pass
    Scheduler(venue, SimulatedGateway(), settings.load({}), now=clock.now).once()
    for each in (*screens.MAIN, *screens.REACHED_FROM_THESE):
        if each.file not in ABOUT_ONE:
            app = screen(each.file)
            shown = [words.value for words in (*app.markdown, *app.caption, *app.info)]
            assert not [words for words in shown if words.startswith(EMPTY)], each.file
