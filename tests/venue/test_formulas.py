"""No cell begins like a formula in a spreadsheet, and an escaped cell is read as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue.formulas import inert, live

SIGNS = "=+-@＝＋－＠\t\r\n"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", "  ", "'", "''", "' "])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(before: str, sign: str) -> None:
    assert inert(f"{before}{sign}1") == f"'{before}{sign}1"


@pytest.mark.parametrize("cell", ["", "Jo", "O'Neil", "'t Hooft", "07700 900123", "a=1", " Jo", "ＡＢ"])
def test_other_cells_stay(cell: str) -> None:
    assert inert(cell) == cell == live(cell)


@given(st.text(f"{SIGNS}' a1", max_size=6))
def test_an_escaped_cell_is_read_as_it_was(cell: str) -> None:
    assert live(inert(cell)) == cell
