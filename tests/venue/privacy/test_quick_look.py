"""The quick look at a text before its names and numbers are looked for misses none of them."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from venue.privacy.mentions import Name, Wanted

NAMES = [Name("Jo", "O'Brien"), Name("Seán", "Ní Dhomhnaill"), Name("Anne-Marie", "Smith"), Name("李", "小龙")]
WANTED = Wanted(NAMES, ["+447700900123", "+33612345678"])
WORDS = (
    "jo JO obrien O'BRIEN O’Brien's brien o Sean Seán ni Dhomhnaill Anne-Marie anne marie Smith Smithson 李 小龙 "
    "Li Xiaolong 07700 7700 900 123 0044 +44 (0) 345678 +33 06 12 , - / . é x ' \\n"
)
PIECES = st.sampled_from([*WORDS.split(" "), " ", " ", " ", "\n", "\N{NO-BREAK SPACE}"])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_mentions_someone_if_something_is_replaced_in_it(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert WANTED.is_in(text) == (WANTED.replaced(text) != text)


def test_each_is_found() -> None:
    for text in ("jo o'brien", "Smith, Anne-Marie", "Sean Ni Dhomhnaill", "07700-900 123", "0044 (0)7700.900/123"):
        assert WANTED.is_in(text), text
    for text in ("jo smith", "Brien, Sean", "7700900124"):
        assert not WANTED.is_in(text), text
