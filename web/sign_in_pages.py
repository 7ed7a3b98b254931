"""The pages for signing in and out, as HTML."""

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

from venue.staff.devices import PersonOnDevice
from web import html

REFUSED = 401

# Digits to tap, for tablets, whose own keyboards open late and hide half of the page.
KEYPAD = """
const field = document.getElementById("pin")
const keypad = document.createElement("div")
keypad.className = "keypad"
for (const digit of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "Clear", "0", "⌫"]) {
  const key = document.createElement("button")
  key.type = "button"
  key.className = "plain"
  key.textContent = digit
  if (digit === "⌫") key.setAttribute("aria-label", "Delete the last digit")
  key.onclick = () => {
    field.value = digit === "Clear" ? "" : digit === "⌫" ? field.value.slice(0, -1) : field.value + digit
  }
  keypad.append(key)
}
field.inputMode = "none"
field.closest(".field").after(keypad)
"""


def password(
    venue: str, address: str, *, name: str = "", problem: str = "", ways: Sequence[tuple[str, str]] = ()
) -> HTMLResponse:
    """Name and password. `ways` are addresses and labels of other ways to sign in."""
    form = html.form(
        "/sign-in",
        html.problem(problem),
        html.field("Name", "name", value=name, autocomplete="username", maxlength="100", autofocus=not name),
        html.secret("Password", "password", autocomplete="current-password", focus=bool(name)),
        html.hidden("next", address),
        button="Sign in",
    )
    links = "".join(
        f'<p><a class="button plain wide" href="{escape(path)}">{escape(label)}</a></p>\n' for path, label in ways
    )
    help_ = '<p class="hint">Forgotten your password? Ask a manager for a new link.</p>'
    body = f"<main>\n<h1>Sign in</h1>\n<p>{escape(venue)}</p>\n{form}\n<footer>\n{links}{help_}\n</footer>\n</main>"
    return html.response("Sign in", body, status_code=REFUSED if problem else 200)


def six_digits(name: str, waiting: str, address: str, *, problem: str = "") -> HTMLResponse:
    """The code from an authenticator app, after a right password."""
    form = html.form(
        "/sign-in",
        html.problem(problem),
        html.field(
            "Six-digit code",
            "totp",
            hint="From your authenticator app.",
            inputmode="numeric",
            autocomplete="one-time-code",
            maxlength="7",
            autofocus=True,
        ),
        html.hidden("name", name),
        html.hidden("waiting", waiting),
        html.hidden("next", address),
        button="Sign in",
    )
    again = f'<footer><p><a href="/sign-in?{escape(html.query(next=address))}">Start again</a></p></footer>'
    body = f"<main>\n<h1>Enter your code</h1>\n{form}\n{again}\n</main>"
    return html.response("Enter your code", body, status_code=REFUSED if problem else 200)


def people(on_device: Sequence[PersonOnDevice], address: str) -> HTMLResponse:
    """The names on a shared tablet."""
    names = "".join(
        f'<li><a class="button plain" href="/sign-in?{escape(html.query(next=address, person=str(person.staff_id)))}">'
        f"{escape(person.name)}</a></li>\n"
        for person in on_device
    )
    other = f'<p><a href="/sign-in?{escape(html.query(next=address, name=""))}">Sign in with a password</a></p>'
    body = f'<main>\n<h1>Who are you?</h1>\n<ul class="people">\n{names}</ul>\n{other}\n</main>'
    return html.response("Who are you?", body)


def pin(person: PersonOnDevice, address: str, *, problem: str = "") -> HTMLResponse:
    form = html.form(
        "/sign-in",
        html.problem(problem),
        html.field(
            "PIN",
            "pin",
            type="password",
            inputmode="numeric",
            autocomplete="off",
            pattern="[0-9]{4,8}",
            maxlength="8",
            title="4 to 8 digits",
            autofocus=True,
        ),
        html.hidden("person", str(person.staff_id)),
        html.hidden("next", address),
        button="Sign in",
    )
    others = f'<p><a href="/sign-in?{escape(html.query(next=address))}">Not {escape(person.name)}?</a></p>'
    with_password = escape(html.query(next=address, name=person.name))
    footer = f'{others}\n<p><a href="/sign-in?{with_password}">Use a password instead</a></p>'
    body = f"<main>\n<h1>{escape(person.name)}</h1>\n{form}\n<footer>\n{footer}\n</footer>\n</main>"
    return html.response(person.name, body, script=KEYPAD, status_code=REFUSED if problem else 200)


def sign_out() -> HTMLResponse:
    form = html.form("/sign-out", button="Sign out")
    body = f'<main>\n<h1>Sign out?</h1>\n{form}\n<footer><p><a href="/">Stay signed in</a></p></footer>\n</main>'
    return html.response("Sign out?", body)
