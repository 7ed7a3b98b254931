"""Stop words: a plain refusal stops the texts, a likely one is shown to staff."""

import pytest

from venue.delivery.stop_words import StopRequest, may_want_stop, needs_reading, stop_request

STOP = [
    "STOP", "stop", " Stop. ", "STOP!", "Stop please", "please stop", "stopall", "Stop all", "unsubscribe",
    "UNSUBSCRIBE ME", "cancel", "end", "quit", "opt out", "revoke", "stop texting me", "Stop texting me please",
    "please stop texting me", "stop sending me texts", "Can you stop texting this number", "don't text me",
    "Dont text me again", "do not message me", "no more texts", "no more texts please", "stop the reminders",
    "STOP MESSAGES", "stop texts thanks",
    "Stop. Thank you", "Stop, thanks.", "STOP\nThank you", "Thanks. Stop", "ok stop", "stop stop stop",
    "Please STOP now",
    "unsub", "Unsub please", "unsubscribe me from your list", "unsubscribe from all messages", "opt me out please",
    "I want to opt out", "take me off your list", "Take me off your mailing list, thanks", "remove me from your list",
    "Please remove me from your text list", "Remove my number", "please delete my number", "lose my number",
    "leave me alone", "Leave us alone!", "don't contact me again", "never text me again", "no more messages thanks",
    "stop spamming me", "Stop contacting me", "I don't want any more texts", "I don't want these messages",
    "please don't send me any more messages", "stop sending these", "Could you please stop messaging me", "No. Stop.",
    "stop it", "stop okay", "stop sending texts to this number", "quit texting me",
    "Hi, please stop texting me. Thanks x",
]  # fmt: skip
START = ["START", "start", "Start!", "unstop", "yes", "YES"]
PROPOSED = [
    "remove me", "Remove me please", "take me off the list", "wrong number", "Sorry, wrong number!",
    "I think you have the wrong number", "you've got the wrong person mate", "Stop, I moved to Leeds",
    "Please stop sending me these, I never signed up", "Don't text me, ring me instead", "not interested",
    "remove me from your list and bin my details", "I asked you to stop texting me last week", "delete my data",
    "This is spam", "STOP or I report you", "Ok STOP then", "can't make it, and please unsubscribe me",
    "Jo has a new phone so don't text this number", "piss off", "Take me off", "who is this? leave me alone",
    "no more please", "Enough!", "remove", "Remove from list please", "take my number off", "go away",
    "who gave you my number?", "Where did you get my number", "this is not Jo's number", "no longer Dave's phone sorry",
    "This number has changed hands", "no longer wish to receive these messages",
]  # fmt: skip
NEITHER = [
    "Cancel my table Saturday", "4 please", "can't make it, cancel please", "we'll stop by at 8", "Stop by for a pint?",
    "when does the quiz start?", "Start at 7 or 8?", "yes please, 4 of us", "what time does it end", "full stop",
    "I quit smoking so outside table not needed", "Don't worry about the table", "non-stop laughs last night, thanks",
    "is there a bus stop nearby", "please text me the menu", "thanks for the reminder", "no", "", "👍", "stopp",
    "can you stop the music by 11", "no thanks", "Thank you", "sorry", "leave it with me", "don't forget us!",
    "Stop at the bar first?", "what time do you stop serving", "you have the wrong number of seats, we are 5",
    "remove 2 seats please", "can you take one off my booking", "take us off the quiz on Friday, we can't make it",
    "please delete my booking", "Can't stop long but see you at 8", "don't stop me now!", "we'll never stop coming",
    "please send me the menu", "can you remove Jo from our table", "ok", "The kids won't stop talking about it",
    "please cancel", "cancel thanks", "can I opt for the veggie", "Remove me from Friday's table", "no more seats?",
    "stop press: we are now 6", "is this not last week's quiz?", "enough for 4 please", "remove the high chair please",
    "no more than 6 of us", "what number do I ring", "can we go away from the speakers",
]  # fmt: skip


@pytest.mark.parametrize("body", STOP)
def test_these_mean_stop(body: str) -> None:
    assert stop_request(body) is StopRequest.STOP


@pytest.mark.parametrize("body", START)
def test_these_mean_start(body: str) -> None:
    assert stop_request(body) is StopRequest.START


@pytest.mark.parametrize("body", PROPOSED)
def test_these_are_shown_to_staff_as_a_likely_stop(body: str) -> None:
    assert stop_request(body) is StopRequest.NOTHING
    assert may_want_stop(body)


@pytest.mark.parametrize("body", NEITHER)
def test_these_are_for_staff_to_read(body: str) -> None:
    assert stop_request(body) is StopRequest.NOTHING
    assert not may_want_stop(body)


def test_what_asks_for_more_than_silence_is_read_by_staff_as_well() -> None:
    assert needs_reading("cancel")
    assert needs_reading("please delete my number")
    assert not needs_reading("STOP")
    assert not needs_reading("stop texting me")


@pytest.mark.parametrize(
    "words",
    ["please stop ", "no thanks ", "no more any more ", "thank you thanks ", "stop any more ", "remove me off "],
)
def test_a_long_text_is_understood_in_no_time(words: str) -> None:
    assert stop_request(words * 500 + "zebra") is StopRequest.NOTHING
    may_want_stop(words * 500 + "zebra")
