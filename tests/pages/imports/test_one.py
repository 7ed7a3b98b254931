"""The screen of one import, in each of its states."""

from datetime import timedelta

import pytest

from tests.pages.conftest import button, field, rows, said, sections
from tests.venue.imports.uploads import HEADER, PEOPLE
from venue import clock, customers
from venue.imports import runs
from venue.roles import DESK

ONE = "imports/one.py"
UNUSUAL = "Vorname,Nachname,Kontakt,Tisch\nAnn,Lee,07700 900901,4\nBob,Ray,07700 900902,5\n"


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def press(app, label):
    app = button(app, label).click().run()
    assert not app.exception
    return app


def act(app, name: str, about: str):
    """Press a button of the rows."""
    app.session_state["import_rows"] = {"act": (name, about)}
    app.run()
    return app


def test_columns_are_chosen_with_examples_from_the_file(screen, an_import, stored):
    import_id = an_import("uploaded", content=UNUSUAL)
    app = screen(ONE, id=import_id)
    assert "The columns of first name, last name and mobile number were not recognised" in said(app)

    for label, heading in (
        ("First name (required)", "Vorname"),
        ("Last name (required)", "Nachname"),
        ("Mobile number (required)", "Kontakt"),
    ):
        field(app, label).set_value(heading).run()
    assert "For example\\: Ann · Bob" in said(app)
    field(app, "Put back the zero that Excel removed").check().run()
    press(app, "Check the file")

    run = stored(import_id)
    chosen = {"first_name": "Vorname", "last_name": "Nachname", "mobile_number": "Kontakt"}
    assert (run.state, run.mapping, run.repairs_zeros) == ("checking", chosen, True)


def test_a_required_column_that_lacks_is_asked_for(screen, an_import, stored):
    import_id = an_import("uploaded", content=UNUSUAL)
    app = press(screen(ONE, id=import_id), "Check the file")
    assert "Choose the column of First Name" in "".join(error.value for error in app.error)
    assert stored(import_id).state == "uploaded"


def test_a_recognised_column_can_be_left_out(screen, an_import, stored):
    import_id = an_import("checked")
    app = press(screen(ONE, id=import_id), "Change columns")
    assert field(app, "Notes").value == "Notes"
    field(app, "Notes").set_value(None).run()
    press(app, "Check the file")
    assert (stored(import_id).state, stored(import_id).mapping) == ("checking", {"notes": ""})


def test_columns_stay_as_they_are_when_changing_them_is_cancelled(screen, an_import, stored):
    import_id = an_import("checked")
    app = press(screen(ONE, id=import_id), "Change columns")
    app.button(key="keep_columns").click().run()
    assert "Change columns" in labels(app)
    assert stored(import_id).state == "checked"


@pytest.mark.parametrize("state", ["checking", "running", "undoing"])
def test_progress_is_shown_while_the_scheduler_works(screen, an_import, state):
    app = screen(ONE, id=an_import(state, worker="a", rows_total=400, rows_done=100))
    shown = app.get("progress")[0].proto
    assert (shown.value, shown.text.endswith(" · 25%")) == (25, True)
    assert ("Cancel import" in labels(app)) is (state != "undoing")
    assert "Import" not in labels(app)


def test_no_percentage_is_shown_while_rows_are_stored(screen, an_import):
    app = screen(ONE, id=an_import("running", worker="a", rows_total=400, rows_done=400))
    assert app.get("progress")[0].proto.text == "Saving …"


def test_a_checked_file_says_what_importing_it_does(screen, an_import):
    app = screen(ONE, id=an_import(reminders=7, reminders_soon=2))
    assert (
        "This will add 1,200 customers and change 3. Left out: 2 in doubt and 1 refused. "
        "7 reminders will be scheduled, 2 of them within 24 hours." in said(app)
    )
    assert "**1,200** new · **3** changed · **2** in doubt · **1** refused" in said(app)
    assert "First name\\: First Name · Last name\\: Last Name · Mobile number\\: Mobile" in said(app)


