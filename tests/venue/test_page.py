"""Pages of a list."""

import pytest

from venue.page import Page, count_pages, nearest_page, offset_of


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_the_last_page_holds_the_rest_and_an_empty_list_is_one_page(total: int, pages: int) -> None:
    assert count_pages(total, 25) == pages == Page([], total, 1, 25).pages


def test_a_page_that_does_not_exist_is_the_nearest_that_does() -> None:
    assert [nearest_page(page, 51, 25) for page in (-1, 0, 1, 3, 4)] == [1, 1, 1, 3, 3]
    assert nearest_page(2, 0, 25) == 1


def test_a_page_starts_where_the_one_before_it_ends() -> None:
    assert [offset_of(page, 25) for page in (1, 2, 3)] == [0, 25, 50]
