"""Next 7 days: every text before it goes, with the words it will have."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from pages.parts import all_texts, text_acts, visit
from pages.parts.desk import actor, house, now, reading
from pages.parts.device import is_phone
from pages.parts.texts import draw_texts_of_all, kind_words, who
from pages.parts.words import counted, day, plain
from venue import clock, outbox
from venue.staff import Permission

ON_A_PAGE = 25
PLANNED, HELD, SKIPPED = "Scheduled", "On hold", "Skipped"


def draw_coming_week() -> None:
    with reading(actor()) as session:
        week = outbox.coming_week(session, now=now())
    lists: dict[str, Sequence[Any]] = {PLANNED: week.planned, HELD: week.held, SKIPPED: week.skipped}
    chosen = st.segmented_control(
        "Which of them",
        list(lists),
        default=PLANNED,
        required=True,
        format_func=lambda name: f"{name} ({len(lists[name])})",
        key="which",
        label_visibility="collapsed",
    )
    rows = lists[chosen]
    all_texts.draw_undo({text.row.id for text in week.held})
    cost = st.empty()
    if chosen == PLANNED:
        cost.caption(f"{counted(len(rows), 'text')} scheduled")
    if not rows:
        st.info("Nothing here in the next 7 days.", icon=":material/schedule:")
        return
    if chosen != SKIPPED:
        _draw_all_at_once(chosen, [text.row.id for text in rows])
    pages = -(-len(rows) // ON_A_PAGE)
    page = st.pagination(pages, key="page_of_week", max_visible_pages=5 if is_phone() else 9) if pages > 1 else 1
    shown = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    if chosen == SKIPPED:
        draw_texts_of_all(shown, key="skipped_texts")
    else:
        _draw_days(shown)
    if chosen == PLANNED:
        # Last, as all texts are put into words for it, and nobody should wait for that.
        cost.caption(f"{counted(len(rows), 'text')} scheduled ({week.segments:,} SMS)")


def _draw_all_at_once(chosen: str, ids: Sequence[Any]) -> None:
    if Permission.BULK not in actor().permissions or len(ids) < 2:
        return
    label, icon, dialog = (
        ("Pause all", "pause_circle", all_texts.PAUSE)
        if chosen == PLANNED
        else ("Resume all", "play_circle", all_texts.RESUME)
    )
    st.button(
        f"{label} {len(ids):,}",
        icon=f":material/{icon}:",
        on_click=visit.open_dialog,
        args=(dialog, ids),
        key="all_at_once",
    )


def _draw_days(shown: Sequence[Any]) -> None:
    zone = house().zone
    for _, texts in groupby(shown, key=lambda text: clock.today(text.leaves_at, zone)):
        of_day = list(texts)
        st.subheader(_day_name(of_day[0].leaves_at), anchor=False)
        with st.grid("auto", min_column_width=340, gap="xsmall"):
            for text in of_day:
                _draw_coming(text)


def _day_name(instant: Any) -> str:
    days = (clock.today(instant, house().zone) - clock.today(now(), house().zone)).days
    return {0: "Today", 1: "Tomorrow"}.get(days, day(instant))


def _draw_coming(text: Any) -> None:
    row = text.row
    with st.container(border=True, gap="xsmall"):
        # Two lines, each short enough for a phone: a link does not break them.
        about = " · ".join(filter(None, (kind_words(row.kind), row.name and plain(row.name))))
        label = f"**{clock.time_words(text.leaves_at, house().zone)} · {plain(who(row))}**  \n{about}"
        st.page_link("message.py", label=label, query_params={"id": str(row.id)}, width="stretch")
        if text.why_not:
            st.warning(plain(f"It will not go. {text.why_not}"), icon=":material/block:")
        elif text.paused is not None:
            st.caption(f":material/pause_circle: {plain(f'It waits. {text.paused.what}.')}")
        elif row.reason:
            st.caption(plain(row.reason))
        if text.body:
            st.text(text.body)
            st.caption(f"{counted(text.length.segments, 'segment')}, {text.length.encoding}")
        text_acts.draw_acts(row)
