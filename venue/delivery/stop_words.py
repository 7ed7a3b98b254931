"""What a text that came in asks for: no more texts, texts again, or something for staff to read."""

import re
from enum import StrEnum, auto

from db.search import fold


class Wish(StrEnum):
    """What a guest who texts the venue wants of its texts."""

    STOP = auto()
    START = auto()
    NOTHING = auto()


# Words that the provider itself takes for these when they stand alone, so the number is blocked or opened there too:
# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
STOP_WORDS = {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
START_WORDS = {"start", "unstop", "yes"}
# These also answer "Can't make it? Please reply": they are obeyed, and staff read them as well.
READ_BY_STAFF_TOO = {"cancel", "end", "quit"}

# "stop texting me" is meant for us as much as STOP is; "we'll stop by at 8" and "cancel my table" are not.
_POLITE = (
    "please|pls|plz|thanks|thank you|thank u|thankyou|thx|ta|cheers|many thanks|no thanks|no thank you|kind regards|"
    "regards|sorry|hi|hello|hey|okay|ok|xx?"
)
# Possessive: a text of nothing but polite words must not take for ever.
_ASKING = f"(?:(?:{_POLITE}|can you|could you|would you|will you|just|kindly|i said|i want you to|no(?! more)) )*+"
_AFTERWARDS = rf"(?: (?:{_POLITE}|now|immediately|asap|again|anymore|any more|any longer|ever|at once|guys|mate)\b)*+"
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
# What says so much more than that it may be meant otherwise, or that there is something for staff to do as well.
MAY_MEAN_STOP = re.compile(
    rf"\b(?:stop|quit) (?:sending|{_TEXTING}|{_TEXTS}|{_WHICH} {_TEXTS})\b"
    rf"|\b(?:dont|do not|never) (?:ever )?(?:text|txt|message|msg|contact|send) {_ME}\b"
    rf"|\bno more {_TEXTS}\b"
    r"|\b(?:unsubscribe|unsub|opt(?: me)? ?out)\b"
    rf"|\b(?:take|remove|delete)(?: {_ME}| my details| my name| my data)(?: (?:off|from|out of) {_LIST})"
    rf"|^{_ASKING}(?:take|remove|delete) (?:me|us|my details|my name|my data)(?: off| from)?"
    rf"(?: the list| this list| it| this)?{_AFTERWARDS}$"
    r"|\b(?:remove|delete|lose|forget) (?:my|this) number\b"
    r"|\bwrong (?:number|person|no)\b(?! of)"
    r"|\bleave (?:me|us) alone\b"
    r"|\b(?:gdpr|harassment|harassing|spam|spamming|block you|blocking you|reporting you)\b"
    rf"|^{_ASKING}not interested{_AFTERWARDS}$"
    rf"|^{_ASKING}(?:f+|fuck|piss|bugger) off\b"
)
# To be seen to by a person, though the texts stop.
ASKS_FOR_MORE = re.compile(r"\b(?:delete|remove|details|data)\b")


def wish(body: str) -> Wish:
    """What a text asks for: only what can be meant in no other way is STOP or START."""
    words = fold(body)
    if words in STOP_WORDS or PLAINLY_STOP.fullmatch(words):
        return Wish.STOP
    if words in START_WORDS:
        return Wish.START
    return Wish.NOTHING


def may_want_stop(body: str) -> bool:
    """Whether staff should be asked if the guest wants no more texts."""
    return MAY_MEAN_STOP.search(fold(body)) is not None or _has_keyword(body)


def needs_reading(body: str) -> bool:
    """Whether staff should read a text although it was obeyed."""
    words = fold(body)
    return words in READ_BY_STAFF_TOO or ASKS_FOR_MORE.search(words) is not None


def _has_keyword(body: str) -> bool:
    """ "Stop, I've had enough", "ok STOP then": the keyword with more around it."""
    starts_with_it = re.match(r"\W*stop\s*[.,!;:–—-]", body, re.IGNORECASE) is not None
    return starts_with_it or (not body.isupper() and re.search(r"\bSTOP\b", body) is not None)
