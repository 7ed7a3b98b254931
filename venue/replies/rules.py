"""The table of rules that says what a clause of a reply means, and the words that make a reading doubtful."""

import re

from venue.replies.meanings import Meaning

_US = "(?:i|we|none of us|neither of us|we both|both of us|i just|we just)"
_TABLE = "(?:booking|table|seats?|places?|reservation|tickets?|spots?)"
_FOR_WHAT = "(?: for (?:the )?(?:quiz|event|night|evening|gig|tonight|tomorrow))?"
_IT_ALL = f"(?:us|it|this|(?:my|our|the|this) {_TABLE}){_FOR_WHAT}"
_IT = (
    "(?: it| this| this 1| that| the quiz| the event| to it| along| (?:that|this) (?:day|night|date)|"
    " tonight| tomorrow| this time)*"
)
_AM = "(?:im|were|i am|we are)"
_MUST = (
    f"(?:{_US} |{_AM} |ill |well |id |wed )?(?:just |will |would |going to )*"
    "(?:need to|have to|got to|(?:have )?had to|want to|like to|must|going to)"
)
_LEAVE = (
    "(?:cancel|drop out|pull out|back out|bail(?: out)?|give (?:it|this 1|tonight|the quiz) a miss|"
    "miss (?:this 1|tonight))"
)
_PEOPLE = (
    "(?: of us| people| adults| seats?| guests?| in total| all together| in| coming| joining(?: us)?| to come|"
    " is that ok| if thats ok| if (?:you can|poss(?:ible)?|theres (?:room|space)))*"
)
# How many are coming: any of these words before the number, which is not asked for.
_BE = (
    r"(?!(?:is|are there|are we|will there|will it) )"
    r"(?:(?:we|i|there|it|well|ill|were|therell|theres|itll|its|are|is|be|"
    r"will|going to|now|only|just|about|around|the|up to|down to|ok if|can we|could we|can you make it|a|"
    r"our party is) )*"
)
_CAN = "(?:(?:can|could|please can|please could|would) (?:you|we|i) )?(?:please )?"
_WITH = "(?:(?:please|add|have|bring|squeeze|fit|get|got|weve|ive|we have|i have|in|another|plus|theres|with) )*"
_CHANGE = "(?:make|change|increase|reduce|go|be|have|update|amend|alter|switch|up)"
# The seats that they give up are in "was", "was_not" or "was_from".
_INSTEAD = r"(?: (?:instead(?: of (?P<was>\d+))?|(?:not|rather than) (?P<was_not>\d+)))?"
_VERY = (
    "(?:very|v|really|quite|super|a bit|bit|a little|a little bit|slightly|a tad|a few mins|few mins|a couple of mins)"
)
_ARRIVING = "(?:running|will be|well be|ill be|going to be|might be|am|are|im|were|we are|i am|be)"
# Each word of it can be read in one way only: nothing is tried twice.
_SOON = "(?:(?:we|i|both|just|running|will|well|ill|be|going to|might|am|are|im|were) )*"
_LATE = "(?:late|behind)"
_MINUTES = r"(?:about |around |approx )?(?P<n>\d+)(?: mins)?"
_AWAY = "(?:away|to some(?:one|body) else|go)"
_YES = "(?:yes+|yep|yeah|yup|ye|sure|definitely|absolutely|for sure|of course|confirmed)"
_TAKE = (
    "(?:(?:well|ill|we will|i will) (?:take|have)|(?:we|i) want|"
    "(?:(?:definitely|please) )?(?:want|take|reserve|book)|we would like|i would like|wed like|id like)"
    " (?:it|them|both|the (?:table|seats))(?: for us)?"
)
_LOVE = "(?:wed|id|we would|i would) love (?:to|it|them|that)"
_OK = "(?:ok|okay|fine|alright|all right|good|sorted|set)"
_ELSE = "(?:elsewhere|(?:somewhere|something) else)"