@pytest.mark.parametrize(("new", "is_said"), [(4_999, False), (5_000, True)])
def test_a_large_file_is_best_imported_outside_opening_hours(screen, an_import, new, is_said):
    app = screen(ONE, id=an_import(counts=f'{{"new": {new}}}'))
    assert ("best outside opening hours" in said(app)) is is_said


def test_zeros_are_put_back_by_one_tick(screen, an_import, stored):
    import_id = an_import(mapping='{"notes": ""}')
    field(screen(ONE, id=import_id), "Put back the zero that Excel removed").check().run()
    run = stored(import_id)
    assert (run.state, run.repairs_zeros, run.mapping) == ("checking", True, {"notes": ""})


def test_repaired_numbers_are_counted(screen, an_import):
    app = screen(ONE, id=an_import(counts='{"new": 5}', repairs_zeros=True, repaired=2))
    assert "This will add 5 customers. 2 numbers with the zero put back." in said(app)
    assert field(app, "Put back the zero that Excel removed").value


@pytest.mark.parametrize(("kind", "counts"), [("customers", '{"new": 5}'), ("events", '{"refused": 5}')])
def test_nothing_is_asked_about_zeros_where_none_lack(screen, an_import, kind, counts):
    content = {"customers": PEOPLE, "events": "Event,Date,Time\nQuiz,1/5/2027,19:00\n"}[kind]
    app = screen(ONE, id=an_import(kind=kind, content=content, counts=counts))
    assert not app.checkbox


def test_a_file_without_anything_new_is_not_imported(screen, an_import):
    app = screen(ONE, id=an_import(counts='{"unchanged": 2}'))
    assert "There is nothing to import: no row is new or changed." in said(app)
    assert "Import" not in labels(app)


def test_a_file_with_rows_in_doubt_only_says_so(screen, an_import):
    app = screen(ONE, id=an_import(counts='{"in_doubt": 2}'))
    assert "There is nothing to import, unless you add rows in doubt. Left out: 2 in doubt." in said(app)


def test_pressing_import_twice_begins_it_once(screen, an_import, stored):
    import_id = an_import()
    first, second = screen(ONE, id=import_id), screen(ONE, id=import_id)
    press(first, "Import")
    version = stored(import_id).version
    press(second, "Import")
    assert (stored(import_id).state, stored(import_id).version) == ("running", version)


def test_a_row_in_doubt_is_decided(screen, an_import, stored):
    import_id = an_import()
    app = screen(ONE, id=import_id)
    shown = rows(app, "In doubt")
    assert [row["cells"] for row in shown] == [
        ["Line 2", "Ann · Lee 2", "Mobile: 07700 900901", "Why line 2"],
        ["Line 3", "Ann · Lee 3", "Mobile: 07700 900901", "Why line 3", "Correct it in the file"],
    ]
    assert [way["label"] for way in shown[0]["ways"]] == ["Add anyway", "Leave out"]


def test_all_rows_in_doubt_are_decided_at_once(screen, an_import, stored):
    import_id = an_import(in_doubt=(2, 3))
    app = press(screen(ONE, id=import_id), "Add all 2 anyway")
    assert stored(import_id).decisions == {2: "add", 3: "add"}
    assert "This will add 1,202 customers and change 3. Left out: 1 refused." in said(app)
    press(app, "Leave all out")
    assert stored(import_id).decisions == {2: "skip", 3: "skip"}


def test_refused_rows_are_shown_with_their_reason_and_downloaded(screen, an_import):
    import_id = an_import("done", entry_id=None, finished_at=clock.now())
    app = screen(ONE, id=import_id, rows="Refused")
    assert [row["cells"] for row in rows(app, "Refused")] == [
        ["Line 4", "Ann · Lee 4", "Mobile: 07700 900901", "Why line 4"]
    ]
    downloads = [link.proto.url for link in app.get("link_button")]
    assert downloads == [f"/download/refused.{kind}?import_id={import_id}" for kind in ("csv", "xlsx")]


