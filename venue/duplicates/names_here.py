"""Names that are common here: what the American list of `nicknames` has not, and last names that many people have.

All are folded (db/search.py).
"""

OTHER_NICKNAMES = {
    "charlotte": ("charlie",),
    "charles": ("charlie",),
    "alexander": ("sandy", "sasha"),
    "patrick": ("paddy",),
    "henry": ("harry",),
    "harold": ("harry",),
    "katherine": ("cat", "kat"),
    "siobhan": ("shiv",),
    "mohammed": ("mo",),
}
# First names that differ from others by a letter or two.
_FIRST_NAMES = """
    sian sean rhys rhian cerys carys owain ioan iwan huw niamh aoife ciara saoirse orla roisin eoin declan conor
    callum hamish eilidh isla ailsa iona jose josie jolie luca lucia marco maria mario juan joana ana anya omar
    umar amir amira ali alia yusuf ahmed hamed aisha asha maya mya leah lea kian keira ciaran kieran finn fionn
    freya zara jamie jaime robin robyn toby tony
"""
OTHER_NAMES = frozenset(_FIRST_NAMES.split())
# Nicknames that the list also has as full names.
SHORT = (
    *("bob", "rob", "bill", "will", "jim", "dick", "tony", "ted", "ned", "harry"),
    *("kate", "liz", "beth", "peggy", "maggie", "becky", "jenny", "pat", "sue"),
)
# The commonest last names of Britain and Ireland, and of people who came here. In a short list, too, two people who
# have one of them and different phones are not the same person.
_LAST_NAMES = """
    smith jones taylor brown williams wilson johnson davies davis patel robinson wright thompson evans walker
    white roberts green hall wood thomas jackson clarke clark khan hughes edwards hill moore lewis harris martin
    cooper ward king morris turner baker harrison morgan allen scott phillips watson parker james lee bennett
    young singh cook shaw ali begum mitchell carter anderson murphy kelly campbell stewart murray robertson
    macdonald mcdonald reid graham hamilton ross miller price bell collins adams richardson cox marshall simpson
    wilkinson foster mills chapman webb rogers hunt palmer mason stevens stevenson knight hussain ahmed ahmad
    kaur sharma shah miah obrien oneill osullivan ryan byrne walsh doyle kennedy lynch gallagher doherty barnes
    fisher holmes butler russell barker matthews dixon griffiths lloyd owen powell jenkins rees harvey gray
    grant ellis fletcher howard andrews nguyen chen wang li zhang garcia silva santos nowak kowalski
"""
COMMON_LAST_NAMES = frozenset(_LAST_NAMES.split())
