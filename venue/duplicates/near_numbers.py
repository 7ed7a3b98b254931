"""Numbers that differ by one typing error: one wrong digit, or two digits that were swapped."""

# A typing error is looked for in the digits after the country code, of which no country's mobiles have more.
LAST_DIGITS = 9


def near(number: str) -> list[str]:
    """All numbers that differ from this E.164 number by one typing error, at most 89."""
    start = max(2, len(number) - LAST_DIGITS)
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(start, len(number))
        for digit in "0123456789"
        if digit != number[place]
    ]
    return wrong + [_swapped(number, place) for place in range(start, len(number) - 1) if _differ(number, place)]


def are_one_digit_off(one: str, other: str) -> bool:
    return len(one) == len(other) and len(_places(one, other)) == 1


def are_swapped(one: str, other: str) -> bool:
    """Whether two digits, one after the other, are swapped."""
    places = _places(one, other) if len(one) == len(other) else []
    return len(places) == 2 and places[1] == places[0] + 1 and _swapped(one, places[0]) == other


def _places(one: str, other: str) -> list[int]:
    """The places among the last digits where two numbers of one length differ; [-1, -1] if the others differ."""
    start = max(2, len(one) - LAST_DIGITS)
    if one[:start] != other[:start]:
        return [-1, -1]
    return [place for place in range(start, len(one)) if one[place] != other[place]]


def _swapped(number: str, place: int) -> str:
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _differ(number: str, place: int) -> bool:
    return number[place] != number[place + 1]
