"""The colours of both themes are legible, and the pages that Streamlit does not draw have the same."""

import itertools
import tomllib
from pathlib import Path

import pytest

from web import theme

ROOT = Path(__file__).parents[2]
CONFIGURED = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
COLOURS = ["red", "orange", "yellow", "green", "blue", "violet", "gray"]
PAGES = {"light": theme.LIGHT, "dark": theme.DARK}
TEXT, LARGE_TEXT_OR_EDGE = 4.5, 3  # the least contrast: WCAG 2.2, 1.4.3 and 1.4.11

ON_SCREENS = [
    (["textColor", "linkColor"], ["backgroundColor", "secondaryBackgroundColor"], TEXT),
    (["dataframeHeaderTextColor"], ["dataframeHeaderBackgroundColor"], TEXT),
    (["primaryColor", "borderColor"], ["backgroundColor", "secondaryBackgroundColor"], LARGE_TEXT_OR_EDGE),
]
ON_PAGES = [
    (["text", "quiet", "link"], ["page", "panel"], TEXT),
    (["text"], ["field", "problem"], TEXT),
    (["on-accent"], ["accent"], TEXT),
    (["edge"], ["page", "panel", "field"], LARGE_TEXT_OR_EDGE),
    (["accent"], ["page"], LARGE_TEXT_OR_EDGE),
    (["problem-edge"], ["problem", "page"], LARGE_TEXT_OR_EDGE),
]


def luminance(colour: str) -> float:
    """As WCAG defines it, from 0 for black to 1 for white."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(colours, pairs):
    """What is on what with less than the least contrast, and how much it has."""
    found = {}
    for over, under, least in pairs:
        for one, other in itertools.product(over, under):
            if (has := contrast(colours[one], colours[other])) < least:
                found[one, other] = round(has, 2)
    return found


def test_black_on_white_has_the_contrast_that_wcag_gives():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PAGES)
def test_words_and_edges_of_screens_are_legible(name):
    assert too_faint(CONFIGURED[name], ON_SCREENS) == {}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("colour", COLOURS)
def test_badges_and_coloured_words_are_legible(colour, name):
    behind = [f"{colour}BackgroundColor", "backgroundColor", "secondaryBackgroundColor"]
    assert too_faint(CONFIGURED[name], [([f"{colour}TextColor"], behind, TEXT)]) == {}
    assert too_faint(CONFIGURED[name], [(["textColor"], behind[:1], TEXT)]) == {}


@pytest.mark.parametrize("name", PAGES)
def test_white_words_on_the_main_buttons_are_legible(name):
    assert contrast("#ffffff", CONFIGURED[name]["primaryColor"]) >= TEXT


@pytest.mark.parametrize("name", PAGES)
def test_marks_of_charts_are_seen_on_the_page(name):
    colours, page = CONFIGURED[name]["chartCategoricalColors"], CONFIGURED[name]["backgroundColor"]
    assert {mark: contrast(mark, page) for mark in colours if contrast(mark, page) < LARGE_TEXT_OR_EDGE} == {}


@pytest.mark.parametrize("name", PAGES)
def test_other_pages_are_legible(name):
    assert too_faint(PAGES[name], ON_PAGES) == {}


@pytest.mark.parametrize("name", PAGES)
def test_other_pages_have_the_colours_of_the_screens(name):
    same = {
        "page": "backgroundColor",
        "panel": "secondaryBackgroundColor",
        "text": "textColor",
        "quiet": "dataframeHeaderTextColor",
        "link": "linkColor",
        "accent": "primaryColor",
    }
    assert {ours: PAGES[name][ours] for ours in same} == {ours: CONFIGURED[name][key] for ours, key in same.items()}


def test_both_themes_set_the_same():
    themes = [CONFIGURED["light"], CONFIGURED["dark"]]
    assert themes[0].keys() == themes[1].keys()
    assert theme.LIGHT.keys() == theme.DARK.keys()
