"""The anchor that stands beside the title in the browser's tab: anchor.svg, drawn by a browser at 64 by 64 pixels.

It takes the place of Streamlit's own picture. If screens named one (`st.set_page_config`), or if it were the drawing
itself, the browser would draw it anew with each of them: docs/decisions/0018-a-frame-sooner.md.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

DRAWN = Path(__file__).with_name("anchor.png")
A_DAY = {"Cache-Control": "public, max-age=86400"}


async def _anchor(_request: Request) -> Response:
    return FileResponse(DRAWN, headers=A_DAY)


# The address that Streamlit's page asks for.
routes = [Route("/favicon.png", _anchor, methods=["GET"])]
