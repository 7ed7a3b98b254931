"""Text areas that send what is typed after a short pause. Without scripts they send it when the field is left."""

from pathlib import Path

from pages.elements.component import bare_component

HERE = Path(__file__).parent

_listen = bare_component("live_typing", js=(HERE / "live_typing.js").read_text(encoding="utf-8"))


def listen_to_typing() -> None:
    """Drawn once on a screen whose text areas should be live."""
    _listen(key="live_typing")
