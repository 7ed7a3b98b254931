"""The anchor that stands beside the title in the browser's tab.

It takes the place of Streamlit's own picture. If screens named one (`st.set_page_config`), the browser would draw it
anew with each of them: docs/decisions/0018-a-frame-sooner.md.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

DRAWN = Path(__file__).with_name("anchor.svg")


async def _anchor(_request: Request) -> Response:
    return FileResponse(DRAWN, media_type="image/svg+xml")


# The address that Streamlit's page asks for; what kind of picture it is, the answer says.
routes = [Route("/favicon.png", _anchor, methods=["GET"])]
