"""What a reply means, read by a table of rules in the light of the question that it answers.

A reading is certain only if the whole text says one thing and nothing else: not if it asks, doubts, mixes, negates or
names another day. Nothing is ever done because of a reading: staff are offered to do it.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from db.search import fold
from venue.delivery.stop_words import WRONG_PERSON, StopRequest, may_want_stop, stop_request
from venue.replies.clauses import Clause, clauses, plain, without_greeting


class Question(StrEnum):
    """What a number was last texted about."""

    BOOKING = auto()
    OFFER = auto()
    OTHER = auto()


class Meaning(StrEnum):
    """What a reply asks for or says. SEATS, MORE and LATE have a number."""

    CANCEL = auto()
    SEATS = auto()
    MORE = auto()
    LATE = auto()
    YES = auto()
    NO = auto()
    STOP = auto()
    WRONG_NUMBER = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Reading:
    """`number` is the seats wanted, the seats more (negative for fewer), or the minutes late, None if not said. `day`
    is "tonight" or "tomorrow" if the reply says so: whether that is right is for the caller to check."""

    meaning: Meaning
    number: int | None = None
    is_certain: bool = False
    day: str = ""


NOTHING = Reading(Meaning.NOTHING)
MOST_SEATS = 99
MOST_MINUTES = 180
# More may be an age.
MOST_SURELY = 20
# A longer text is more than an answer.
MOST_CHARACTERS = 300

_US = "(?:i|we|none of us|neither of us|we both|both of us|i just|we just)"
_TABLE = "(?:booking|table|seats?|places?|reservation|tickets?|spots?)"
_IT_ALL = f"(?:it|this|(?:my|our|the|this) {_TABLE})"
_IT = "(?: it| this| this 1| that| the quiz| the event| to it| along| tonight| tomorrow| this time)*"
_MUST = "(?:need|have|got|want|would like|id like|wed like|ill have|well have|will have|going to have|am going to have)"
_AM = "(?:im|were|i am|we are)"
_PEOPLE = "(?: of us| people| seats?| guests?| in total| coming)*"
_BE = (
    r"(?:well|we will|we|we are|were|there will|therell|there are|theres|there is|it will|itll|its|it is|i will|will|"
    r"are|now|can we|could we|is it ok if we are|we are going to|were going to|going to)(?: be)? "
)
_ABOUT = "(?:(?:now|only|just|about|around|the|up to|down to) )*"
_CAN = "(?:(?:can|could|please can|please could|would) (?:you|we|i) )?(?:please )?"
_VERY = "(?:a bit|bit|a little|a little bit|slightly|a tad|a few mins|few mins|a couple of mins)"
_ARRIVING = "(?:running|will be|well be|ill be|going to be|might be|am|are|im|were|we are|i am|be)"
_MINUTES = r"(?:about |around |approx )?(?P<n>\d+)(?: mins)?"
_AWAY = "(?:away|to some(?:one|body) else|go)"

# Meaning, and the whole of a clause without its polite words.
_RULES: tuple[tuple[Meaning, str], ...] = (
    (Meaning.CANCEL, f"(?:{_US} |{_AM} )?cant (?:make|come|attend|do|be there){_IT}"),
    (Meaning.CANCEL, f"(?:none|neither) of us (?:can|will) (?:make|come|attend|be there){_IT}"),
    (Meaning.CANCEL, f"(?:{_US} )?wont (?:make it|come|be coming|be there|be attending|be joining you){_IT}"),
    (Meaning.CANCEL, f"(?:{_AM} )?(?:not|no longer) (?:coming|attending|going to (?:make|come)|joining you){_IT}"),
    (Meaning.CANCEL, f"(?:{_US} |{_AM} )?(?:{_MUST} to|must) (?:cancel|drop out|pull out)(?: {_IT_ALL})?"),
    (Meaning.CANCEL, f"{_CAN}cancel {_IT_ALL}"),
    (Meaning.CANCEL, f"{_CAN}cancel"),
    (Meaning.CANCEL, f"(?:{_US} )?(?:dont|no longer) need (?:it|(?:my|our|the|this) {_TABLE})"),
    (Meaning.CANCEL, f"(?:you can |{_CAN})(?:give|release|let) {_IT_ALL}(?: {_AWAY})?"),
    (Meaning.CANCEL, "(?:count|take) (?:us|me) (?:out|off the (?:list|quiz|booking))"),
    (Meaning.SEATS, rf"(?:{_BE})?{_ABOUT}(?P<n>\d+)(?: now)?{_PEOPLE}(?: now| tonight)*"),
    (Meaning.SEATS, rf"(?:{_BE})?{_ABOUT}(?P<n>\d+){_PEOPLE} instead(?: of \d+)?"),
    (
        Meaning.SEATS,
        rf"{_CAN}(?:make|change|increase|reduce|go|be|have|update)(?: it| that| us)?"
        rf"(?: (?:my |our |the |a )?{_TABLE}(?= to| for| up| down))?(?: up| down)?(?: to| for)? (?P<n>\d+){_PEOPLE}"
        r"(?: instead(?: of \d+)?)?",
    ),
    (Meaning.SEATS, rf"(?:{_TABLE} for|party of) (?P<n>\d+)"),
    (Meaning.MORE, rf"(?:{_CAN}|{_BE})(?:add |have )?(?:plus )?(?P<n>\d+) (?:more|extra){_PEOPLE}"),
    (Meaning.MORE, r"plus (?P<n>\d+)"),
    (Meaning.MORE, rf"(?:{_CAN}|{_BE})(?P<fewer>\d+) (?:less|fewer){_PEOPLE}"),
    (Meaning.LATE, f"(?:{_US} )?(?:{_ARRIVING} )*(?:{_VERY} )?late"),
    (Meaning.LATE, rf"(?:{_US} )?(?:{_ARRIVING} )*{_MINUTES} late"),
    (Meaning.LATE, rf"(?:{_US} )?(?:{_ARRIVING} )*late {_MINUTES}"),
    (Meaning.LATE, rf"(?:{_US} |{_ARRIVING} )*(?:there|with you|here) in {_MINUTES}"),
    (Meaning.LATE, r"(?:about |around )?(?P<n>\d+) mins(?: away)?"),
    (Meaning.LATE, "(?:(?:im|were|i am|we are) )?stuck in (?:bad )?traffic"),
    (
        Meaning.YES,
        "(?:oo+h |great |brilliant |amazing )?(?:yes|yep|yeah|yup|ye|sure|definitely|of course|confirmed|ok|okay)",
    ),
    (Meaning.YES, "(?:yes )?(?:(?:well|ill|we will|i will) (?:take|have) (?:it|them|the (?:table|seats)))"),
    (Meaning.YES, "(?:yes )?(?:wed|id|we would|i would) love (?:to|it|them)|(?:yeah )?go on then|were in|we are in"),
    (Meaning.YES, "(?:count|book|put) (?:us|me) in|(?:yes )?that would be (?:great|lovely|perfect|amazing)"),
    (
        Meaning.NO,
        "(?:no|not|nope|nah|pass|(?:well|ill) pass|not this time|not now|no thanks|no thank you|not any more)",
    ),
    (Meaning.NO, "no longer need(?:ed)?(?: it| them)?|no (?:were|we are|im)(?: ok| okay| fine| alright)?"),
    (Meaning.NO, "(?:(?:weve|ive|we have|i have) )?(?:got|made|already made|have)? ?other plans(?: now)?"),
    (Meaning.NO, "already (?:booked|sorted)(?: elsewhere)?|too late(?: for (?:us|me))?|(?:we |i )?cant"),
)
_TABLE_OF_RULES = [(meaning, re.compile(pattern)) for meaning, pattern in _RULES]

# Said beside an acceptance, and alone after a reminder: they are coming.
_COMING = re.compile(
    "(?:yes )?(?:great |perfect |all good |thanks |ok )*"
    "(?:see (?:you|u|ya)(?: (?:there|then|all|soon|later|tonight|tomorrow))*"
    "|(?:were |we are |im |i am |yes were )?still coming|(?:yes )?(?:were|we are|im|i am) coming"
    "|(?:we will|well|ill|i will) (?:be|see you) there|cant wait|looking forward to it|all good|yep all good"
    "|perfect|great|brilliant|amazing|lovely|fab|thumb up|confirmed)(?: x+)?"
)
# Good wishes, which change nothing.
_WISHES = re.compile(
    "(?:have a (?:great|good|lovely) (?:night|time|evening)|hope (?:it|all|the night) goes well|"
    "(?:see you )?(?:another|next) time|have fun|good luck|hope you have a (?:good|great) (?:night|time))"
)
# Why someone cannot come, is late, or comes with fewer.
_REASON = re.compile(
    r"\b(?:ill|sick|poorly|unwell|not (?:feeling )?(?:well|great)|isnt (?:feeling )?well|arent well|flu|covid|injured|"
    r"work|hospital|baby ?sitter|sitter|childcare|emergency|broke(?:n)? down|come up|came up|trains?|bus|delayed|"
    r"traffic|cold|feeling (?:well|rough)|let us down|other plans|on (?:my|our|the) way|(?:keep|save) our table)\b"
)
_DELAYED = re.compile(
    r"(?:(?:the|our|my) )?(?:taxi|bus|trains?|tram|uber|cab|sitter|baby ?sitter)"
    r"(?: is| are| was)?(?: running)? (?:late|delayed)"
)
_SOMEONE_ELSE = re.compile(r"(?:\w+|1 of us) (?:cant (?:make it|come)|(?:is|are) (?:ill|away|poorly|sick))")
_REQUEST = re.compile(r"(?:can|could|would|please|is it ok if)\b")
_DOUBT = re.compile(
    r"\b(?:but|if|unless|maybe|might|may|perhaps|or|not sure|probably|think|hopefully|before|until|till|after(?! all)|"
    r"except|without|jok(?:e|ing)|kidding|lol|haha|up to|ignore|never|dont (?!need)|"
    r"wait(?! for)|however|although|whether|weekend|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:next|last) (?:week|month)|other(?! plans)|instead(?! of \d))\b"
)


# May be a mere "received", a party of three, or a time: "make it 8". Never certain.
_VAGUE = re.compile(
    r"ok|okay|(?:great|lovely|perfect|brilliant|amazing|fab|all good)|plus \d+|"
    r"(?:.* )?(?:make|change|go|update)(?: .*)? (?:[6-9]|1[01])"
)


def read(text: str, *, question: Question) -> Reading:
    """What a reply means. Texts that refuse more texts, or reached the wrong person, are read so after any question."""
    if WRONG_PERSON.search(fold(text)):
        return Reading(Meaning.WRONG_NUMBER)
    asks_to_stop = stop_request(text) is StopRequest.STOP
    if (asks_to_stop and fold(text) != "cancel") or may_want_stop(text):
        return Reading(Meaning.STOP, is_certain=asks_to_stop)
    if len(text) > MOST_CHARACTERS:
        return NOTHING
    return _in_question(_combined(clauses(text), plain(text)), question, blocks=asks_to_stop)


def _combined(said: list[Clause], words: str) -> Reading:
    """The one thing that the clauses say, or NOTHING. Not certain if a clause says something that is not understood."""
    read_clauses = [(clause, _read_clause(clause)) for clause in said]
    acts = [reading for _clause, reading in read_clauses if reading is not None]
    coming = [clause for clause, reading in read_clauses if reading is None and _COMING.fullmatch(clause.words)]
    main = _one(acts)
    if not acts and coming:
        main = Reading(Meaning.YES)
    if not acts and any(_DELAYED.fullmatch(clause.words) for clause in said):
        main = Reading(Meaning.LATE)
    if main is None:
        return NOTHING
    rest = [clause for clause, reading in read_clauses if reading is None]
    understood = all(_is_aside(clause, main) for clause in rest)
    vague = any(clause.asked or _VAGUE.fullmatch(clause.words) for clause in said) or (main.number or 0) > MOST_SURELY
    certain = understood and not vague and not _mixes(acts, main) and not _DOUBT.search(without_greeting(words))
    day = next((each for each in ("tonight", "tomorrow") if re.search(rf"\b{each}\b", words)), "")
    return replace(main, is_certain=certain, day=day)


def _mixes(acts: list[Reading], main: Reading) -> bool:
    """Whether a "yes" or "no" stands beside another act. "No, we can't make it" says one thing."""
    meanings = {each.meaning for each in acts} - {main.meaning}
    return bool(meanings - {Meaning.NO} if main.meaning is Meaning.CANCEL else meanings)


def _read_clause(clause: Clause) -> Reading | None:
    if clause.asked and not _REQUEST.match(clause.words):
        return None
    for meaning, pattern in _TABLE_OF_RULES:
        match = pattern.fullmatch(clause.words) or _before_reason(pattern, meaning, clause.words)
        if match:
            return _numbered(meaning, match)
    return None


def _before_reason(pattern: re.Pattern[str], meaning: Meaning, words: str) -> re.Match[str] | None:
    """The match of a rule that is followed by a reason in the same clause: "cant make it my son is ill"."""
    if meaning not in (Meaning.CANCEL, Meaning.LATE):
        return None
    match = pattern.match(words)
    rest = words[match.end() :] if match else ""
    # "cancel the taxi" has no reason: its object is not ours.
    is_object = words[: match.end()].endswith("cancel") and len(rest.split()) < 3 if match else False
    is_object = is_object or rest.startswith(" work with")
    return match if rest.startswith(" ") and _is_reason(rest) and not is_object else None


def _is_reason(words: str) -> bool:
    return _REASON.search(words) is not None and not re.search(r"\d", words)


def _numbered(meaning: Meaning, match: re.Match[str]) -> Reading | None:
    groups = match.groupdict()
    if groups.get("fewer"):
        return Reading(meaning, -int(groups["fewer"]))
    number = int(groups["n"]) if groups.get("n") else None
    most = MOST_MINUTES if meaning is Meaning.LATE else MOST_SEATS
    if number is not None and not 1 <= number <= most:
        return None
    return Reading(meaning, number)


def _one(acts: list[Reading]) -> Reading | None:
    """The one thing that was said, or None if it is several. A "yes" or "no" before it is left out."""
    others = [each for each in acts if each.meaning not in (Meaning.YES, Meaning.NO)]
    chosen = others or acts
    if not chosen or len({each.meaning for each in chosen}) > 1:
        return None
    numbers = {each.number for each in chosen} - {None}
    return None if len(numbers) > 1 else next((each for each in chosen if each.number is not None), chosen[0])


def _is_aside(clause: Clause, main: Reading) -> bool:
    """Whether a clause that is no act changes nothing about the act that the text has."""
    if clause.asked:
        return False
    if _WISHES.fullmatch(clause.words) or clause.is_name:
        return True
    if main.meaning in (Meaning.YES, Meaning.LATE, Meaning.SEATS, Meaning.MORE) and _COMING.fullmatch(clause.words):
        return True
    if main.meaning in (Meaning.SEATS, Meaning.MORE) and _SOMEONE_ELSE.fullmatch(clause.words):
        return True
    return main.meaning in (Meaning.CANCEL, Meaning.LATE, Meaning.SEATS, Meaning.NO) and _is_reason(clause.words)


def _in_question(reading: Reading, question: Question, *, blocks: bool) -> Reading:
    """The reading in the light of the question. `blocks`: the text is also a word that stops texts."""
    if question is Question.OTHER or blocks:
        reading = replace(reading, is_certain=False)
    if question is Question.OFFER:
        if reading.meaning is Meaning.CANCEL:
            return replace(reading, meaning=Meaning.NO)
        return reading if reading.meaning in (Meaning.YES, Meaning.NO) else NOTHING
    # "No" answers no question that we ask about a booking.
    return NOTHING if reading.meaning is Meaning.NO else reading
