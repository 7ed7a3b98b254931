"""All screens, with the navigation, banners and scripts around them."""

import streamlit as st

from pages import screens
from pages.elements.drafts import draw_unfinished
from pages.elements.keys import listen_to_keys
from pages.elements.scroll import keep_scroll
from pages.elements.toast import draw_toasts
from pages.elements.user_menu import draw_user_menu
from pages.imports import progress
from pages.journal import entries_shown
from pages.parts import confirm, page_state
from pages.parts.banner import read_state, show_banner
from pages.parts.context import actor, venue
from pages.parts.device import is_phone
from pages.parts.format import plain, with_full_stop
from pages.parts.not_found import SUBJECTS, show_not_found
from pages.parts.permissions import ScreenNotAllowed
from pages.search_everything import draw_search_dialog
from venue.errors import ConfirmFirst, NotFound, VenueError

# Streamlit leaves a wide gap below the elements at the bottom edge.
AT_THE_EDGE = "<style>.st-key-thumb_bar { margin-bottom: -3rem; }</style>"
# Streamlit draws links, choices and page numbers lower than a thumb needs, and shows the focus of a link only by a pale
# background.
FOR_THUMBS_AND_KEYS = """<style>
@media (pointer: coarse) { a, button, summary, label:has(input) { min-height: 44px !important; } }
a:focus-visible, summary:focus-visible { outline: 2px solid currentColor !important; }
</style>"""


def thumb_bar() -> None:
    """The main screens at the bottom of a phone, where a thumb reaches them."""
    st.html(AT_THE_EDGE)
    bar = st.bottom.container(horizontal=True, horizontal_alignment="distribute", wrap=False, gap=None, key="thumb_bar")
    with bar:
        for screen in main[:4]:
            label, is_shown = f":small[{screen.title}]", screen.url_path == page.url_path
            if st.button(label, key=f"bar.{screen.url_path}", type="primary" if is_shown else "tertiary"):
                page_state.go(screen)


def show_problem(error: VenueError) -> None:
    if isinstance(error, ScreenNotAllowed):
        st.title(page.title, anchor=False)
    st.error(plain(with_full_stop(str(error))), icon=":material/error:")
    st.page_link("today.py", label="Today")


main = screens.main(actor(), attention=read_state())
page = st.navigation([*main, *screens.others(actor())], position="hidden" if is_phone() else "top")
st.set_page_config(page_title=f"{page.title} · {venue().name}", layout="wide")
page_state.go_pending()
page_state.begin(page.url_path)
st.html(FOR_THUMBS_AND_KEYS)
with st.container(gap="xsmall"):
    draw_user_menu()
    show_banner()
    progress.draw_lines(page.url_path)
    draw_unfinished()
try:
    page.run()
except ConfirmFirst as first:
    confirm.ask(first)
except VenueError as error:
    if isinstance(error, NotFound) and page.url_path in SUBJECTS:
        show_not_found(SUBJECTS[page.url_path])
    else:
        show_problem(error)
with st.container(gap=None, key="scripts"):
    keep_scroll(page.url_path)
    listen_to_keys(page.url_path)
    draw_search_dialog()
    confirm.draw_dialog()
    draw_toasts(on_undo=entries_shown.undo_at_once)
if is_phone():
    thumb_bar()
