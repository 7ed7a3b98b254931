"""The icon in the browser's tab: anchor.svg, rendered at 64 by 64 pixels.

It replaces Streamlit's own at the same address. An icon that screens set (`st.set_page_config`), or an SVG, would be
loaded and drawn again at each change of screen: docs/decisions/0018-faster-screen-changes.md.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ICON = Path(__file__).with_name("anchor.png")
CACHED_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}


async def _icon(_request: Request) -> Response:
    return FileResponse(ICON, headers=CACHED_FOR_A_DAY)


# The address in Streamlit's index page.
routes = [Route("/favicon.png", _icon, methods=["GET"])]
