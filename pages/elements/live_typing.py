"""Long texts that are looked at while they are typed. Where no script runs, it is done on leaving the field."""

from pathlib import Path

from pages.elements.component import bare_component

HERE = Path(__file__).parent

_listen = bare_component("live_typing", js=(HERE / "live_typing.js").read_text(encoding="utf-8"))


def listen_to_typing() -> None:
    """Drawn once on a screen whose text areas are to be live."""
    _listen(key="live_typing")
