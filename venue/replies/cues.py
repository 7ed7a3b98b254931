"""The table of cues: what a reply may mean that has them anywhere, and what is left out before they are looked for.

They are looked for in plain words, parts between commas: "Soz, we're out!" is "sorry, were out".
"""

import re

from venue.replies.meanings import Meaning

WEAK, USUAL, STRONG, STRONGEST, ABOVE_ALL = 1, 2, 3, 4, 6

_TABLE = "(?:bookings?|tables?|seats?|places?|reservation|tickets?|spots?|chairs?|space|quiz)"
_OUR = "(?:my|our|the|this|that|those|these|us|me|it|them)"
_SOMEONE = "(?:someone|another (?:team|table|group)|others|other people|anyone)"
_WHO = (
    r"(?:^|(?<=, )|\b(?:we|i|(?<!\d of )us|im|were|and|so|but|sorry|now|tonight|please|just|both|all|"
    r"afraid|unfortunately|sadly|hi|"
    r"gutted|again|ill|sick|poorly|covid|work|up|down|well|mate|lads|guys|yes|no|say|team|babysitter) )"
    r"(?:(?:just|really|definitely|now|also|still|both|all|going to|will|are|am|have|def) ){0,3}"
)
_COME = (
    r"(?!(?:make|come|be there|be here|get there|arrive|make it|come down) (?:(?:till|til|until|before|for) )?oclock)"
    r"(?:make|making|manage|managing|come|coming|attend|attending|be (?:there|coming|attending|making|joining|in|"
    r"down|along)|join|get (?:there|down|in|out|to)|"
    r"do (?:it|tonight|this|that|tomorrow|\w+day)|going to (?:make|come|be|get|manage)|(?=,|$))"
)
_N = r"(\d{1,2})"
# Before a cue whose number is of seats that they do not need.
_FEWER = "(?P<fewer>)"
_PEOPLE = (
    "(?:of us|people|seats?|chairs?|places?|spots?|heads?|in total|altogether|all together|total|"
    "adults|guests|bodies|players)"
)
_NO_MORE = (
    "(?:cant|wont|not|isnt|arent|no longer|dropped|dropping|pulled|bailed|booked|"
    "have (?:dropped|pulled|bailed)|has (?:dropped|pulled|bailed)|are (?:not|out|off|ill))"
)
_CHANGE = (
    "(?:make|change|changing|reduce|increase|drop|dropping|going|growing|up|put|bring|go|gone|cut|take|switch|"
    "grown|grew|risen|shrunk|amend|update|alter|move|bump|knock|adjust|down)"
)
_TEXTS = "(?:texts?|txts?|messages?|sms|reminders?|spam|marketing)"
_VEHICLE = "(?:trains?|bus|buses|tram|tube|taxi|uber|cab|lift|ferry|flight|metro)"

