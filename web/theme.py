"""The light and the dark theme of the pages that Streamlit does not draw, with the colours of .streamlit/config.toml.

A page follows the device, unless a theme was chosen in this browser: docs/decisions/0059-themes.md.
"""

from collections.abc import Mapping
from pathlib import Path

LIGHT = {
    "page": "#fdfaf5",
    "panel": "#f4ede1",
    "field": "#ffffff",
    "text": "#1a1512",
    "quiet": "#5b5046",
    "edge": "#8a7b68",
    "link": "#1f5f5b",
    "accent": "#1f5f5b",
    "on-accent": "#ffffff",
    "problem": "#fbe9e7",
    "problem-edge": "#a3261b",
}
DARK = {
    "page": "#1b1714",
    "panel": "#2a241f",
    "field": "#2a241f",
    "text": "#f2eae0",
    "quiet": "#c9bcab",
    "edge": "#8c7e70",
    "link": "#7cc5bd",
    "accent": "#2f7f79",
    "on-accent": "#ffffff",
    "problem": "#412023",
    "problem-edge": "#f2919a",
}


def _variables(scheme: str, colours: Mapping[str, str]) -> str:
    return f"color-scheme: {scheme}; " + " ".join(f"--{name}: {colour};" for name, colour in colours.items())


# Selected as strongly as a chosen theme, which comes last.
COLOURS = f"""
:root {{ {_variables("light", LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables("dark", DARK)} }} }}
:root[data-theme="Light"] {{ {_variables("light", LIGHT)} }}
:root[data-theme="Dark"] {{ {_variables("dark", DARK)} }}
"""
CHOSEN = Path(__file__).with_name("theme.js").read_text(encoding="utf-8")
CHOSEN_FOR_STREAMLIT = CHOSEN + Path(__file__).with_name("streamlit_theme.js").read_text(encoding="utf-8")
