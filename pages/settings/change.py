"""Change the venue's settings: all of them on one form, each with where its value comes from."""

from collections.abc import Mapping
from datetime import time

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import forms, page_state
from pages.parts.confirm import acting
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain
from pages.parts.permissions import need
from pages.settings.sections import HINTS, NUMBERS, SECTIONS, ZONE, in_words, source
from sms import segments
from venue import acts, choices, clock, setting_list
from venue.choices import SettingRow
from venue.clock import Hours
from venue.errors import Conflict
from venue.messages import rescheduling
from venue.roles import Permission
from venue.setting_list import AS_THE_EVENT
from venue.wording import counted

FORM = "settings"
NAME = "venue_name"
WORDINGS, TIME = "consent_wordings", "reminders_at"
HOURS = ("sending_hours", "bulk_hours")
SAME, FIXED = "Same as the event", "A fixed time"
BETWEEN, ALL_DAY = "Between two times", "All day"
DEFAULTS = "defaults used"  # In the page state.
MOVES_REMINDERS = {"sending_hours", TIME}
LABELS = {setting.name: setting.label for setting in setting_list.ALL}


def read() -> dict[str, SettingRow]:
    with reading(actor()) as session:
        return {row.name: row for row in choices.rows(session)}


def values(of: Mapping[str, SettingRow]) -> dict[str, str]:
    return {name: row.value for name, row in of.items()}


def present() -> dict[str, str]:
    """The values as they are now. The default wordings follow the name, which is no change of theirs."""
    rows = read()
    if not rows[WORDINGS].is_set and not opened[WORDINGS].is_set:
        rows[WORDINGS] = opened[WORDINGS]
    return values(rows)


def draw_field(fields: Fields, row: SettingRow) -> None:
    if row.name == TIME:
        draw_time(fields, row)
    elif row.name in HOURS:
        draw_hours(fields, row)
    elif row.name == WORDINGS:
        fields.long_text(row.name, row.label, row.value, height=160)
    elif row.name in NUMBERS:
        fields.number(row.name, row.label, int(row.value))
    else:
        fields.text(row.name, row.label, row.value)
    if row.name == NAME and segments.count(segments.straighten(fields[NAME])).encoding == "UCS-2":
        st.warning("It has characters that make every text take more SMS, and cost more.", icon=":material/sms:")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(" ".join(hints(row)), width="content")
        if row.is_set:
            label = f"Use the default: {in_words(row.name, row.default)}"
            key = f"default.{row.name}"
            st.button(label, key=key, type="tertiary", icon=":material/undo:", on_click=use_default, args=(fields, row))


def draw_time(fields: Fields, row: SettingRow) -> None:
    fixed = fixed_time(row)
    fields.radio(which(row.name), row.label, [SAME, FIXED], index=1 if fixed else 0, horizontal=True)
    if fields[which(row.name)] == FIXED:
        fields.clock(TIME, "Time", fixed)
        fields[TIME] = f"{fields[TIME]:%H:%M}" if fields[TIME] else ""
    else:
        fields[TIME] = AS_THE_EVENT


def draw_hours(fields: Fields, row: SettingRow) -> None:
    """All day, or from one time to another. Midnight as the end is the end of the day."""
    hours = clock.read_hours(row.value)
    fields.radio(which(row.name), row.label, [BETWEEN, ALL_DAY], index=0 if hours else 1, horizontal=True)
    if fields[which(row.name)] == ALL_DAY:
        fields[row.name] = clock.format_hours(None)
        return
    opens, closes = ends(row.name)
    with st.container(horizontal=True):
        fields.clock(opens, "From", hours and hours.opens)
        fields.clock(closes, "Until (00:00 is midnight)", hours and hours.closes)
    is_whole = fields[opens] is not None and fields[closes] is not None
    fields.keep(row.name, clock.format_hours(Hours(fields[opens], fields[closes])) if is_whole else "")


def which(name: str) -> str:
    """The field that says which kind of value a setting has."""
    return f"{name}.which"


def ends(name: str) -> tuple[str, str]:
    """The fields with the opening and the closing."""
    return f"{name}.opens", f"{name}.closes"