# Meaning, weight of the cue, and the cue.
_CUES: tuple[tuple[Meaning, int, str], ...] = (
    # They cannot come.
    (Meaning.CANCEL, STRONG, rf"{_WHO}(?:cant|wont|not|no longer) (?:now |all |both |even )?{_COME}"),
    (Meaning.CANCEL, STRONG, r"(?<!\d of us )\b(?:unable to|cant) (?:attend|make it|make tonight|come tonight)\b"),
    (Meaning.CANCEL, ABOVE_ALL,
     r"\b(?:none|neither|all (?:\d+ )?) ?of us (?:\w+ )?(?:cant|can|are|will|is|out|able|wont)\b(?! still|"
     r" are coming)(?=.*\b(?:none|neither|cant|wont|out|not)\b|.* none\b)"),
    (Meaning.CANCEL, ABOVE_ALL, r"\bnone (?:of us )?(?:can|are|will|able)\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:were|im|we are|i am|of us are|all|us) (?:all |both )?out(?=,|$| ,| this\b| tonight| tomorrow|"
     r" for tonight| of (?:tonight|it|this|the quiz)| sorry| i\b| im\b| mate| lads| now| \w+day)"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:dont think|doubt|dont reckon) (?:that )?(?:we|i|well|ill|any of us) (?:can|could|will|are|be|"
     r"able|make|going)\b"),
    # They ask to cancel.
    (Meaning.CANCEL, STRONG,
     r"\bcancel (?:for )?(?:us|me|it|this|that|them|please|tonight|tomorrow|\w+day|thanks|now|sorry|all)\b"),
    (Meaning.CANCEL, STRONG, rf"\bcancel (?:{_OUR} )?(?:\w+ )?{_TABLE}\b"),
    (Meaning.CANCEL, STRONG, r"(?:^|, )cancel(?=,|$| ,)"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:need|needs|have|had|got|going|want|like|must|better|forced) (?:to|2) (?:\w+ )?cancel\b"),
    (Meaning.CANCEL, STRONG, r"\b(?:please|you|well|will|must|ill|and|so|better) cancel\b"),
    (Meaning.CANCEL, STRONG, r"\b(?:were|im|am|are|be) cancelling\b"),
    (Meaning.CANCEL, STRONG,
     rf"\b(?:bin|scrap|scratch|drop|release|free up|delete|remove|take off) {_OUR}(?: {_TABLE}| off| from)"),
    (Meaning.CANCEL, STRONG, r"\b(?:bin|scrap|scratch|count|cross|knock|take|rub) (?:us|me|it) (?:out|off)\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:drop|dropping|pull|pulling|back|backing|bail|bailing|duck|bow|cry|chicken) (?:out|on you)\b"),
    (Meaning.CANCEL, STRONG, r"\bwithdraw(?:ing)?\b|\bhave to bail\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:sack|sacking|call|calling|knock|knocking|jib|jibbing) (?:it|this|tonight|this 1|the quiz)"
     r" (?:off|on the head)\b"),
    (Meaning.CANCEL, STRONG, r"\bcall(?:ing)? off\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:give|giving|gave) (?:it|this|tonight|this 1|this week|the quiz) a (?:miss|swerve|body swerve|"
     r"skip)\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:have|going|need) to (?:miss|skip|pass|postpone|swerve|leave it|call it|say no)\b"),
    (Meaning.CANCEL, STRONG,
     r"\b(?:skip|skipping|swerve|swerving|miss|missing) (?:it|tonight|this 1|this week|the quiz)\b"),
    (Meaning.CANCEL, STRONG, r"\b(?:stay|staying) (?:in|home|at home)\b|\bpull(?:ing)? the plug\b"),
    (Meaning.CANCEL, STRONG, r"\bits (?:all )?off\b|\btake (?:our|my) names? off\b"),
    (Meaning.CANCEL, USUAL, r"(?:^|, )the (?!kids|others|boys|girls)\w+s (?:cant|wont) (?:make|come|be there)\b"),
    (Meaning.CANCEL, STRONG, r"\b(?:forget|leave) (?:the|our|my) (?:table|booking)\b|\bscrub us (?:off|out)\b"),
    (Meaning.CANCEL, USUAL, r"\bno good for us\b|\bcant (?:get|find) (?:a )?(?:baby ?)?sitter\b|\bwont be out\b"),
    # The table may go to someone else.
    (Meaning.CANCEL, STRONG, r"\bsomeone (?:else )?can (?:have|take)\b"),
    (Meaning.CANCEL, STRONG, r"\bno (?:table|seats) (?:needed|required)\b|\bhave (?:your|our|the|are) table back\b"),
    (Meaning.CANCEL, STRONG,
     rf"\b(?:give|offer|let|pass|free|release|sell) (?:\w+ ){{1,5}}(?:to |for |up for )?{_SOMEONE}\b"),
    (Meaning.CANCEL, STRONG, rf"\blet {_SOMEONE} (?:else )?(?:have|take)\b"),
    (Meaning.CANCEL, STRONG,
     rf"\b(?:dont|wont|no longer) (?:be )?(?:need|needing|require|requiring|want|wanting|using|use)"
     rf" (?:{_OUR} |any )?(?:\d+ )?(?:{_TABLE}|it|them)\b"),
    (Meaning.CANCEL, STRONG,
     rf"\b(?:dont|no need to) (?:keep|hold|save|expect|wait|bother (?:keeping|holding|saving)) (?:for "
     rf")?(?:{_OUR}|any)\b"),
    (Meaning.CANCEL, STRONG, rf"\b{_TABLE} (?:is |are )?(?:not|no longer|isnt) (?:needed|required|wanted)\b"),
    # Other ways to say so.
    (Meaning.CANCEL, USUAL, r"\b(?:its|thats|be|is) a no\b|\bno from (?:us|me)\b"),
    (Meaning.CANCEL, USUAL, r"\bno (?:chance|way|hope) (?:of |that )?(?:us|were|we|im|i|me|well|ill)\b"),
    (Meaning.CANCEL, USUAL, r"\bno quiz for (?:us|me)\b|\bno can do\b|\bno go\b|\bno show\b|\bnot happening\b"),
    (Meaning.CANCEL, USUAL, r"\b(?:not|isnt) going to happen\b"),
    (Meaning.CANCEL, USUAL, r"\bnot (?:up to|up for) (?:it|this|coming|tonight)\b|\brain ?check\b"),
    (Meaning.CANCEL, USUAL, r"\bnot this (?:week|time)\b|\bnot tonight\b|\bchanged (?:our|my) minds?\b"),
    (Meaning.CANCEL, USUAL, r"\bstaying (?:in|home|at home)\b"),
    (Meaning.CANCEL, WEAK,
     r"\b(?:something|summat|work|stuff|things|emergency)(?: \w+)? (?:come|came|cropped|popped|crops) up\b"),
    (Meaning.CANCEL, WEAK,
     r"\b(?:stuck|still|held up|working late|kept) (?:at|in) (?:work|the office|hospital|a and e)\b"),
    (Meaning.CANCEL, WEAK, r"\bgot (?:to work|called in)\b"),
    (Meaning.CANCEL, WEAK,
     r"\b(?:im|were|we are|i am|all|both) (?:really |all |both |too )?(?:ill|sick|poorly|unwell|not well|"
     r"hanging|knackered|bedbound)\b"),
    (Meaning.CANCEL, WEAK, r"\btested positive\b|\blet (?:us|me) down\b|\bcovid\b|\bnorovirus\b"),
    # More or fewer of them.
    (Meaning.SEATS, STRONG,
     rf"(?<!all )\b{_N} (?:(?!more|extra|less|fewer|other|additional)\w+ )?{_PEOPLE}\b(?! (?:now |just "
     rf")?{_NO_MORE}| (?:is|are|has|have|will need|need) (?!coming|now|here|in\b))"),
    (Meaning.SEATS, STRONGEST, rf"\b(?:other|keep|keeping|hold) (?:the )?{_N}\b"),
    (Meaning.SEATS, STRONGEST,
     rf"\b{_CHANGE}(?: (?!by\b)[a-z]+){{0,6}}? (?:to|it|that|at|as|for|us|down|up|be|booking|table)"
     rf" {_N}\b(?! (?:more|extra|less|fewer|seats? (?:more|less)))"),
    (Meaning.SEATS, STRONGEST,
     rf"\b(?:so|so just|so only|so its|so thats|thats|thatd be|that would be|that makes|makes|so were|so we "
     rf"are|so now|so make it|making|total|totals?|altogether|leaves|leaving) (?:now |just |only |us "
     rf")?{_N}\b(?! (?:more|extra|less|fewer|of us {_NO_MORE}))"),
    (Meaning.SEATS, USUAL,
     rf"\b(?:just|only|now|be|were|are|need|want|fit|squeeze|squeeze in|table for|booking for|seats for|"
     rf"down for|yes|its|have|got) (?:the )?{_N}(?=,|$| (?:now|please|people|tonight|tomorrow|instead|thanks|coming|"
     r"for|if|in|at|still|this|sorry|today|then|not|because|x)\b)"),
    (Meaning.SEATS, WEAK, rf"(?:^|, ){_N}(?=,|$)"),
    (Meaning.SEATS, USUAL, rf"(?<!plus )(?<!minus )\b{_N} (?:now|instead|please|only|tonight|not)\b"),
    (Meaning.SEATS, USUAL, rf"(?:^|, ){_N}(?=, not)"),
    (Meaning.MORE, STRONG, rf"\b{_N} (?:more|extra|additional|others?)\b(?! (?:week|time|thing|question))"),
    (Meaning.MORE, STRONG, rf"\banother {_N}\b|\bplus {_N}\b"),
    (Meaning.MORE, STRONG, rf"{_FEWER}\b{_N} (?:less|fewer|down|short|light)\b(?! \d)"),
    (Meaning.MORE, STRONG, rf"{_FEWER}\bminus {_N}\b"),
    (Meaning.MORE, STRONG,
     rf"{_FEWER}\b{_N} (?:of (?:us|them|the team|our team) |people )?(?:just |now |both "
     rf")?{_NO_MORE}(?<!booked)\b"),
    (Meaning.MORE, STRONG, rf"\b(?:add|adding|bring|bringing|squeeze in) (?:in )?{_N}(?=,|$| please| people| on\b)"),
    (Meaning.MORE, STRONG, rf"{_FEWER}\b(?:take|drop|knock) {_N} off\b"),
    # They come late.
    (Meaning.LATE, STRONGEST, r"\bmiss (?:the )?(?:start|beginning|first (?:round|bit|half|few))\b"),
    (Meaning.LATE, STRONG, r"\b\d+ (?:mins )?(?:late|behind|away)\b"),
    (Meaning.LATE, STRONG,
     r"\b(?:running|be|bit|mins|were|im|am|are|little|just|arriving|arrive|slightly|minutes|there|so|tad)"
     r" (?:a bit |abit |too |very |super |really |slightly )?(?:late|behind|l8)\b(?! (?:cancel|notice|for "
     r"us))"),
    (Meaning.LATE, STRONG, r"\b(?:late|behind) by\b|(?:^|, )late(?=,|$)"),
    (Meaning.LATE, STRONG,
     r"\b(?:not|wont|cant) (?:be |get |make |make it )?(?:there |here |in |down )?(?:till|til|until|before|"
     r"for) oclock\b"),
    (Meaning.LATE, STRONG, r"\bcant make oclock\b"),
    (Meaning.LATE, USUAL,
     r"\b(?:be |get |there |arrive |arriving |with you |here )(?:there |with you |here )?(?:in|within)"
     r" (?:about |around )?\d+\b"),
    (Meaning.LATE, USUAL, r"\b\d+ mins (?:away|off|late|out)\b"),
    (Meaning.LATE, USUAL, rf"\b(?:missed|missing) (?:the|our|my) {_VEHICLE}\b"),
    (Meaning.LATE, USUAL, rf"\b{_VEHICLE}s? (?:is |are |was |got |running )*(?:late|delayed|stuck|held up)\b"),
    (Meaning.LATE, USUAL,
     r"\b(?:delayed|held up|start without us|save (?:our|us) (?:a )?(?:seats?|table)|hold (?:the|our)"
     r" table|keep (?:our|the) table)\b"),
    (Meaning.LATE, USUAL, r"\bstuck (?:in|on|behind)\b(?! (?:work|hospital|the office))|\btraffic\b"),
    (Meaning.LATE, WEAK,
     r"\b(?:be|get|arrive|arriving|there|with you) (?:there |here |with you )?(?:about |around |for |more "
     r"like |closer to )?oclock\b(?=.*\b(?:instead|now|ish|rather)\b)"),
    (Meaning.LATE, WEAK, r"\b\d+ mins\b|\bbe (?:there )?(?:about |around |more like )oclock\b"),
    (Meaning.LATE, WEAK, r"\b(?:be|get) (?:there|with you|in) (?:shortly|asap|soon|as soon as)\b"),
    (Meaning.LATE, WEAK, r"\bbe there (?:about |around |more like |closer to )?oclock\b"),
    # They take what is offered, or come.
    (Meaning.YES, STRONG, r"\b(?:course (?:we|i)|too right|why not|love to|happy to|delighted)\b(?! but)"),
    (Meaning.YES, STRONG, r"\b(?:please reserve|reserve please)\b"),
    (Meaning.YES, STRONG, r"\b(?:yes|ye|yeah|yep|sure thing|please do)\b(?! (?:we|i) (?:got|saw|know|had)| but\b)"),
    (Meaning.YES, STRONG, r"^y$"),
    (Meaning.YES, STRONG,
     r"\b(?:thatd|that would|itd) be (?:amazing|great|lovely|brilliant|perfect|fab|ace|good|grand|class|"
     r"mint)\b"),
    (Meaning.YES, STRONG,
     r"(?<!dont )(?<!not )(?<!cant )(?<!wont )(?<!else )(?<!else can )"
     r"\b(?:take|have|want|love|grab|snap up|bite your hand|keep|"
     r"reserve|book|hold|save) (?:them|those|both|all|it|the (?:seats?|table|\d+|tickets?|places?))\b"),
    (Meaning.YES, STRONG, r"\b(?:take|want) \d+\b"),
    (Meaning.YES, STRONG,
     r"\b(?:well|ill|please|wed|id) (?:love|take|have) (?:to|it|them|that|those|both)\b(?! but)"),
    (Meaning.YES, STRONG, r"\b(?:go on|go for it)\b"),
    (Meaning.YES, STRONG, r"\b(?:book|count|put|pop|sign|pencil|stick|get|squeeze) (?:us|me) (?:in|down|up)\b"),
    (Meaning.YES, STRONG,
     r"\b(?:were|im|we are) (?:in|up for (?:it|that)|game|keen)(?=,|$| ,| please| mate| thanks)"),
    (Meaning.YES, STRONG, r"\b(?:accept|accepted|accepting|deal|sold)\b"),
    (Meaning.YES, STRONG, r"\b(?:definitely|absolutely|sure|of course)(?=,|$)"),
    (Meaning.YES, USUAL, r"\b\d+ (?:is|are|will be|would be) (?:fine|ok|good|great|plenty)\b"),
    (Meaning.YES, USUAL, r"\bour names? on\b"),
    # They decline what is offered.
    (Meaning.NO, USUAL, r"\b(?:too )?short notice\b|\bdont worry\b|\bchanged (?:our|my) minds?\b"),
    (Meaning.NO, STRONG,
     r"(?:^|, |\b(?:sorry|but|so|ah|oh|and|thanks|nah|its a|unfortunately|afraid|be a|say) )(?:no|nope|nah|"
     r"n)\b(?! (?:problem|worries|bother|doubt|brainer|probs|way (?:yes|brilliant)|idea))"),
    (Meaning.NO, STRONG,
     r"\b(?:well|ill|going to|have to|will|wed) (?:\w+ )?(?:pass|leave it|leave them|skip|decline|say no)\b"),
    (Meaning.NO, STRONG, r"(?:^|, )(?:pass|declined?)\b"),
    (Meaning.NO, STRONG,
     r"\b(?:not this (?:week|time|1)|not tonight|not now|another time|next time|not for us|no good|no use|"
     r"too late|not (?:any more|interested|bothered|needed|fussed))\b"),
    (Meaning.NO, STRONG,
     r"\b(?:sorted|elsewhere|somewhere else|something else|(?:other|alternative|different) (?:plans|"
     r"arrangements)|already (?:booked|got|have|going|found|sorted)|made plans|found (?:a|another))\b"),
    (Meaning.NO, STRONG, r"\b(?:dont|no longer|not) (?:want|need|fancy|wanting|needing)\b"),
    (Meaning.NO, STRONG, r"\bcant(?: (?:now|any more|do|make|this|come|tonight|\w+day|, ))|\bcant(?=,|$| ,)"),
    (Meaning.NO, STRONG, r"\byoure (?:all ?right|ok|fine|grand)\b|\byour (?:all ?right|ok|fine|grand)\b"),
    (Meaning.NO, USUAL,
     r"\b(?:on (?:nights|shift|lates|holiday|call)|working|away|busy|at a wedding|out of town|abroad)\b"),
    (Meaning.NO, STRONGEST, r"\b(?:love to|love them|like to|wanted to|wish we could|wish i could) but\b"),
    (Meaning.NO, STRONG, r"\b(?:not available|unavailable|(?:must|have to) decline|unable)\b"),
    (Meaning.NO, STRONG, r"\bneed (?:at least )?\d+\b"),
    # No more texts, or another person's number: whatever else they say.
    (Meaning.STOP, ABOVE_ALL,
     rf"\b(?:stop|quit|cease|dont|never|no more|enough|sick of|fed up with|had enough of) (?:\w+ "
     rf"){{0,4}}(?:{_TEXTS}|texting|messaging|contacting|spamming|harassing|pestering)\b(?! (?:me|us|you)"
     rf" (?:when|if|once|the|with|at|about))"),
    (Meaning.STOP, ABOVE_ALL,
     r"\b(?:take|get|remove|delete) (?:me|us|my (?:number|details|name)|this number|him|her)\b(?: \w+)"
     r"{0,3} (?:lists?|database|records|system|files?)\b(?! for)"),
    (Meaning.STOP, ABOVE_ALL, r"\b(?:remove|delete) (?:my|this) number\b"),
    (Meaning.STOP, ABOVE_ALL, r"\bkeeps? (?:on )?(?:texting|messaging|spamming|sending (?:me|us))\b"),
    (Meaning.WRONG_NUMBER, ABOVE_ALL, r"\bnever (?:booked|been|heard of)\b"),
    (Meaning.WRONG_NUMBER, ABOVE_ALL,
     r"\b(?:didnt|havent|not) (?:book|booked|made a booking|make (?:a|any) booking)\b"),
    (Meaning.WRONG_NUMBER, ABOVE_ALL,
     r"\b(?:not who you|got the wrong|have the wrong|wrong (?:guy|bloke|man|woman|girl|fella|lad|phone))\b"),
    (Meaning.WRONG_NUMBER, ABOVE_ALL, r"\bdont know (?:you|who you|any)\b"),
)  # fmt: skip
CUES = [(meaning, weight, re.compile(pattern)) for meaning, weight, pattern in _CUES]

