"""Names and notes stand literally wherever Streamlit reads Markdown."""

import re

import pytest

from pages.parts.format import plain

NAMES = [
    "[x](http://evil.test)",
    ":material/delete: :streamlit: :red[boo]",
    "$x$ and $$y$$",
    "*a* _b_ ~~c~~ `d`",
    "<script>alert(1)</script>",
    "# head",
    "O'Neil-Smith (Jr.)",
    "Seán Ní Dhomhnaill",
    "\\back",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_typed_is_escaped_and_nothing_of_it_is_lost(name):
    shown = plain(name)

    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]$*_`<>:#~]", shown)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace("\u2060", "") == name


@pytest.mark.parametrize("typed", ["http://evil.test", "www.evil.test", "jo@evil.test", "a -> b", ":streamlit:"])
def test_what_streamlit_would_link_or_redraw_is_parted(typed):
    assert "\u2060" in plain(typed)


def test_a_line_break_in_a_name_does_not_start_a_block():
    assert "\n" not in plain("Jo\n\n# Smith")


@pytest.mark.parametrize(("typed", "back"), [("\u202eoJ", "\u202c"), ("\u2067Jo", "\u2069"), ("\u202eoJ\u202c", "")])
def test_writing_that_is_turned_round_is_turned_back(typed, back):
    assert plain(typed) == typed + back


def test_a_mark_of_direction_stands_as_it_was_typed():
    assert plain("\u200fJo\u200e") == "\u200fJo\u200e"
