"""The list of imports, uploading a file, and the progress shown at the top of other screens."""

from streamlit.testing.v1 import AppTest

from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, rows
from tests.venue.imports.uploads import PEOPLE
from venue import clock
from venue.imports import runs
from venue.roles import DESK, Role

LIST = "imports/list.py"


def listed(venue):
    with venue.reading(DESK) as session:
        return runs.listed(session)


def uploaded(app: AppTest, name: str, content: str) -> AppTest:
    app.file_uploader[0].upload(name, content.encode(), "text/csv").run()
    return app


def test_continue_waits_for_a_file(screen):
    assert button(screen(LIST), "Continue").disabled


def test_a_file_is_uploaded_and_its_import_opened(screen, venue):
    app = uploaded(screen(LIST), "people.csv", PEOPLE)
    button(app, "Continue").click().run()
    [run] = listed(venue)
    assert (run.file_name, run.kind, run.state) == ("people.csv", "customers", "checking")
    assert app.query_params["id"] == str(run.id)
    assert app.title[0].value == "people\\.csv"


def test_a_late_tap_without_the_file_opens_the_import_that_the_first_one_has_started(screen, an_import):
    import_id = an_import("uploaded", file_name="first.csv")
    app = uploaded(screen(LIST), "first.csv", PEOPLE)
    app.session_state["imports_started"] = {("the file's id", "customers"): import_id}
    app.file_uploader[0].set_value([])
    button(app, "Continue").click().run()
    assert app.title[0].value == "first\\.csv"
    assert app.query_params["id"] == str(import_id)


def test_a_file_that_cannot_be_read_says_why(screen, venue):
    app = uploaded(screen(LIST), "photo.csv", "\x00\x01\x02")
    button(app, "Continue").click().run()
    assert app.error
    assert not listed(venue)


def test_imports_are_listed_with_their_state(screen, an_import):
    an_import("running", rows_total=4, rows_done=1, worker="a")
    an_import("done", kind="customers")
    shown = rows(screen(LIST), "Imports")
    assert [row["cells"][-1]["words"] for row in shown] == ["Imported", "Being imported, 25%"]


def test_other_screens_show_imports_at_work(screen, an_import):
    import_id = an_import("running", rows_total=4, rows_done=1, worker="a")
    an_import("done")
    link = "customers\\.csv\\: Reading the file · 25\\%"
    assert link in [link.proto.label for link in screen("today.py").get("page_link")]
    shown = [line.proto.label for file in (LIST,) for line in screen(file).get("page_link")]
    shown += [line.proto.label for line in screen("imports/one.py", id=import_id).get("page_link")]
    assert link not in shown


def test_a_viewer_sees_no_imports(screen, an_import, venue, monkeypatch):
    an_import("running")
    token = signed_in.sign_in(venue, now=clock.now(), name="Vic", role=Role.VIEWER)
    monkeypatch.setattr(context, "session_token", lambda: token)
    assert not [line for line in screen("today.py").get("page_link") if "customers" in line.proto.label]
