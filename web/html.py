"""Plain HTML pages beside the screens: sign-in, "Page not found", the door list. They work without JavaScript.

They are light or dark as the device is, or as was chosen in this browser. Printed ones have a style of their own, black
on white. Each page allows only its own style and scripts, by their hashes.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from web.theme import CHOSEN, COLOURS

STYLE = (
    COLOURS
    + """
* { box-sizing: border-box; }
body { background: var(--page); color: var(--text); font: 18px/1.5 sans-serif; margin: 0; padding: 2rem 1.25rem;
       overflow-wrap: anywhere; }
main { margin: 0 auto; max-width: 26rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
a { color: var(--link); }
label { display: block; margin: 0 0 .25rem; }
.hint { color: var(--quiet); font-size: .9rem; margin: .25rem 0 0; }
.field { margin-bottom: 1rem; }
input { background: var(--field); border: 1px solid var(--edge); border-radius: .5rem; color: inherit; font: inherit;
        min-height: 48px; padding: .5rem .75rem; width: 100%; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
button, .button { background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem;
        color: var(--on-accent); cursor: pointer; display: inline-block; font: inherit; min-height: 48px;
        padding: .6rem 1.25rem; text-align: center; text-decoration: none; }
button:disabled { opacity: .6; }
.wide { width: 100%; }
.plain { background: var(--panel); border-color: var(--edge); color: var(--text); }
.problem { background: var(--problem); border-left: 4px solid var(--problem-edge); border-radius: .25rem;
        padding: .75rem 1rem; }
.note { background: var(--panel); border-radius: .25rem; padding: .75rem 1rem; }
.people { display: grid; gap: .75rem; list-style: none; margin: 0 0 1.5rem; padding: 0; }
.people .button { display: block; font-size: 1.25rem; padding: 1rem; }
.keypad { display: grid; gap: .5rem; grid-template-columns: repeat(3, 1fr); margin-bottom: 1rem; }
.keypad button { font-size: 1.35rem; min-height: 60px; }
footer { margin-top: 1.5rem; }
footer a:not(.button) { align-items: center; display: inline-flex; min-height: 44px; }
"""
)

# A double tap sends a form once: sent twice, a code would be used up before its answer is seen, or a wrong PIN counted
# twice. The button works again after a while, in case no answer comes, and when the browser goes back to the page.
SEND_ONCE = """
addEventListener("submit", ({ submitter }) => {
  submitter.disabled = true
  const enable = () => { submitter.disabled = false }
  setTimeout(enable, 5000)
  addEventListener("pageshow", enable)
})
"""


def response(
    title: str,
    body: str,
    *,
    style: str = STYLE,
    script: str = "",
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page. `body` is HTML, with everything in it escaped; `script` is JavaScript that the page can do without."""
    if "<form" in body:
        script = SEND_ONCE + script
    policy = {"Content-Security-Policy": _policy(style, script), "Cache-Control": "no-store"}
    page = document(title, body, style=style, script=script)
    return HTMLResponse(page, status_code=status_code, headers={**policy, **(headers or {})})


def document(title: str, body: str, *, style: str, script: str = "") -> str:
    code = f"<script>{script}</script>\n" if script else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="/favicon.png">
<style>{style}</style>
<script>{CHOSEN}</script>
</head>
<body>
{body}
{code}</body>
</html>
"""


def message(title: str, sentence: str, *, status_code: int = 200, link: tuple[str, str] | None = None) -> HTMLResponse:
    """A page with one sentence, and perhaps a button: `link` is its address and label."""
    button = f'\n<a class="button" href="{escape(link[0])}">{escape(link[1])}</a>' if link else ""
    body = f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(sentence)}</p>{button}\n</main>"
    return response(title, body, status_code=status_code)


def field(label: str, name: str, *, problem: str = "", hint: str = "", **attributes: str | bool) -> str:
    """A labelled input. True is an attribute without a value."""
    described = f"{name}-about" if problem or hint else ""
    given = {"id": name, "name": name, "aria-describedby": described, "required": True, **attributes}
    if problem:
        given["aria-invalid"] = "true"
    pairs = " ".join(_attribute(key, text) for key, text in given.items() if text)
    about = f'\n<p class="{"problem" if problem else "hint"}" id="{described}">{escape(problem or hint)}</p>'
    return (
        f'<div class="field">\n<label for="{name}">{escape(label)}</label>\n<input {pairs}>'
        f"{about if described else ''}\n</div>"
    )


def secret(label: str, name: str, *, autocomplete: str, problem: str = "", hint: str = "", focus: bool = False) -> str:
    """A field for a password: what was typed is never sent back."""
    return field(
        label,
        name,
        problem=problem,
        hint=hint,
        type="password",
        autocomplete=autocomplete,
        maxlength="200",
        autofocus=focus,
    )


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def form(action: str, *parts: str, button: str, style: str = "wide") -> str:
    inside = "\n".join(part for part in parts if part)
    return (
        f'<form method="post" action="{escape(action)}">\n{inside}\n'
        f'<button class="{style}">{escape(button)}</button>\n</form>'
    )


def problem(sentence: str) -> str:
    return f'<p class="problem" role="alert">{escape(sentence)}</p>' if sentence else ""


def query(**values: str) -> str:
    """The query of an address, without its "?"."""
    return urlencode(values)


def _attribute(name: str, value: str | bool) -> str:
    return name if value is True else f'{name}="{escape(str(value))}"'


def _policy(style: str, script: str) -> str:
    scripts = " ".join(_hash(each) for each in (CHOSEN, script) if each)
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {scripts}; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