# Meaning, and the whole of a clause without its polite words.
_TABLE_OF_RULES: tuple[tuple[Meaning, str], ...] = (
    (Meaning.CANCEL, f"(?:{_US} |{_AM} )?cant (?:make|come|attend|do|be there){_IT}"),
    (Meaning.CANCEL, f"(?:none|neither) of us (?:can|will) (?:make|come|attend|be there){_IT}"),
    (
        Meaning.CANCEL,
        f"(?:{_US} )?wont (?:make it|come|be (?:making it|coming)|be there|be attending|be joining you){_IT}",
    ),
    (
        Meaning.CANCEL,
        f"(?:{_US} |weve |ive )?(?:have )?decided (?:not to (?:come|attend)|against (?:it|coming)){_IT}",
    ),
    (Meaning.CANCEL, f"(?:{_AM} )?(?:not|no longer) (?:coming|attending|going to (?:make|come)|joining you){_IT}"),
    (Meaning.CANCEL, f"{_MUST} {_LEAVE}(?: {_IT_ALL})?(?: tonight| tomorrow| this time)?"),
    (Meaning.CANCEL, f"{_AM} (?:cancelling|bailing|dropping out|pulling out)(?: {_IT_ALL})?"),
    (Meaning.CANCEL, f"{_CAN}(?:cancel|remove|delete) {_IT_ALL}"),
    (Meaning.CANCEL, f"{_CAN}cancel|cancelling"),
    (
        Meaning.CANCEL,
        "(?:(?:were|we are) )?(?:giving|going to give) (?:it|this 1|tonight|the quiz) a miss(?: this week| tonight)?",
    ),
    (Meaning.CANCEL, f"(?:{_US} )?(?:dont|no longer) need (?:it|(?:my|our|the|this) {_TABLE})"),
    (Meaning.CANCEL, f"(?:(?:my|our|the|this) )?{_TABLE} (?:is |are )?(?:no longer|not) (?:needed|required|wanted)"),
    (
        Meaning.CANCEL,
        f"(?:(?:you can|feel free to|happy for you to) |{_CAN})(?:give|release|let) {_IT_ALL}(?: {_AWAY})?",
    ),
    (Meaning.CANCEL, f"(?:{_CAN})(?:count|take) (?:us|me) (?:out|off (?:the|your) (?:list|quiz|booking){_FOR_WHAT})"),
    (Meaning.MORE, r"(?P<fewer>\d+) of us (?:cant|wont|can no longer) (?:make it|come|be coming|be there)"),
    (Meaning.MORE, rf"{_BE}(?:(?P<fewer>\d+) (?:down|short))(?: tonight| now)?"),
    (Meaning.SEATS, rf"{_BE}(?P<n>\d+)(?: now)?{_PEOPLE}(?: now| tonight)*{_INSTEAD}"),
    (
        Meaning.SEATS,
        rf"{_CAN}{_CHANGE}(?: it| that| us)?"
        rf"(?: (?:my |our |the |a )?{_TABLE}(?= to| for| up| down| from))?"
        r"(?: from (?P<was_from>\d+))?(?: up| down)?(?: to| for)?"
        rf" (?P<n>\d+){_PEOPLE}{_INSTEAD}",
    ),
    (Meaning.SEATS, rf"(?:(?:we|i) )?(?:now|only|just) need (?P<n>\d+)(?: {_TABLE}| chairs)?(?: now)?"),
    (Meaning.SEATS, rf"(?:(?:we|i) )?need (?P<n>\d+)(?: {_TABLE}| chairs)? not (?P<was>\d+)"),
    (Meaning.SEATS, rf"{_BE}(?:{_TABLE} for|(?:party|group|total) of) (?P<n>\d+)"),
    (
        Meaning.SEATS,
        r"(?:(?:our|the) )?(?:numbers?|party|group) (?:(?:is|are|has|have) )*(?:now|changed to|gone (?:up|down) to)"
        r" (?P<n>\d+)",
    ),
    (Meaning.MORE, rf"(?:{_CAN}|{_BE}){_WITH}(?P<n>\d+) (?:more|extra){_PEOPLE}"),
    (Meaning.MORE, rf"{_CAN}(?:(?:squeeze|fit|bring|add) )?(?:in )?another (?P<n>\d+){_PEOPLE}"),
    (
        Meaning.MORE,
        rf"{_CAN}(?:(?:is there |have you (?:got )?)?(?:room|space) for |can )(?P<n>\d+) (?:more|extra)"
        rf"(?: people)?(?: come| join)?{_PEOPLE}",
    ),
    (Meaning.MORE, r"plus (?P<n>\d+)"),
    (Meaning.MORE, r"minus (?P<fewer>\d+)(?: of us| please| tonight| now)*"),
    (Meaning.MORE, rf"(?:{_CAN}|{_BE})(?P<fewer>\d+) (?:less|fewer){_PEOPLE}"),
    (Meaning.LATE, f"(?:{_US} )?(?:{_ARRIVING} )*(?:{_VERY} )?{_LATE}"),
    (Meaning.LATE, f"(?:{_US} )?will be too"),
    (Meaning.LATE, rf"(?:{_US} )?(?:{_ARRIVING} )*{_MINUTES} {_LATE}"),
    (Meaning.LATE, rf"(?:{_US} )?(?:{_ARRIVING} )*late (?:by |about )*(?P<n>\d\d|\d+(?= mins))(?: mins)?"),
    (Meaning.LATE, rf"{_SOON}(?:there|with you|here) in {_MINUTES}"),
    (Meaning.LATE, r"(?:about |around )?(?P<n>\d+) mins(?: away)?"),
    (Meaning.LATE, "(?:(?:im|were|i am|we are) )?stuck in (?:bad )?traffic"),
    (Meaning.YES, f"(?:(?:oo+h|great|brilliant|amazing|hell) )?(?:{_YES} )*(?:{_YES}|ok|okay|{_TAKE}|{_LOVE})"),
    (Meaning.YES, "(?:we|i) can (?:make|do) (?:it|that)"),
    (Meaning.YES, "(?:(?:yeah|yes) )?go on then|accept(?:ed)?|were in|we are in"),
    (
        Meaning.YES,
        "(?:count|book|put) (?:us|me) in|(?:yes )?(?:that would be|thats|that is) (?:great|brilliant|lovely|"
        "perfect|amazing)",
    ),
    (
        Meaning.NO,
        "(?:no|not|nope|nah|pass|(?:well|ill|we will|i will) (?:pass|leave it)|not this (?:time|week)|not now|"
        "no thanks|no thank you|not any more)",
    ),
    (
        Meaning.NO,
        f"no longer need(?:ed)?(?: it| them)?|(?:no|nah) (?:(?:were|we are|im|you are|youre|its)(?: {_OK})?|{_OK})",
    ),
    (
        Meaning.NO,
        "(?:(?:weve|ive|we have|i have) )?(?:already )?(?:got|made|have)? ?(?:other|already got) plans(?: now)?",
    ),
    (Meaning.NO, f"(?:weve |ive |we have |i have )?(?:already )?(?:booked|sorted|found|going|got)(?: {_ELSE})"),
    (Meaning.NO, "(?:dont|no longer) want (?:it|them)(?: now)?"),
    (Meaning.NO, "already (?:booked|sorted)|too late(?: for (?:us|me))?|(?:we |i )?cant"),
)
RULES = [(meaning, re.compile(pattern)) for meaning, pattern in _TABLE_OF_RULES]

