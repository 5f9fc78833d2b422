"""An editor's life: blocks that show themselves, four eyes, days to publish and to look again, and the handset's texts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db.models import DateField, PositiveSmallIntegerField
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cases.actions import people as hr
from cases.actions.people import Assignment
from cases.models import Role
from channels import tasks, texts
from channels.models import InfoText
from channels.reading import MOST_SCREENS, screens
from cms import knowledge
from cms.links import links
from cms.models import AccessRegisterPage, HomePage, PlainPage
from cms.reports import overdue
from tests.builders import make_officer
from tests.phone import Phone
from tests.site import write_what_the_pack_has_not

pytestmark = pytest.mark.django_db
NEVER_EMPTY = (DateField, PositiveSmallIntegerField)  # Wagtail asks for these in a draft, too


@pytest.fixture
def home(built: HomePage, db: None) -> HomePage:
    return built


def an_editor(*, level: int) -> Client:
    """Somebody who was made an editor by an administrator; on the second level they publish too."""
    officer = make_officer()
    admin = make_officer(role=Role.ADMINISTRATOR)
    hr.change_scope(officer=officer, by=admin, assignment=Assignment(Role.EDITOR, level=level))
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def a_page(home: Page, **fields: Any) -> PlainPage:
    page: PlainPage = home.add_child(instance=PlainPage(**{"title": "Opening hours", **fields}))
    return page


@contextmanager
def answering(statuses: dict[str, int]) -> Iterator[str]:
    """Somebody else's host, which answers each path so."""

    class Host(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(statuses[self.path])
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Host) as host:
        Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{host.server_port}"
        host.shutdown()


# --- Writing and publishing ----------------------------------------------------------------------------


def typed(**more: str) -> dict[str, Any]:
    """What the form of a new page sends."""
    words = streamfield([("words", rich_text("<p>We close at noon on the 24th.</p>"))])
    fields = {"title": "Closed early", "slug": "closed-early", "introduction": "", "review_by": "2030-01-01"}
    return {
        **nested_form_data({**fields, "body": words}),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **more,
    }


def test_what_an_editor_writes_is_public_once_a_moderator_has_read_it(home, client):
    editor, moderator = an_editor(level=1), an_editor(level=2)
    add = reverse("wagtailadmin_pages:add", args=["cms", "plainpage", home.pk])

    assert editor.post(add, typed(**{"action-publish": "1"})).status_code == 302  # the button is not there for them
    assert client.get("/closed-early/").status_code == 404
    page = PlainPage.objects.get(slug="closed-early")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert editor.post(edit, typed(**{"action-submit": "1"})).status_code == 302
    state = TaskState.objects.get(workflow_state=WorkflowState.objects.get(status="in_progress"))
    assert client.get("/closed-early/").status_code == 404

    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    assert editor.post(approve, {"comment": ""}).status_code in (302, 403)
    assert client.get("/closed-early/").status_code == 404
    assert moderator.post(approve, {"comment": "Good."}).status_code == 302
    assert "We close at noon on the 24th." in client.get("/closed-early/").content.decode()


def test_a_page_of_every_type_is_seen_before_anybody_saved_it_and_changed_before_it_is_saved_again(home):
    write_what_the_pack_has_not()
    home.refresh_from_db()
    types = {model for model in apps.get_app_config("cms").get_models() if issubclass(model, Page)}
    pages = {type(page): page for page in home.get_descendants(inclusive=True).live().specific()}
    assert set(pages) == types
    for model, page in pages.items():
        dates = {one.name: getattr(page, one.name) for one in model._meta.local_fields if isinstance(one, NEVER_EMPTY)}
        place = {"depth": home.depth + 1, "path": home.get_last_child()._inc_path()}
        draft = model(title="Not saved", slug="a-draft", **place, **dates)  # as Wagtail makes it for a form just begun
        draft.set_url_path(home)
        page.title = page.headline = "Said & done"
        for seen, said in ((draft, ""), (page, "Said &amp; done")):  # a first page has a headline
            shown = seen.make_preview_request(preview_mode=seen.default_preview_mode)
            assert shown.status_code == 200, model
            assert said in shown.content.decode(), model


def its_day_comes(page: Page | InfoText) -> None:
    revision = page.latest_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()


def test_a_page_comes_and_goes_on_its_day(home, client):
    now = timezone.now()
    page = a_page(home, slug="soon", live=False, go_live_at=now + timedelta(hours=1), expire_at=now + timedelta(days=2))
    page.save_revision(approved_go_live_at=page.go_live_at).publish()
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 404

    its_day_comes(page)
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 200

    Page.objects.filter(pk=page.pk).update(expire_at=now - timedelta(seconds=1))
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 404