def test_a_finished_import_says_what_it_did_and_offers_undo(screen, an_import):
    app = screen(ONE, id=an_import("done", entry_id=1, finished_at=clock.now(), reminders=1))
    assert [shown.value for shown in app.success] == ["Added 1,200 customers and changed 3. 1 reminder scheduled."]
    assert "Undo this import" in labels(app)
    assert "Add anyway" not in str(rows(app))


def test_what_was_changed_since_is_named_before_an_import_is_undone(screen, imported, venue, work, stored):
    import_id = imported()
    with venue.transaction(DESK) as session:
        ann = customers.search(session, "Ann").rows[0]
        customers.update(session, ann.id, version=ann.version, notes="Vegan", now=clock.now())
    app = press(screen(ONE, id=import_id), "Undo this import")
    assert "1 customer is removed" in said(app)
    assert "Ann Lee" in said(app)
    app.button(key="dialog.save").click().run()
    assert stored(import_id).state == "undoing"
    work()
    assert "This import was undone" in said(app.run())


def test_an_old_import_is_not_undone(screen, an_import):
    finished_at = clock.now() - timedelta(days=31)
    app = screen(ONE, id=an_import("done", entry_id=1, finished_at=finished_at))
    assert "Undo this import" not in labels(app)


def test_an_import_is_cancelled_after_a_question(screen, an_import, stored):
    import_id = an_import()
    app = press(screen(ONE, id=import_id), "Cancel import")
    assert stored(import_id).state == "checked"
    app.button(key="dialog.save").click().run()
    assert stored(import_id).state == "cancelled"
    assert "This import was cancelled: nothing was imported" in said(app)


def test_a_failed_import_says_why_and_can_be_tried_again(screen, an_import, stored):
    import_id = an_import("failed", problem="The scheduler stopped while saving; nothing was imported.")
    app = screen(ONE, id=import_id)
    assert "The scheduler stopped while saving; nothing was imported" in app.error[0].value.replace("\\", "")
    press(app, "Import")
    assert stored(import_id).state == "running"


def test_a_check_that_failed_is_tried_again(screen, an_import, stored):
    import_id = an_import("failed", counts="{}", problem="The file cannot be read.")
    press(screen(ONE, id=import_id), "Check the file")
    assert stored(import_id).state == "checking"


@pytest.mark.parametrize("typed", ["", "x", "6bce6220-f7ac-4c76-8712-ceafa6d23a6a"])
def test_an_unknown_import_is_not_found(screen, typed):
    assert [title.value for title in screen(ONE, id=typed).title] == ["Import not found"]


def test_names_in_a_file_are_shown_as_typed(screen, an_import):
    content = HEADER.replace("Notes", "*Notes* :red[x]") + "Ann,Lee,07700 900901,[a](b)\n"
    app = screen(ONE, id=an_import("uploaded", content=content, file_name="*a* :blue[b].csv"))
    assert [title.value for title in app.title] == ["\\*a\\* \\:blue\\[b\\]\\.csv"]


def test_rows_that_are_too_many_to_keep_are_counted(screen, an_import):
    app = screen(ONE, id=an_import(counts='{"in_doubt": 20000}'))
    assert "Only the first 2 of 20,000 rows are kept here." in said(app)
    app = screen(ONE, id=an_import(counts='{"in_doubt": 2}'))
    assert "kept here" not in said(app)


def test_the_rest_of_a_long_list_is_on_the_next_page(screen, an_import, venue, monkeypatch):
    monkeypatch.setattr("pages.imports.rows.ON_A_PAGE", 1)
    import_id = an_import()
    app = screen(ONE, id=import_id)
    [link] = next(section["links"] for section in sections(app) if section.get("label") == "In doubt")
    assert link["label"] == "Next"
    with venue.reading(DESK) as session:
        first = runs.rows_of(session, import_id, limit=1)[0].id
    assert link["address"] == f"import?id={import_id}&after={first}"
    assert [row["cells"][0] for row in rows(screen(ONE, id=import_id, after=first), "In doubt")] == ["Line 3"]
