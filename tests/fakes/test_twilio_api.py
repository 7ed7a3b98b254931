"""The fake Twilio holds every request to Twilio's own published description, and a bad one fails the test."""

import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from tests.fakes.twilio_api import FORM, problem_with
from tests.fakes.twilio_server import ACCOUNT, FROM, running

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
GOOD = {"To": "+447700900123", "From": FROM, "Body": "Hello"}
SERVICE = "MG" + "a" * 32

VALID = [
    GOOD,
    {**GOOD, "ValidityPeriod": "36000", "StatusCallback": "https://desk.example.com/twilio/status/1"},
    {**GOOD, "Body": "é" * 1600},
    {"To": "+33612345678", "MessagingServiceSid": SERVICE, "Body": "Hello", "SmartEncoded": "false"},
]
REFUSED = [
    ({**GOOD, "Bodie": "Hello"}, "'Bodie' was unexpected"),
    ({**GOOD, "ValidityPeriod": "36001"}, "greater than the maximum of 36000"),
    ({**GOOD, "ValidityPeriod": "0"}, "less than the minimum of 1"),
    ({**GOOD, "ValidityPeriod": "1.5"}, "not of type 'integer'"),
    ({**GOOD, "To": "07700 900123"}, "not a 'phone-number'"),
    ({**GOOD, "To": ""}, "not a 'phone-number'"),
    ({"From": FROM, "Body": "Hello"}, "'To' is a required property"),
    ({"To": GOOD["To"], "From": FROM}, "not valid under any of the given schemas"),
    ({"To": GOOD["To"], "Body": "Hello"}, "not valid under any of the given schemas"),
    ({**GOOD, "Body": "x" * 1601}, "too long"),
    ({**GOOD, "StatusCallback": "desk.example.com"}, "not a 'uri'"),
    ({**GOOD, "SmartEncoded": "no"}, "not of type 'boolean'"),
    ({"To": GOOD["To"], "Body": "Hello", "MessagingServiceSid": "MG1"}, "does not match|too short"),
]


@pytest.mark.parametrize("fields", VALID)
def test_what_the_document_describes_passes(fields: dict[str, str]) -> None:
    assert problem_with("POST", f"{MESSAGES}.json", content_type=FORM, body=urlencode(fields)) == ""


@pytest.mark.parametrize(("fields", "words"), REFUSED)
def test_what_it_does_not_describe_is_refused(fields: dict[str, str], words: str) -> None:
    problem = problem_with("POST", f"{MESSAGES}.json", content_type=FORM, body=urlencode(fields))
    assert any(word in problem for word in words.split("|"))


@pytest.mark.parametrize(
    ("method", "target", "good"),
    [
        ("GET", f"{MESSAGES}.json?To=%2B447700900123&PageSize=1000&DateSent%3E=2027-01-15T12%3A00%3A00Z", True),
        ("GET", f"{MESSAGES}.json?PageSize=1001", False),
        ("GET", f"{MESSAGES}.json?page_size=10", False),
        ("GET", f"{MESSAGES}.json?DateSent%3E=yesterday", False),
        ("GET", f"{MESSAGES}/SM{'0' * 32}.json", True),
        ("GET", f"{MESSAGES}/SM1.json", False),
        ("GET", "/2010-04-01/Accounts/AC1/Messages.json", False),
        ("DELETE", f"{MESSAGES}.json", False),
        ("POST", f"{MESSAGES}.json", False),
    ],
)
def test_questions_are_held_to_it_too(method: str, target: str, good: bool) -> None:
    assert (problem_with(method, target) == "") == good


@pytest.mark.parametrize("fields", [fields for fields, _ in REFUSED[:5]])
def test_a_bad_request_is_answered_400_and_fails_the_test_that_made_it(fields: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="POST"):
        post_badly(fields)


def post_badly(fields: dict[str, str]) -> None:
    with running() as server:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}{MESSAGES}.json", urlencode(fields).encode())
        assert (refused.value.code, server.messages) == (400, [])