# Says nothing about any of these, but has their words. Left out before cues are looked for.
SAYS_NOTHING = re.compile(
    r"\b(?:cant wait|cant say no|wont be late|not (?:be )?(?:running )?late|not cancelling|(?:dont|"
    r"not|didnt|no need to) (?:want to )?"
    r"cancel(?! (?:the taxi))|(?:wont|not going to|cant) miss(?: it| this)?|wouldnt miss it|too late "
    r"to (?:cancel|book|come|join)|"
    r"sorry (?:for|about) the (?:late|short) \w+|late notice|last (?:week|month|time|year)|"
    r"cant (?:get|find) a (?:baby ?)?sitter last \w+|(?:some|half|most) of us (?:cant|wont) \w+|"
    r"(?:no|not any|any) (?:changes?|problems?|worries|bother|rush)|was(?:nt| not) going to \w+|cant "
    r"believe(?: \w+)?|cant remember|"
    r"(?:not|dont) (?:need|want) (?:anything|food|parking)|need to (?:talk|speak)|might not make it|"
    r"prob(?:ably)? not going to make it)\b"
)
# Numbers that count neither seats nor minutes.
OTHER_NUMBERS = (
    (re.compile(r"\b(?:a|an|another) (?:extra )?(?:people|chair|seat|friend)\b(?! (?:is|are|cant|wont))"), "1 more"),
    (re.compile(r"\b(?:paid|pay|paying|charged|refund|order|ordered)(?: \w+){0,3} \d+\b"), ""),
    (re.compile(r"\ba table for \d+\b"), ""),
    (re.compile(r"\b(?:half|quarter)(?: past| to)? \d+\b|\b(?:\d+|quarter) past(?: \d+)?\b"), "oclock"),
    (re.compile(r"\b\d+ ?(?:pm|am|oclock|ish)\b"), "oclock"),
    (
        re.compile(r"\b(?P<before>at|by|till|til|until|before|after|around about) \d+(?: \d\d)?\b(?! (?:of us|"
                   r"people|mins|seats))"),
        r"\g<before> oclock",
    ),
    (
        re.compile(r"\b(?P<before>(?:there|arrive|arriving)(?: about| around| for| more like| closer to)?) \d+\b(?! "
                   r"(?:of us|people|mins|now))"),
        r"\g<before> oclock",
    ),
    (re.compile(r"(?:, )?\b(?:not|instead of|rather than|from) \d+\b"), ""),
    (
        re.compile(r"\b(?P<before>(?:dont|wont|no longer) (?:be )?need(?:ing)?(?: the| all| my| our)?) \d+\b"),
        r"\g<before>",
    ),
    (re.compile(r"\b\d+ (?=(?:to|into|down to|up to) \d+\b)"), ""),
    (
        re.compile(
            r"\b(?:(?<!our )(?<!my )table|team|quiz|number|round|row|in|m|a|under|over) \d+\b(?! (?:of us|"
            r"people))(?<!in \d)(?<!in \d\d)|"
            r"\b\d+ (?:weeks?|years?|hours?|hrs?|days?|months?|times?|quid|pounds?|pints?|miles?|yrs?|year "
            r"old|nd|st|rd|th)\b|"
            r"\b\d+(?:st|nd|rd|th)\b|\b\d+ of us (?:were |are |had |have )?booked\b|\bbooked (?:for|a table "
            r"for) \d+\b"
        ),
        "",
    ),
)  # fmt: skip
TIME_OF_DAY = re.compile(r"\b\d{1,2}[.:]\d\d(?: ?[ap]m)?\b", re.IGNORECASE)
PARTS = re.compile(r"[,;()–—\n!]|[.](?!\d)|:(?!\d)|([?])|\s-\s")
# Staff must answer these: they say nothing.
ASKS = re.compile(
    r"(?:(?:hi|hello|hey|sorry|also|and|but|just|please|oh) )*(?:who|whos|what|whats|when|whens|"
    r"where|wheres|which|how|hows|why|"
    r"is (?!it ok|there)|are (?!coming)|do (?!not)|does|did|have you|has|was|will (?:there|you|it|we)|any "
    r"(?!chance)|should)\b"
)
# Asks for seats that they have not booked yet.
NEW_BOOKING = re.compile(r"\b(?:wait(?:ing)? ?list|book (?:a|us|for|in)|reserve a|any (?:room|space|tables?|seats))\b")
# Of which nothing is an act: "what happens if we cancel".
ONLY_ASKS = re.compile(r"(?:what(?! a)|which|how|hows|who|whos|when|where|why)\b")
DEPENDS = re.compile(
    r"\b(?:(?<!ok )(?<!alright )if (?:we|i|he|she|they|the|my|our|only|theres|there|its not)|only if|"
    r"unless|maybe|let you know|depends|not sure|"
    r"check with|ask|thinking about|jok(?:e|ing)|kidding|dunno|wondering whether|ignore|might not|should we)\b"
)
# After a text that was about no booking, only what names theirs is about it.
THEIRS = re.compile(
    rf"\b(?:my|our) (?:\w+ )?{_TABLE}\b|\brunning (?:\w+ )?late\b|\b(?:need|have|had) to cancel\b|\bcancel (?:my|our)\b"
)
