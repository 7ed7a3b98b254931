"""Recognise what an incoming text asks for: to stop texts, to start them again, or something for staff to read."""

import re
from enum import StrEnum, auto

from db.search import fold


class StopRequest(StrEnum):
    """What an incoming text asks for."""

    STOP = auto()
    START = auto()
    NOTHING = auto()


# The provider recognises these words too, as the whole text, and blocks or unblocks the number itself:
# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
STOP_WORDS = {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
START_WORDS = {"start", "unstop", "yes"}
# These may also answer "Can't make it? Please reply", so they stop texts and are also shown to staff.
ALSO_FOR_STAFF = {"cancel", "end", "quit"}

# "stop texting me" means the same as STOP; "we'll stop by at 8" and "cancel my table" do not.
_POLITE = (
    "please|pls|plz|thanks|thank you|thank u|thankyou|thx|ta|cheers|many thanks|kind regards|"
    "regards|sorry|hi|hello|hey|okay|ok|xx?"
)
# Each word can be read in one way only ("no thanks" is "no" and "thanks"), so a text of many polite words causes no
# catastrophic backtracking. Possessive quantifiers would promise the same, but are wrong in Python 3.11.2.
_ASKING = f"(?:(?:{_POLITE}|can you|could you|would you|will you|just|kindly|i said|i want you to|no(?! more)) )*"
_AFTERWARDS = (
    rf"(?: (?:{_POLITE}|no thanks|no thank you|now|immediately|asap|again|anymore|any more|any longer|ever|at once|"
    r"guys|mate)\b)*"
)
_TEXTS = "(?:texts?|txts?|sms|smses|messages?|msgs?|reminders?|spam|notifications?|updates?)"
_TEXTING = "(?:texting|textin|txting|messaging|contacting|spamming|bothering|harassing|pestering|ringing|calling)"
_ME = "(?:me|us|this number|my number|my phone|this phone)"
_WHICH = "(?:any|more|these|those|the|your|all|of|such|further|no)"
_LIST = (
    "(?:(?:the|your|this|ur) (?:mailing|text|texting|marketing|contact|contacts|sms|message|messaging|phone) lists?|"
    "(?:your|ur) (?:lists?|database|system|records|contacts|texts|messages|marketing))"
)
_REFUSALS = (
    "stop(?: stop)*(?: it| this| that| all)?",
    f"stop (?:sending|sendin)?(?: ?{_ME})?(?: ?{_WHICH})*(?: ?{_TEXTS})?(?: to {_ME})?",
    f"stop (?:{_WHICH} )*{_TEXTS}(?: to {_ME})?",
    f"(?:stop|quit|no more) {_TEXTING}(?: {_ME})?",
    f"no more (?:{_WHICH} )*{_TEXTS}(?: to {_ME})?",
    f"(?:dont|do not|never) (?:ever )?(?:text|txt|message|msg|contact|spam)(?: {_ME})?",
    f"(?:dont|do not|never) (?:ever )?send(?: {_ME})?(?: {_WHICH})*(?: {_TEXTS})(?: to {_ME})?",
    f"i (?:dont|do not|no longer) (?:want|wish to (?:get|receive))(?: to (?:get|receive))?(?: {_WHICH})*(?: {_TEXTS})"
    "(?: from you)?",
    f"(?:unsubscribe|unsub|un sub|un subscribe)(?: {_ME})?(?: from)?(?: (?:this|all|{_LIST}))?(?: {_TEXTS})?",
    f"(?:i )?(?:want to |wish to |would like to |d like to )?opt(?: {_ME})? ?out(?: of (?:{_WHICH} )*{_TEXTS})?",
    f"(?:take|remove|delete)(?: {_ME}| my details| my name)(?: off| from| out of) {_LIST}",
    "(?:remove|delete|lose|forget) (?:my|this) number",
    "leave (?:me|us) alone",
)
PLAINLY_STOP = re.compile(f"{_ASKING}(?:{'|'.join(_REFUSALS)}){_AFTERWARDS}")
# Folded: "Jo's" is "jos".
_WRONG_PERSON = (
    r"wrong (?:number|person|no)\b(?! of)|(?:not|isnt|no longer|never) \w+s (?:number|phone|mobile)\b|"
    r"(?:this )?number (?:has )?changed hands\b"
)
WRONG_PERSON = re.compile(rf"\b(?:{_WRONG_PERSON})")
# These may mean STOP, but may mean something else, or need more from staff.
MAY_MEAN_STOP = re.compile(
    rf"\b(?:stop|quit) (?:sending|{_TEXTING}|{_TEXTS}|{_WHICH} {_TEXTS})\b"
    rf"|\b(?:dont|do not|never) (?:ever )?(?:text|txt|message|msg|contact|send) {_ME}\b"
    rf"|\bno more {_TEXTS}\b"
    r"|\b(?:unsubscribe|unsub|opt(?: me)? ?out)\b"
    rf"|\b(?:take|remove|delete)(?: {_ME}| my details| my name| my data)(?: (?:off|from|out of) {_LIST})"
    rf"|^{_ASKING}(?:take|remove|delete) (?:me|us|my details|my name|my data)(?: off| from)?"
    rf"(?: the list| this list| it| this)?{_AFTERWARDS}$"
    r"|\b(?:remove|delete|lose|forget) (?:my|this) number\b"
    rf"|\b(?:{_WRONG_PERSON})"
    r"|\b(?:who gave you|where did you get|how did you get|how do you have) my (?:number|details)\b"
    rf"|\b(?:no longer|dont|do not) (?:want|wish) (?:to (?:get|receive) )?(?:{_WHICH} )*{_TEXTS}\b"
    rf"|^{_ASKING}(?:remove|enough|no more|go away|take my number off)(?: from (?:the |this )?list| {_TEXTS})?"
    rf"{_AFTERWARDS}$"
    r"|\bleave (?:me|us) alone\b"
    r"|\b(?:gdpr|harassment|harassing|spam|spamming|block you|blocking you|reporting you)\b"
    rf"|^{_ASKING}not interested{_AFTERWARDS}$"
    rf"|^{_ASKING}(?:f+|fuck|piss|bugger) off\b"
)
# Texts stop, and staff also have something to do.
ASKS_FOR_MORE = re.compile(r"\b(?:delete|remove|details|data)\b")


def stop_request(body: str) -> StopRequest:
    """What a text asks for. It is STOP or START only if it cannot mean anything else."""
    words = fold(body)
    if words in STOP_WORDS or PLAINLY_STOP.fullmatch(words):
        return StopRequest.STOP
    if words in START_WORDS:
        return StopRequest.START
    return StopRequest.NOTHING


def may_want_stop(body: str) -> bool:
    """Whether the guest may want to stop texts, so that staff should decide."""
    return MAY_MEAN_STOP.search(fold(body)) is not None or _has_keyword(body)


def needs_reading(body: str) -> bool:
    """Whether staff should read a text although STOP was carried out."""
    words = fold(body)
    return words in ALSO_FOR_STAFF or ASKS_FOR_MORE.search(words) is not None


def _has_keyword(body: str) -> bool:
    """Whether the text has the keyword in it, like "Stop, I've had enough" or "ok STOP then"."""
    starts_with_it = re.match(r"\W*stop\s*[.,!;:–—-]", body, re.IGNORECASE) is not None
    return starts_with_it or (not body.isupper() and re.search(r"\bSTOP\b", body) is not None)
