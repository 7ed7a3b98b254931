"""Choose a person's mobile number from the phone columns of a file, and from several numbers in one cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from db.search import fold
from sms import phone

# The headings of Google, Outlook, Apple, Square, HubSpot, Mailchimp, Eventbrite and booking systems, as `fold` returns
# them: "Phone 1 - Value", "Contact no.", "Tel (mobile)", "Handynummer".
_WHOSE = (
    r"(?:(?:customer|guest|client|contact|member|attendee|booker|buyer|primary|main|preferred|personal|your|my) )*"
    r"(?:(?:home|work|business|office|company|private|day|daytime|evening|other|alternative|secondary) )?"
    r"(?:(?:numero|num|no|nr) (?:de |di )?)?"
)
_MOBILE = (
    r"(?:mobile|mob|mobil|mobiel|movil|cell|cellular|cellulare|celular|handy|sms|gsm|iphone|portable|natel|whatsapp)"
)
_PHONE = r"(?:phone|tel|telephone|telefon|telefono|telefoon|telefone|ph|landline|festnetz)"
_NUMBER = r"(?:number|no|num|nr|nummer|numero)"
_END = rf"(?: ?{_NUMBER})?(?: ?\d+)?(?: value)?"
_MOBILE_HEADING = re.compile(
    rf"{_WHOSE}(?:{_MOBILE}(?: ?{_PHONE})?|{_PHONE}(?: type)?(?: ?{_NUMBER})? {_MOBILE}){_END}"
)
_PHONE_HEADING = re.compile(rf"{_WHOSE}(?:{_PHONE}|contact {_NUMBER}){_END}")
_MOBILE_LABEL = re.compile(rf"\b{_MOBILE}\b")
_NOT_A_PHONE = re.compile(r"\bfax|\bpager\b")
_SEPARATOR = re.compile(r":::|[/;,|&\n\r]|\bor\b|\band\b|\s(?=\+)", re.IGNORECASE)
_LEAST_DIGITS = 7
# A longer cell is not split: it has something else than a few numbers.
_LONGEST = 300


@dataclass(frozen=True)
class PhoneColumn:
    """`label_place` is the column that says what kind of number each is, like Google's "Phone 1 - Label"."""

    place: int
    heading: str
    is_mobile: bool
    label_place: int | None


@dataclass(frozen=True)
class PhoneCell:
    heading: str
    text: str
    is_mobile: bool


@dataclass(frozen=True)
class Choice:
    """The number to check and its cell. `question`: why it is in doubt, or empty. `others`: the numbers left out."""

    number: str
    cell: PhoneCell
    question: str = ""
    others: tuple[str, ...] = ()


def is_phone_heading(heading: str) -> bool:
    folded = fold(heading)
    return bool(_MOBILE_HEADING.fullmatch(folded) or _PHONE_HEADING.fullmatch(folded))


def phone_columns(header: Sequence[str]) -> list[PhoneColumn]:
    """The columns with phone numbers: those of mobile numbers first, else in the order of the file."""
    labels = _label_places(header)
    columns = [_column(heading, place, labels) for place, heading in enumerate(header) if is_phone_heading(heading)]
    return sorted(columns, key=lambda column: not column.is_mobile)


def phone_column(header: Sequence[str], place: int) -> PhoneColumn:
    """The column at this place, whatever its heading."""
    return _column(header[place], place, _label_places(header))


def _column(heading: str, place: int, labels: Mapping[str, int]) -> PhoneColumn:
    folded = fold(heading)
    is_mobile = bool(_MOBILE_HEADING.fullmatch(folded))
    return PhoneColumn(place, heading, is_mobile, labels.get(folded.removesuffix(" value")))


def _label_places(header: Sequence[str]) -> dict[str, int]:
    """The columns called "… Label" or "… Type", by what comes before that word."""
    folded = {place: fold(heading) for place, heading in enumerate(header)}
    return {
        name.removesuffix(end): place
        for place, name in folded.items()
        for end in (" label", " type")
        if name.endswith(end)
    }


def phone_cell(column: PhoneColumn, text: str, label: str) -> PhoneCell:
    """A cell, with what its label says about it. A fax number is no phone number, so that cell is empty."""
    said = fold(label) if label else ""
    if not said:
        return PhoneCell(column.heading, text, column.is_mobile)
    if _NOT_A_PHONE.search(said):
        return PhoneCell(column.heading, "", is_mobile=False)
    return PhoneCell(column.heading, text, bool(_MOBILE_LABEL.search(said)))


def choose(cells: Sequence[PhoneCell], *, region: str, allow_fictional: bool) -> Choice:
    """The number in a cell that says mobile, else the first that can receive texts, else the first of all, for the
    check to refuse. Two mobile numbers in one cell, or both called mobile, are in doubt.

    `cells` are in the order of `phone_columns`, and at least one. `region` is as for `phone.normalise`.
    """
    filled = [cell for cell in cells if cell.text.strip()]
    if len(filled) < 2 and not any(_SEPARATOR.search(cell.text) for cell in filled):
        return Choice(filled[0].text if filled else "", (filled or cells)[0])
    found = [
        _Number(cell, text, _textable(text, region, allow_fictional))
        for cell in sorted(filled, key=lambda cell: not cell.is_mobile)
        for text in _numbers(cell.text, region, allow_fictional)
    ]
    textable = [number for number in found if number.textable]
    chosen = (textable or found)[0]
    rivals = [
        number.textable
        for number in textable
        if number.cell is chosen.cell or (number.cell.is_mobile and chosen.cell.is_mobile)
    ]
    shown = [phone.display(number, region=region) for number in dict.fromkeys(rivals)]
    question = f"Which is right, {' or '.join(shown)}? Adding this row takes the first" if len(shown) > 1 else ""
    others = [
        number.text for number in found if number is not chosen and (number.textable or number.text) != chosen.textable
    ]
    return Choice(chosen.text, chosen.cell, question, tuple(dict.fromkeys(others)))


@dataclass(frozen=True)
class _Number:
    """A number as it is written, and in its stored form if it can receive texts, else ""."""

    cell: PhoneCell
    text: str
    textable: str


def _numbers(text: str, region: str, allow_fictional: bool) -> Iterator[str]:
    """The numbers in a cell. One that is written with separators, like 07700/900123, stays whole."""
    if len(text) > _LONGEST:
        yield text
        return
    parts = [part.strip() for part in _SEPARATOR.split(text) if sum(map(str.isdigit, part)) >= _LEAST_DIGITS]
    if len(parts) < 2 or _textable(text, region, allow_fictional):
        yield text.strip()
    else:
        yield from parts


def _textable(text: str, region: str, allow_fictional: bool) -> str:
    try:
        return phone.normalise(text, region=region, allow_fictional=allow_fictional)
    except phone.InvalidPhone:
        return ""
