"""Pages on which someone enters a one-time code: the first manager, a new password, a shared tablet.

A link has its code after the "#", which browsers do not send, so that no log has it. A script puts it into the form.
"""

from collections.abc import Callable
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from venue import clock
from venue.errors import Invalid, VenueError
from venue.staff import choosing, codes, devices
from venue.staff.begin import CodeNeeded, SignedIn
from web import cookies, html
from web.access import Access, typed, user_agent

REFUSED = 400
HINT = "At least 10 characters. Three or four words that do not belong together are easy to remember."
CODE_FROM_LINK = """
const code = document.getElementById("code")
if (location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1))
  history.replaceState(null, "", location.pathname)
  const next = document.getElementById("name") ?? document.getElementById("password")
  next?.focus()
}
"""

Form = dict[str, str]


def routes(access: Access) -> list[Route]:
    pages = CodePages(access)
    return [
        *_both("/set-up", pages.show_set_up, pages.set_up),
        *_both("/choose-password", pages.show_choose_password, pages.choose_password),
        *_both("/sign-in/tablet", pages.show_tablet, pages.enrol),
    ]


def _both(path: str, show: Callable[..., object], submit: Callable[..., object]) -> list[Route]:
    return [Route(path, show, methods=["GET"]), Route(path, submit, methods=["POST"])]


class CodePages:
    def __init__(self, access: Access):
        self.access = access

    async def show_set_up(self, _request: Request) -> Response:
        if await run_in_threadpool(self._has_accounts):
            return RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
        return _set_up_page({}, {})

    async def set_up(self, request: Request) -> Response:
        form = await typed(request)

        def begin() -> SignedIn:
            return choosing.set_up(
                self.access.transaction,
                code=form.get("code", ""),
                name=form.get("name", ""),
                password=form.get("password", ""),
                device_token=cookies.device_token(request.scope),
                user_agent=user_agent(request),
                now=clock.now(),
                hours=self.access.hours,
            )

        try:
            signed_in = await self.access.hashed(request, begin)
        except VenueError as error:
            return _set_up_page(form, _problems(error))
        return await self.access.let_in(request, signed_in, "/")

    async def show_choose_password(self, _request: Request) -> Response:
        return _password_page({}, {})

    async def choose_password(self, request: Request) -> Response:
        form = await typed(request)

        def begin() -> SignedIn:
            return choosing.choose_password(
                self.access.transaction,
                code=form.get("code", ""),
                password=form.get("password", ""),
                totp=form.get("totp", "").replace(" ", ""),
                device_token=cookies.device_token(request.scope),
                user_agent=user_agent(request),
                now=clock.now(),
                hours=self.access.hours,
            )

        try:
            signed_in = await self.access.hashed(request, begin)
        except CodeNeeded as needed:
            return _password_page(form, {"totp": str(needed)})
        except VenueError as error:
            return _password_page(form, _problems(error))
        return await self.access.let_in(request, signed_in, "/")

    async def show_tablet(self, _request: Request) -> Response:
        return _tablet_page({}, {})

    async def enrol(self, request: Request) -> Response:
        form = await typed(request)
        try:
            token = await run_in_threadpool(
                devices.enrol, self.access.transaction, code=form.get("code", ""), now=clock.now()
            )
        except VenueError as error:
            return _tablet_page(form, _problems(error))
        await self.access.end(request)
        response = RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
        cookies.set_device(response, request.scope, token)
        cookies.end_session(response, request.scope)
        return response

    def _has_accounts(self) -> bool:
        with self.access.reading() as session:
            return codes.has_accounts(session)


def _problems(error: VenueError) -> dict[str, str]:
    """The sentences by field; "" for those about no field."""
    return error.problems if isinstance(error, Invalid) else {"": str(error)}


def _set_up_page(form: Form, problems: dict[str, str]) -> Response:
    about = "Add yourself as the first manager. The terminal in which Anchor Desk was started shows the code."
    fields = [
        _code(form, problems),
        html.field(
            "Your name",
            "name",
            value=form.get("name", ""),
            problem=problems.get("name", ""),
            autocomplete="username",
            maxlength="100",
        ),
        _new_password(problems),
    ]
    return _page("Set up Anchor Desk", about, "/set-up", fields, "Add first manager", problems)


def _password_page(form: Form, problems: dict[str, str]) -> Response:
    about = "A manager gave you a link or a code. It can be used once."
    fields = [_code(form, problems), _new_password(problems)]
    if "totp" in problems:
        fields.append(
            html.field(
                "Six-digit code from your authenticator app",
                "totp",
                problem=problems["totp"],
                inputmode="numeric",
                autocomplete="one-time-code",
                maxlength="7",
            )
        )
    return _page("Choose a password", about, "/choose-password", fields, "Save and sign in", problems)


def _tablet_page(form: Form, problems: dict[str, str]) -> Response:
    about = "On a shared tablet, staff tap their name and enter a PIN. A manager finds the code under Settings."
    return _page("Set up this tablet", about, "/sign-in/tablet", [_code(form, problems)], "Set up tablet", problems)


def _code(form: Form, problems: dict[str, str]) -> str:
    return html.field(
        "Code",
        "code",
        value=form.get("code", ""),
        problem=problems.get("code", ""),
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
        maxlength="100",
    )


def _new_password(problems: dict[str, str]) -> str:
    problem = problems.get("password", "")
    return html.secret("Password", "password", autocomplete="new-password", problem=problem, hint=HINT)


def _page(title: str, about: str, action: str, fields: list[str], button: str, problems: dict[str, str]) -> Response:
    form = html.form(action, html.problem(problems.get("", "")), *fields, button=button)
    body = f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n{form}\n</main>"
    return html.response(title, body, script=CODE_FROM_LINK, status_code=REFUSED if problems else 200)
