"""Where staff are signed in, and ending that."""

from uuid import UUID

from pages.elements.board import Act, Column, Row
from pages.elements.toast import toast
from pages.parts.context import actor, now, transaction
from pages.parts.format import near_in_short
from venue.staff import sign_ins
from venue.staff.sign_ins import SignInRow

COLUMNS = (
    Column("Name", "1.2fr", "title"),
    Column("Device", "2.2fr"),
    Column("Last used", "1fr", "beside"),
    Column("Actions", "2.6fr"),
)
METHODS = {"demo": "demo", "pin": "by PIN", "oidc": "by OpenID Connect"}
OWN_COLUMNS = (Column("Device", "1.2fr", "title"), Column("Last used", "2fr"), Column("Actions", "2fr"))
ACTS = ("end_one", "end_all_of")


def row(signed_in: SignInRow, *, this_one: UUID | None, everywhere: bool) -> Row:
    """One browser. `everywhere` offers to end all sign-ins of its person too, but never the one in use
    here."""
    ways = _ways(signed_in, this_one)
    if everywhere:
        label = "Sign out everywhere else" if signed_in.staff_id == actor().staff_id else "Sign out everywhere"
        ways = (*ways, Act(label, "end_all_of", str(signed_in.staff_id)))
    return Row("", (signed_in.name, _device(signed_in), _last_used(signed_in, this_one)), ways=ways)


def own_row(signed_in: SignInRow, *, this_one: UUID | None) -> Row:
    return Row("", (_device(signed_in), _last_used(signed_in, this_one)), ways=_ways(signed_in, this_one))


def _device(signed_in: SignInRow) -> str:
    how = METHODS.get(signed_in.method)
    return f"{signed_in.device} ({how})" if how else signed_in.device


def _last_used(signed_in: SignInRow, this_one: UUID | None) -> str:
    return "This browser" if signed_in.id == this_one else near_in_short(signed_in.last_used_at, now())


def _ways(signed_in: SignInRow, this_one: UUID | None) -> tuple[Act, ...]:
    return () if signed_in.id == this_one else (Act("Sign out", "end_one", str(signed_in.id)),)


def act(name: str, about: UUID) -> None:
    """End one sign-in, or all of a person but the one in use here."""
    with transaction(actor()) as session:
        if name == "end_one":
            count = sign_ins.end_one(session, about, now=now())
        else:
            count = sign_ins.end_all_of(session, about, now=now(), keep=actor().sign_in_id)
    toast("Signed out" if count else "They had signed out already")