def test_what_the_pack_brought_stays_live_until_the_day_of_the_new_words(home, client):
    page, text, before = PlainPage.objects.child_of(home).first(), InfoText.objects.get(key="SCT"), heard()
    page.title, text.text = "Said on Monday", "Bring your card."
    for new in (page, text):
        new.go_live_at = timezone.now() + timedelta(days=1)
        new.save_revision().publish()
    assert client.get(page.url).status_code == 200
    assert "Said on Monday" not in client.get(page.url).content.decode()
    assert heard() == before

    for new in (page, text):
        its_day_comes(new)
    assert tasks.run("pages")
    assert "Said on Monday" in client.get(page.url).content.decode()
    assert heard() == "Bring your card."


def test_a_text_that_fits_no_longer_on_its_day_stays_a_draft_and_what_is_due_after_it_comes(home, client):
    text, before = InfoText.objects.get(key="SCT"), heard()
    page = a_page(home, slug="soon", live=False)
    text.text = "Bring your card. " * 35
    for due in (text, page):
        due.save_revision()
        its_day_comes(due)
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 200
    assert heard() == before
    assert [one.has_unpublished_changes for one in InfoText.objects.filter(key="SCT", live=True)] == [True]


def test_a_page_whose_day_has_passed_is_on_the_list_until_somebody_looks_at_it(home):
    today = timezone.localdate()
    late = a_page(home, title="Old hours", review_by=today - timedelta(days=1))
    a_page(home, title="New hours", review_by=today)
    HomePage.objects.update(review_by=today - timedelta(days=2))

    assert overdue(today) == [home, late]
    shown = an_editor(level=1).get("/cms/reports/look-again/").content.decode()
    assert "Old hours" in shown
    assert re.search(r"<h1[^>]*>.*Pages to look at again", shown, re.DOTALL)


def test_links_that_lead_nowhere_and_links_outside_are_told_and_asked_only_when_somebody_has_it_done(home, settings):
    gone, hidden = a_page(home, title="Gone"), a_page(home, title="Hidden", live=False)
    paper = get_document_model().objects.create(title="A paper", file=ContentFile(b"words", name="paper.txt"))
    lost = get_document_model().objects.create(title="A lost paper", file="documents/lost.txt")
    with answering({"/there": 200, "/moved-away": 404}) as outside:
        fine = ["/desks/", "/bem/desks", "/figures/?x=1#y", f"{settings.PUBLIC_BASE_URL}/desks/", "#top", "tel:933"]
        fine += ["tel:+260-211-123456", "tel:(0211) 12.34.56"]
        bad = ["/desk-finder/", "desks/", "www.example.org", "https://", "mailto:nobody", "tel:call us"]
        words = [f'<a href="{escape(to)}">x</a>' for to in (*fine, *bad, f"{outside}/there", f"{outside}/moved-away")]
        words += [f'<a linktype="page" id="{hidden.pk}">x</a>', f'<a id="{home.pk}" linktype="page">x</a>']
        words += [f'<a linktype="document" id="{one.pk}">x</a>' for one in (paper, lost)]
        table = {"columns": [{"type": "words", "heading": "H"}], "caption": "", "rows": [{"values": [words.pop()]}]}
        body = [("words", "".join(words)), ("table", {"caption": "T", "table": table})]
        page = a_page(home, title="Leads on", body=[{"type": kind, "value": value} for kind, value in body])
        row = {"what": "Structure", "section": "s 8(1)", "page": gone.pk, "note": ""}
        duty = AccessRegisterPage(title="Duties", slug="duties", rows=[{"type": "row", "value": row}])
        home.add_child(instance=duty)
        gone.delete()

        found = {told.page.pk: told for told in links()}
        why = {link.said: link.why for link in found[page.pk].broken}
        assert set(why) == {*bad, "Hidden", "A lost paper"}
        assert (why["/desk-finder/"], why["A lost paper"]) == ("No such page here", "The file is gone")
        assert [link.why for link in found[duty.pk].broken] == ["The page is gone"]
        assert found[page.pk].outside == {f"{outside}/there": None, f"{outside}/moved-away": None}

        call_command("ask_outside", stdout=(told := StringIO()))
        assert told.getvalue().splitlines() == [f"Answered 404: {outside}/moved-away", f"Answered 200: {outside}/there"]
    shown = unescape(an_editor(level=1).get("/cms/reports/links/").content.decode())
    assert "/moved-away: Answered 404" in shown
    assert "/there (Answered 200," in " ".join(shown.replace("</a>", "").split())
    call_command("ask_outside", most=1, stdout=(told := StringIO()))  # nobody answers there any more
    assert told.getvalue() == f"No answer (ConnectionError): {outside}/moved-away\n"


