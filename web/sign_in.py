"""Signing in and out: with name and password, and on a shared tablet with a PIN."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from venue import clock
from venue.errors import VenueError
from venue.staff import codes, devices, sign_in
from venue.staff.begin import CodeNeeded, SignedIn
from venue.staff.devices import PersonOnDevice
from web import cookies, html, openid, sign_in_pages
from web.access import Access, typed, user_agent
from web.gate import safe_next, sign_in_address

PASSWORD_KEPT_SECONDS = 300
MOST_KEPT = 100
PIN_LOCKED = "Too many wrong PINs. Sign in with your password: then your PIN works here again"


def routes(access: Access) -> list[Route]:
    pages = SignInPages(access)
    return [
        Route("/sign-in", pages.show, methods=["GET"]),
        Route("/sign-in", pages.submit, methods=["POST"]),
        Route("/sign-out", pages.ask_to_sign_out, methods=["GET"]),
        Route("/sign-out", pages.sign_out, methods=["POST"]),
        Route("/lock", pages.lock, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Typed:
    """What was typed on the sign-in page. `waiting` is the key of a password that waits for its six-digit code."""

    name: str
    password: str
    totp: str
    pin: str
    staff_id: UUID | None
    waiting: str
    address: str


class SignInPages:
    def __init__(self, access: Access):
        self.access = access
        self.waiting = WaitingPasswords()

    async def show(self, request: Request) -> Response:
        address = safe_next(request.query_params.get("next", "/"))
        if await self.access.actor(request) is not None:
            return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        if self.access.is_demo:
            return await self.access.let_in(request, await self._demo(request), address)
        if await run_in_threadpool(self._is_new):
            return RedirectResponse("/set-up", 303)
        people = await self._people(request)
        chosen = _person(people, request.query_params.get("person", ""))
        if chosen is not None and chosen.takes_pin:
            return sign_in_pages.pin(chosen, address)
        if chosen is not None:
            return self._password_page(people, address, name=chosen.name, problem=PIN_LOCKED)
        name = request.query_params.get("name")
        if people and name is None and "openid" not in request.query_params:
            return sign_in_pages.people(people, address)
        problem = openid.sentence(self.access.openid, request.query_params.get("openid", ""))
        return self._password_page(people, address, name=name or "", problem=problem)

    async def submit(self, request: Request) -> Response:
        entered = _read(await typed(request))
        try:
            if entered.staff_id is not None:
                return await self._with_pin(request, entered, entered.staff_id)
            return await self._with_password(request, entered)
        except VenueError as problem:
            people = await self._people(request)
            chosen = _person(people, str(entered.staff_id))
            if chosen is not None and chosen.takes_pin:
                return sign_in_pages.pin(chosen, entered.address, problem=str(problem))
            name = chosen.name if chosen is not None else entered.name
            return self._password_page(people, entered.address, name=name, problem=str(problem))

    async def ask_to_sign_out(self, _request: Request) -> Response:
        return sign_in_pages.sign_out()

    async def sign_out(self, request: Request) -> Response:
        await self.access.end(request)
        response = RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
        cookies.end_session(response, request.scope)
        return response

    async def lock(self, request: Request) -> Response:
        """As signing out, but the next person who signs in comes back to the same address."""
        address = safe_next((await typed(request)).get("next", "/"))
        await self.access.end(request)
        response = RedirectResponse(sign_in_address(address), 303, headers={"Cache-Control": "no-store"})
        cookies.end_session(response, request.scope)
        return response

    async def _with_password(self, request: Request, entered: Typed) -> Response:
        password = self.waiting.take(entered.waiting, entered.name) if entered.waiting else entered.password
        if password is None:
            problem = "That took longer than five minutes. Enter your password again."
            return self._password_page((), entered.address, name=entered.name, problem=problem)
        try:
            signed_in = await self.access.hashed(request, lambda: self._check(request, entered, password))
        except CodeNeeded as needed:
            key = self.waiting.keep(entered.name, password)
            problem = str(needed) if entered.totp else ""
            return sign_in_pages.six_digits(entered.name, key, entered.address, problem=problem)
        return await self.access.let_in(request, signed_in, entered.address)

    def _check(self, request: Request, entered: Typed, password: str) -> SignedIn:
        return sign_in.with_password(
            self.access.transaction,
            name=entered.name,
            password=password,
            totp=entered.totp,
            device_token=cookies.device_token(request.scope),
            user_agent=user_agent(request),
            now=clock.now(),
            hours=self.access.hours,
        )

    async def _with_pin(self, request: Request, entered: Typed, staff_id: UUID) -> Response:
        def check() -> SignedIn:
            return sign_in.with_pin(
                self.access.transaction,
                staff_id=staff_id,
                pin=entered.pin,
                device_token=cookies.device_token(request.scope),
                user_agent=user_agent(request),
                now=clock.now(),
                hours=self.access.hours,
            )

        return await self.access.let_in(request, await self.access.hashed(request, check), entered.address)

    async def _demo(self, request: Request) -> SignedIn:
        def begin() -> SignedIn:
            return sign_in.as_demo_manager(
                self.access.transaction,
                user_agent=user_agent(request),
                device_token=cookies.device_token(request.scope),
                now=clock.now(),
                hours=self.access.hours,
            )

        return await run_in_threadpool(begin)

    def _password_page(
        self, people: Sequence[PersonOnDevice], address: str, *, name: str, problem: str = ""
    ) -> Response:
        ways = [(sign_in_address(address), "Sign in with a PIN")] if people else []
        if self.access.openid is not None and not people:
            ways.append((f"{openid.START}?{html.query(next=address)}", openid.label(self.access.openid)))
        return sign_in_pages.password(self.access.venue.current().name, address, name=name, problem=problem, ways=ways)

    async def _people(self, request: Request) -> Sequence[PersonOnDevice]:
        token = cookies.device_token(request.scope)
        return await run_in_threadpool(self._people_on, token) if token else ()

    def _people_on(self, token: str) -> Sequence[PersonOnDevice]:
        with self.access.reading() as session:
            return devices.people_on(session, token)

    def _is_new(self) -> bool:
        with self.access.reading() as session:
            return not codes.has_accounts(session)


class WaitingPasswords:
    """Right passwords whose six-digit codes are still to be typed, so that the page need not hold them.

    They are in memory only, for five minutes, and each can be taken once.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, str, str]] = {}

    def keep(self, name: str, password: str) -> str:
        """Returns the key to take it with."""
        now = time.monotonic()
        self._kept = {key: entry for key, entry in self._kept.items() if entry[0] > now}
        while len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        key = secrets.token_urlsafe(24)
        self._kept[key] = (now + PASSWORD_KEPT_SECONDS, name, password)
        return key

    def take(self, key: str, name: str) -> str | None:
        """The password; None when it was not kept, was taken, or is too old."""
        until, kept_name, password = self._kept.pop(key, (0.0, "", ""))
        return password if until > time.monotonic() and kept_name == name else None


def _read(form: dict[str, str]) -> Typed:
    return Typed(
        name=form.get("name", ""),
        password=form.get("password", ""),
        totp=form.get("totp", "").replace(" ", ""),
        pin=form.get("pin", ""),
        staff_id=_id(form.get("person", "")),
        waiting=form.get("waiting", ""),
        address=safe_next(form.get("next", "/")),
    )


def _id(typed_id: str) -> UUID | None:
    try:
        return UUID(typed_id)
    except ValueError:
        return None


def _person(people: Sequence[PersonOnDevice], typed_id: str) -> PersonOnDevice | None:
    return next((person for person in people if str(person.staff_id) == typed_id), None)
