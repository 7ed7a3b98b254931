"""What a reply can mean."""

from enum import StrEnum, auto


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