def test_every_block_of_every_type_of_page_shows_itself_and_says_what_it_is_for(home):
    editor = an_editor(level=1)
    columns = {column for model in apps.get_app_config("cms").get_models() for column in model._meta.get_fields()}
    streams = [column.stream_block for column in columns if isinstance(column, StreamField)]
    blocks = {block.definition_prefix: block for stream in streams for block in stream.child_blocks.values()}
    assert len({type(block) for block in blocks.values()}) > 12
    said = ""
    for name, block in blocks.items():
        shown = editor.get(reverse("wagtailadmin_block_preview"), {"id": name})
        assert shown.status_code == 200, block
        said += shown.content.decode()
        assert block.is_previewable, block
        assert block.get_description(), block
    assert said.count("sws/pages.css") == len(blocks)
    for one in (
        "Filling in forms",
        "Under way",
        "How to write an answer",
        "You tell us",
        "You get an answer by a date",
    ):
        assert one in said


# --- The handset's texts -------------------------------------------------------------------------------


def test_the_editor_sees_the_very_screens_a_caller_turns_over(home):
    text = InfoText.objects.get(key="NHIS")
    phone = Phone()
    phone.dial()
    heard = [phone.choose("English", "Ask a question", "NHIMA health", text.title)]
    while "\n9 " in heard[-1]:
        heard.append(phone.press("9"))

    assert [sheet.text for sheet in screens(text.text, "en")] == heard
    assert all(sheet.left >= 0 for sheet in screens(text.text, "en"))


def test_every_text_of_the_pack_is_read_to_its_end():
    assert [text for text in InfoText.objects.all() if len(screens(text.text, text.language)) > MOST_SCREENS] == []


def heard() -> str:
    """What a caller hears now of social cash, and the web shows."""
    texts.forget()
    (said,) = [str(info.text) for info in texts.info_texts("en") if info.about == "SCT"]
    (shown,) = knowledge.read_out("SCT")
    assert shown.text == said
    return said


def test_a_text_is_read_out_once_a_moderator_has_read_it_and_never_when_it_is_too_long(home):
    editor, moderator = an_editor(level=1), an_editor(level=2)
    text, before = InfoText.objects.get(key="SCT"), heard()
    edit, look, view = (
        reverse(InfoText.snippet_viewset.get_url_name(name), args=[text.pk])
        for name in ("edit", "preview_on_edit", "delete")
    )
    fields = {"key": "SCT", "language": "en", "title": text.title, "source": "", "order": text.order}
    long, short = {**fields, "text": "Bring your card. " * 35}, {**fields, "text": "Bring your card."}

    assert editor.post(look, long).json()["is_valid"]
    shown = unescape(editor.get(look, {"mode": "phone"}).content.decode())
    assert f"{MOST_SCREENS} at most can be published. Make it shorter." in shown
    refused = unescape(editor.post(edit, {**long, "action-submit": "1"}).content.decode())
    assert f"{MOST_SCREENS} at most are read to their end." in refused
    assert editor.post(edit, long).status_code == 302  # a draft may be anything
    listed = editor.get(reverse(InfoText.snippet_viewset.get_url_name("list"))).content.decode()
    assert "live + draft" in listed.lower()

    assert editor.post(edit, {**short, "action-publish": "1"}).status_code == 302  # the button is not there for them
    assert editor.post(edit, {**short, "action-submit": "1"}).status_code == 302
    assert editor.post(view).status_code == 302
    assert heard() == before
    approve = reverse(
        InfoText.snippet_viewset.get_url_name("workflow_action"), args=[text.pk, "approve", TaskState.objects.get().pk]
    )
    assert moderator.post(edit, long).status_code == 302
    asked = ({}, {"x-requested-with": "XMLHttpRequest"})  # unread: what would be published is the draft saved last
    for headers in asked:
        assert moderator.post(approve, {"comment": ""}, headers=headers).status_code in (200, 302)
        assert f"{MOST_SCREENS} at most are read to their end." in unescape(moderator.get(edit).content.decode())
    assert heard() == before
    assert (
        moderator.post(edit, {**short, "action-workflow-action": "1", "workflow-action-name": "approve"}).status_code
        == 302
    )
    assert heard() == "Bring your card."