def fixed_time(row: SettingRow) -> time | None:
    return None if row.value == AS_THE_EVENT else time.fromisoformat(row.value)


def hints(row: SettingRow) -> list[str]:
    most = [f"At most {row.most:,}: your administrator set this limit."] if row.most is not None else []
    words = source(row)
    return [f"{words[0].upper()}{words[1:]}.", *most, *([HINTS[row.name]] if row.name in HINTS else [])]


@acting
def use_default(fields: Fields, row: SettingRow) -> None:
    """For `on_click`: at once, while what was typed in the other fields stays."""
    with transaction(actor()) as session:
        choices.reset(session, row.name, now=now())
        moving = rescheduling.to_move(session) if row.name in MOVES_REMINDERS else 0
        entry = acts.last_entry(session)
    show_stored(fields, read()[row.name])
    page_state.set(DEFAULTS, {*page_state.get(DEFAULTS, set()), row.name})
    toast(f"{row.label}: default{moved(moving)}", undo=entry)


def show_stored(fields: Fields, row: SettingRow) -> None:
    """Put what is stored now into a field, before it is drawn."""
    forms.set_opened(FORM, {**forms.opened(FORM, read), row.name: row})
    stored: dict[str, object]
    if row.name == TIME:
        fixed = fixed_time(row)
        stored = {which(TIME): FIXED if fixed else SAME, TIME: fixed}
    elif row.name in HOURS:
        hours = clock.read_hours(row.value)
        stored = {
            which(row.name): BETWEEN if hours else ALL_DAY,
            **dict(zip(ends(row.name), hours or (), strict=False)),
        }
    else:
        stored = {row.name: float(row.value) if row.name in NUMBERS else row.value}
    for name, value in stored.items():
        forms.set_field(fields.form, name, value)


def notice_undo(fields: Fields) -> None:
    """Of those set to the default on this form, show again what the toast's Undo has put back."""
    names: set[str] = page_state.get(DEFAULTS, set())
    for row in (row for row in (read().values() if names else ()) if row.name in names and row.is_set):
        show_stored(fields, row)
        page_state.set(DEFAULTS, names - {row.name})


def moved(count: int) -> str:
    return f". {counted(count, 'planned reminder')} will move to the new time within a minute" if count else ""


def typed(fields: Fields) -> dict[str, str]:
    """What is in the fields, as the rules parse it."""
    return {name: "" if fields[name] is None else str(fields[name]) for name in opened}


def save(fields: Fields, version: int) -> None:
    changed = editing.changed(typed(fields))
    if not changed.get(WORDINGS, WORDINGS).strip():
        changed[WORDINGS] = None
    with fields.checked():
        try:
            with transaction(actor()) as session:
                saved = choices.change(
                    session,
                    changed,
                    version=version,
                    was=values(opened),
                    now=now(),
                )
                moving = rescheduling.to_move(session) if MOVES_REMINDERS & set(saved) else 0
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        toast(f"Settings saved{moved(moving)}{editing.also_changed(saved)}", undo=entry)
        leave()


def leave() -> None:
    forms.finish(FORM)
    page_state.go("settings/venue.py")


need(Permission.SETTINGS)
forms.opened(FORM, read)
back_link("settings/venue.py", "Settings")
st.title("Change settings", anchor=False)
draft = st.container()
with st.container(width=FORM_WIDTH):
    fields = Fields(forms.token(FORM))
    notice_undo(fields)
    opened = forms.opened(FORM, read)
    for section in SECTIONS:
        st.subheader(section.title, anchor=False)
        st.caption(section.about)
        for name in section.names:
            draw_field(fields, opened[name])
    st.caption(f"Time zone: {plain(venue().zone.key)}. {ZONE}")
    st.caption("Every screen and the scheduler follow within a minute.")
    with st.container(horizontal=True):
        saves = st.button("Save", type="primary")
        cancels = st.button("Cancel", type="tertiary")
keep_draft(FORM, draft)
editing = Editing(FORM, LABELS, was=values(opened), read=present)
if cancels:
    leave()
if saves:
    editing.begin_saving()
    save(fields, choices.version_of(values(opened)))
version = editing.ask("the settings", yours=editing.changed(typed(fields)))
if version is not None:
    save(fields, version)
