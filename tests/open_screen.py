"""Opens a screen by AppTest through pages/navigation.py, as the tests of screens and a benchmark do."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

from pages import screens
from tests.patience import PATIENCE

NAVIGATION = Path(__file__).parents[1] / "pages" / "navigation.py"
ADDRESS_OF = {screen.file: screen.address for screen in (*screens.MAIN, *screens.REACHED_FROM_THESE)}


def open_screen(file: str, **address: object) -> AppTest:
    """A screen by its file, with the parameters of its address, after its first run."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=PATIENCE)
    # As for a link from elsewhere. `switch_page` knows the addresses only after a first run, of another screen.
    app._page_hash = calc_hash(ADDRESS_OF[file])
    for name, value in address.items():
        app.query_params[name] = str(value)
    app.run()
    assert not app.exception
    return app


@contextmanager
def streamlit_read_once() -> Iterator[None]:
    """Each AppTest would look for components in every installed package, and each run compile its screens again."""
    compiled = ScriptCache()
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    with (
        patch.object(manifest_scanner, "scan_component_manifests", scan),
        patch.object(app_test, "ScriptCache", lambda: compiled),
        patch.object(local_script_runner, "ScriptCache", lambda: compiled),
    ):
        yield
