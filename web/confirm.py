"""Entering the password or PIN again, before a download that needs it."""

from html import escape
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from venue import clock
from venue.errors import VenueError
from venue.staff import current
from web import cookies, html
from web.access import Access, typed
from web.gate import actor_of, safe_next

REFUSED = 401
FILES = "/download/"


def routes(access: Access) -> list[Route]:
    """`/confirm?next=ADDRESS`, for signed-in staff: afterwards the browser goes to that address."""

    async def show(request: Request) -> Response:
        address = safe_next(request.query_params.get("next", "/"))
        return _page(address, _came_from(request), is_tablet=await access.is_tablet(request))

    async def submit(request: Request) -> Response:
        form = await typed(request)
        address, back = safe_next(form.get("next", "/")), safe_next(form.get("back", "/"))
        sign_in_id = actor_of(request).sign_in_id

        def confirm() -> None:
            if sign_in_id is not None:
                current.confirm(
                    access.transaction, sign_in_id=sign_in_id, secret=form.get("secret", ""), now=clock.now()
                )

        try:
            await access.hashed(request, confirm)
        except VenueError as problem:
            return _page(address, back, is_tablet=await access.is_tablet(request), problem=str(problem))
        access.forget(cookies.session_token(request.scope))
        if address.startswith(FILES):
            return _download_page(address, back)
        return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})

    return [Route("/confirm", show, methods=["GET"]), Route("/confirm", submit, methods=["POST"])]


def _came_from(request: Request) -> str:
    """The screen from which the browser came, as a path."""
    try:
        referrer = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    return safe_next(f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path)


def _page(address: str, back: str, *, is_tablet: bool, problem: str = "") -> Response:
    label = "Password or PIN" if is_tablet else "Password"
    form = html.form(
        "/confirm",
        html.problem(problem),
        html.secret(label, "secret", autocomplete="current-password", focus=True),
        html.hidden("next", address),
        html.hidden("back", back),
        button="Continue",
    )
    about = "This needs your password again: the last time was over 10 minutes ago."
    away = f'<footer><p><a href="{escape(back)}">Cancel</a></p></footer>'
    body = f"<main>\n<h1>Enter your password again</h1>\n<p>{about}</p>\n{form}\n{away}\n</main>"
    return html.response("Enter your password again", body, status_code=REFUSED if problem else 200)


def _download_page(address: str, back: str) -> Response:
    """Begins the download: a browser stays on the page from which one begins."""
    body = (
        "<main>\n<h1>Your download has started</h1>\n"
        f'<p><a href="{escape(address)}">Download again</a> if nothing happens.</p>\n'
        f'<a class="button" href="{escape(back)}">Go back</a>\n</main>'
    )
    # As RedirectResponse does: a header is ASCII.
    begins = quote(address, safe=":/%#?=@[]!$&'()*+,;")
    return html.response("Download", body, headers={"Refresh": f"0; url={begins}"})
