"""How the list of customers is shown: as a table or as cards, and in which order."""

from pages.customers.list_address import VIEWS, ListAddress, change, here
from pages.parts import page_state
from pages.parts.device import is_phone, like, liked
from pages.parts.permissions import may
from venue.customers.order import SORTS
from venue.roles import Permission


def view(address: ListAddress) -> str:
    """The view in the address, or else the one this device used last, or else the best for it."""
    usual = page_state.get("view") or liked("view", VIEWS) or ("Cards" if is_phone() else "Table")
    page_state.set("view", usual)
    return address.view or usual


def show_as(view: str) -> None:
    """Show a table or cards from now on; the device remembers it."""
    change(view=view)
    like("view", view)


def sort_by(column: str) -> None:
    """Sort the list by a column, or reverse the order if it is sorted by it already."""
    sort, descending = SORTS[here().sort]
    wanted = (column, not descending) if sort == column else (column, column == "created_at")
    put_in_order(next(label for label, order in SORTS.items() if order == wanted))


def offered() -> list[str]:
    """Those of SORTS that this actor may use."""
    return [label for label, (sort, _) in SORTS.items() if sort != "mobile_number" or may(Permission.NUMBERS)]


def put_in_order(label: str) -> None:
    """Sort the list by one of SORTS."""
    change(sort=label if label in SORTS else ListAddress.sort)
