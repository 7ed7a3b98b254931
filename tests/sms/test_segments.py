"""Encoding and segments, against tables and against a slow model written another way."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sms import segments
from sms.segments import GSM, GSM_EXTENSION, count, straighten

# The code points of 3GPP TS 23.038 by position, so that no look-alike (Ohm for Omega, c for C cedilla) slips in.
TABLE = [
    *(0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5),
    *(0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, None, 0xC6, 0xE6, 0xDF, 0xC9),
    *(0x20, 0x21, 0x22, 0x23, 0xA4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F),
    *range(0x30, 0x40),
    *(0xA1, *range(0x41, 0x5B), 0xC4, 0xD6, 0xD1, 0xDC, 0xA7),
    *(0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0),
]
EXTENSION = {0x0C, 0x5E, 0x7B, 0x7D, 0x5C, 0x5B, 0x7E, 0x5D, 0x7C, 0x20AC}


def test_the_alphabet_is_the_standards() -> None:
    assert len(TABLE) == 128
    assert {ord(char) for char in GSM} == set(TABLE) - {None}
    assert {ord(char) for char in GSM_EXTENSION} == EXTENSION


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count_of", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a", "GSM-7", 1, 1, 159),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("a" * 159 + "€", "GSM-7", 161, 2, 145),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2, 141),  # the escape moves on: 152, then 12
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 152),  # 306 septets, yet not two segments
        ("\f", "GSM-7", 2, 1, 158),
        ("à la carte", "GSM-7", 10, 1, 150),
        ("Ç", "GSM-7", 1, 1, 159),
        ("ç", "UCS-2", 1, 1, 69),
        ("á", "UCS-2", 1, 1, 69),
        ("\t", "UCS-2", 1, 1, 69),
        ("`", "UCS-2", 1, 1, 69),
        ("\u2126", "UCS-2", 1, 1, 69),
        ("ŵ" * 70, "UCS-2", 70, 1, 0),
        ("ŵ" * 71, "UCS-2", 71, 2, 63),
        ("ŵ" * 134, "UCS-2", 134, 2, 0),
        ("ŵ" * 135, "UCS-2", 135, 3, 66),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        ("😀" * 36, "UCS-2", 72, 2, 61),  # 33 pairs a segment: the 34th would be cut
        ("😀" * 66, "UCS-2", 132, 2, 1),
        ("😀" * 67, "UCS-2", 134, 3, 65),
        ("ŵ" * 66 + "😀" + "ŵ" * 10, "UCS-2", 78, 2, 55),
        ("👨‍👩‍👧", "UCS-2", 8, 1, 62),
        ("{seats}", "GSM-7", 9, 1, 151),
    ],
)
def test_counts(text: str, encoding: str, units: int, count_of: int, left: int) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.segments, counted.left) == (encoding, units, count_of, left)


def test_the_size_of_a_segment_is_told() -> None:
    sizes = [count(text).per_segment for text in ("a", "a" * 161, "ŵ", "ŵ" * 71)]
    assert sizes == [160, 153, 70, 67]


def slow_model(text: str) -> tuple[str, int, int, int]:
    """Lay indivisible pieces into boxes, one by one."""
    plain = {chr(point) for point in TABLE if point is not None}
    extended = {chr(point) for point in EXTENSION}
    if set(text) <= plain | extended:
        encoding, one, many = "GSM-7", 160, 153
        pieces = ["EC" if char in extended else "C" for char in text]
    else:
        encoding, one, many = "UCS-2", 70, 67
        pieces = ["U" * (len(char.encode("utf-16-be", "surrogatepass")) // 2) for char in text]
    units = len("".join(pieces))
    size = one if units <= one else many
    boxes: list[str] = []
    for piece in pieces:
        if not boxes or len(boxes[-1]) + len(piece) > size:
            boxes.append("")
        boxes[-1] += piece
    return encoding, units, len(boxes), size - len(boxes[-1] if boxes else "")


GSM_TEXT = st.text(alphabet=st.sampled_from(sorted(GSM | GSM_EXTENSION)), max_size=700)
NEAR_BORDERS = st.builds(
    lambda filler, length, odd, rest: filler * length + odd + filler * rest,
    st.sampled_from("aŵ€😀{"),
    st.sampled_from([65, 66, 67, 69, 70, 133, 134, 151, 152, 153, 158, 159, 160, 304, 305, 306, 458, 459]),
    st.sampled_from(["", "€", "😀", "{}", "a", "ŵ", "\ud800"]),
    st.integers(0, 160),
)


@settings(max_examples=600)
@given(st.one_of(GSM_TEXT, st.text(max_size=300), NEAR_BORDERS))
@example("a" * 152 + "€" * 76 + "a")
def test_it_counts_as_the_slow_model_does(text: str) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.segments, counted.left) == slow_model(text)


def test_what_a_word_processor_bends_is_straightened() -> None:
    bent = "\u2018Quiz\u2019 \u201cNight\u201d \u2013 6\u20117pm \u2014 see\u00a0you\u202fthere\u2026"
    assert straighten(bent) == "'Quiz' \"Night\" - 6-7pm - see you there..."


@pytest.mark.parametrize(
    "text",
    [
        "Seán Ó Néill",
        "שלום",
        "مرحبا",
        "日本語「」。",
        "Київ, м\u02bcята",
        "«Guillemets»",
        "₤ ½ °C",
        "👍🏽",
        "\u202eabc\u202c",
        "",
    ],
)
def test_nothing_else_is_changed(text: str) -> None:
    assert straighten(text) == text


@given(st.text())
def test_straight_stays_straight_and_never_costs_more(text: str) -> None:
    straight = straighten(text)
    assert straighten(straight) == straight
    if "…" not in text:
        assert count(straight).segments <= count(text).segments
        assert len(straight) == len(text)


def test_everything_straightened_fits_the_cheap_alphabet() -> None:
    assert GSM.issuperset("".join(filter(None, map(str, segments.STRAIGHT.values()))))