# What they say may be the opposite.
NEGATED = re.compile(r"\b(?:not|never|dont|didnt|wont|isnt|arent)\b")

# Said beside an acceptance, and alone after a reminder: they are coming.
_SEE_YOU = r"see (?:you|ya)(?: (?:there|then|all|soon|later|tonight|tomorrow|(?:\w+)day))*"
_WE_COME = (
    "(?:(?:were |we are |im |i am |am |are )?(?:still |definitely |all )*coming|"
    "(?:we will|well|ill|i will) (?:be|see you) there|all (?:\\d+ )?of us (?:are )?(?:still )?coming|"
    f"(?:were |we are )?still (?:{_OK}|on)(?: for (?:tonight|tomorrow))?)"
)
_GLAD = "(?:great|perfect|brilliant|amazing|lovely|fab|all (?:good|set)|thumb up|ok)"
COMING = re.compile(
    f"(?:(?:{_YES}|{_GLAD}|thanks) )*(?:(?:confirming|can confirm|i confirm)(?: that)? )?"
    f"(?:{_SEE_YOU}|(?<=.)see (?:you|ya) at \\d+(?: \\d\\d)?|{_WE_COME}|"
    f"(?<=yes )(?:we|i) (?:are|am|will)|cant wait|wont miss it|looking forward to it|{_GLAD}|confirmed)"
    "(?: x+)?(?: with bells on| for sure)?"
)
# Good wishes, which change nothing.
WISHES = re.compile(
    "(?:have a (?:great|good|lovely) (?:night|time|evening)|hope (?:it|all|the night) goes well|"
    "(?:see you )?(?:another|next) time|have fun|good luck|hope you have a (?:good|great) (?:night|time))"
)
# Why someone cannot come, is late, or comes with fewer.
REASON = re.compile(
    r"\b(?:ill|sick|poorly|unwell|not (?:feeling )?(?:well|great)|isnt (?:feeling )?well|arent well|flu|covid|"
    r"injured|tested positive|work|hospital|baby ?sitter|sitter|childcare|emergency|broke(?:n)? down|come up|came up|"
    r"trains?|bus|delayed|traffic|cold|feeling (?:well|rough)|let us down|didnt show|other plans|"
    r"change(?:d)? (?:of |our |my )?plans?|on (?:my|our|the) way|(?:keep|save|hold) our table)\b"
)
# Its number is none of seats or minutes.
ROAD = re.compile(r"\b[am]\d{1,4}\b")
DELAYED = re.compile(
    r"(?:(?:the|our|my) )?(?:taxi|bus|trains?|tram|uber|cab|sitter|baby ?sitter)"
    r"(?: is| are| was)?(?: running)? (?:late|delayed)"
)
SOMEONE_ELSE = re.compile(r"(?:\w+|1 of us) (?:cant (?:make it|come)|(?:is|are) (?:ill|away|poorly|sick))")
REQUEST = re.compile(r"(?:can|could|would|please|is it ok if)\b")
DOUBT = re.compile(
    r"\b(?:but|if|unless|maybe|might|may|perhaps|or|not sure|probably|think|hopefully|before|until|till|"
    r"after(?! all)|except|without|jok(?:e|ing)|kidding|lol|haha|up to|ignore|never|dont (?!need)|"
    r"wait(?! for)|however|although|whether|weekend|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:next|last) (?:week|month)|other(?! plans)|instead(?! of \d))\b"
)
# The others of a party may still come, or someone else in their place.
# May be a mere "received", a party of three, or a time: "make it 8". Never certain.
VAGUE = re.compile(
    r"ok|okay|thumb up|(?:great|lovely|perfect|brilliant|amazing|fab|all good)|(?:plus|minus) \d+.*|wont miss it|"
    r"(?:is there|have you) .*|cancelling|.*\bhad to .*|.*will be too|(?:.* )?\d+ (?:down|short)|(?:it is|its)"
    r"(?: now)? \d+|\d+ of us (?:cant|wont) .*|.*\ball \d+ of us.*|"
    r".*\bsee (?:you|ya) at \d.*|(?:.* )?(?:make|change|go|update) (?:.* )?(?:[6-9]|1[01])"
)
# The whole text: a number that may be of anything, or the time until they come.
BARE_NUMBER = re.compile(r"\d+(?: mins)?")
