"""An editor's life: blocks that show themselves, four eyes, days to publish and to look again, and the handset's texts."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cases.actions import people as hr
from cases.actions.people import Assignment
from cases.models import Role
from channels import tasks
from channels.models import InfoText
from channels.reading import MOST_SCREENS, screens
from cms.blocks import PageWords
from cms.models import HomePage, PlainPage
from cms.reports import links, overdue
from tests.builders import make_officer
from tests.phone import Phone

pytestmark = pytest.mark.django_db


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


def test_a_page_comes_and_goes_on_its_day(home, client):
    now = timezone.now()
    page = a_page(home, slug="soon", live=False, go_live_at=now + timedelta(hours=1), expire_at=now + timedelta(days=2))
    page.save_revision(approved_go_live_at=page.go_live_at).publish()
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 404

    revision = page.latest_revision
    revision.approved_go_live_at = now - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 200

    Page.objects.filter(pk=page.pk).update(expire_at=now - timedelta(seconds=1))
    assert tasks.run("pages")
    assert client.get("/soon/").status_code == 404


def test_a_page_whose_day_has_passed_is_on_the_list_until_somebody_looks_at_it(home):
    today = timezone.localdate()
    late = a_page(home, title="Old hours", review_by=today - timedelta(days=1))
    a_page(home, title="New hours", review_by=today)

    assert overdue(today) == [late]
    assert "Old hours" in an_editor(level=1).get("/cms/reports/look-again/").content.decode()


def test_links_that_lead_nowhere_and_links_outside_are_told(home):
    gone = a_page(home, title="Gone")
    body = [
        ("words", f'<p><a linktype="page" id="{gone.pk}">there</a> <a href="https://example.org/act">the Act</a></p>')
    ]
    page = a_page(home, title="Leads on", body=[{"type": kind, "value": value} for kind, value in body])
    assert [(told.page.pk, told.broken, told.outside) for told in links()] == [
        (page.pk, [], ["https://example.org/act"])
    ]
    gone.delete()
    assert [(told.page.pk, told.broken) for told in links()] == [(page.pk, [gone.pk])]
    assert "1 link" in an_editor(level=1).get("/cms/reports/links/").content.decode()


@pytest.mark.parametrize("name", sorted(PageWords().child_blocks))
def test_every_block_shows_itself_and_says_what_it_is_for(home, name):
    block = PlainPage._meta.get_field("body").stream_block.child_blocks[name]
    shown = an_editor(level=1).get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    assert block.is_previewable
    assert block.get_description()
    assert shown.status_code == 200
    assert "sws/pages.css" in shown.content.decode()


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


def test_a_text_too_long_for_a_phone_is_shown_and_refused(home):
    editor = an_editor(level=1)
    text = InfoText.objects.get(key="SCT")
    edit = reverse(InfoText.snippet_viewset.get_url_name("edit"), args=[text.pk])
    look = reverse(InfoText.snippet_viewset.get_url_name("preview_on_edit"), args=[text.pk])
    fields = {"key": "SCT", "language": "en", "title": text.title, "source": "", "order": text.order}
    long = {**fields, "text": "Bring your card. " * 35}

    assert editor.post(look, long).json()["is_valid"]
    shown = unescape(editor.get(look, {"mode": "phone"}).content.decode())
    assert f"{MOST_SCREENS} at most can be published. Make it shorter." in shown
    refused = unescape(editor.post(edit, long).content.decode())
    assert f"{MOST_SCREENS} at most are read to their end." in refused
    assert InfoText.objects.get(pk=text.pk).text == text.text

    assert editor.post(edit, {**fields, "text": "Bring your card."}).status_code == 302
    assert "Bring your card." in Client().get("/programmes/social-cash-transfer/").content.decode()
