"""Photos and papers: known by their content, drawn anew, sealed, read by who may, erased for ever."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from cases import actions, clock, ledger
from cases.actions import NotAllowed
from cases.actions.attachments import MOST
from cases.lifecycle import State
from cases.models import Attachment, Case, Channel, Content, Event, Officer, Permit, Reading, Role, Share
from cases.uploads import Unfit, examine
from tests import papers
from tests.builders import EVERYTHING, LUSAKA_TOWN, an_agency, make_case, make_citizen, make_officer, open_case
from tests.desk import buttons, case_url, desk_of, send, text_of
from tests.test_crypto import is_stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Officer:
    return make_officer(name="Alice Mwale", role=Role.AGENCY, agency="NHIMA", place=LUSAKA_TOWN)


@pytest.fixture
def dora() -> Officer:
    return make_officer(name="Dora Zulu", role=Role.SUPERVISOR, clearances=EVERYTHING)


def upload(officer: Officer, case: Case, raw: bytes, *, seen: int = 2, words: str = "Her NRC", name: str = "a.jpg"):
    return send(officer, case, "attach", seen=seen, words=words, file=SimpleUploadedFile(name, raw, "text/html"))


def attached(case: Case, by: Officer, raw: bytes | None = None, words: str = "Her NRC") -> Attachment:
    raw = raw or papers.a_photo()
    actions.attach(case=case, by=by, raw=raw, paper=examine(raw), words=words)
    return case.attachments.latest("pk")


def address(one: Attachment) -> str:
    return f"{case_url(one.case)}files/{one.key}/"


# --- What is taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_without_what_the_telephone_knew(format):
    raw = papers.a_photo(format, size=(2400, 1200))
    assert b"Mutale" in raw
    paper = examine(raw)
    for kept, side, made in ((paper.content, 1600, "JPEG"), (paper.small, 160, "WEBP")):
        image = Image.open(BytesIO(kept))
        assert (image.format, image.size, dict(image.getexif())) == (made, (side, side // 2), {})
        assert b"Mutale" not in kept
        assert b"Exif" not in kept
    assert Image.open(BytesIO(paper.content)).getpixel((9, 9)) == pytest.approx((255, 165, 0), abs=6)


def test_a_photo_stands_the_right_way_up():
    assert Image.open(BytesIO(examine(papers.a_photo(size=(400, 300), turned=True)).content)).size == (300, 400)


def test_what_one_can_see_through_lies_on_white():
    drawn = examine(papers.a_photo("PNG", colour=(0, 0, 0, 0))).content
    assert Image.open(BytesIO(drawn)).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "This is neither a photo (JPEG, PNG, WebP) nor a PDF."),
        (b"<script>alert(1)</script>", "This is neither a photo"),
        (b"MZ\x90\x00", "This is neither a photo"),
        (b"GIF89a" + b"\x00" * 50, "This is neither a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is neither a photo"),
        (papers.a_photo()[:300], "The photo is broken."),
        (papers.a_photo("PNG")[:60], "The photo is broken."),
        (b"%PDF-1.7 nothing else", "The PDF is broken."),
        (papers.a_pdf()[:200], "The PDF is broken."),
        (papers.a_pdf(pages=0), "The PDF has no page"),
        (papers.a_pdf(pages=101), "The PDF has no page, or more than a hundred."),
        (papers.a_pdf(password="secret"), "The PDF is locked with a password."),
        (papers.a_pdf_with_a_program(), "The PDF holds a program, a form or other files."),
        (papers.a_pdf_with_a_program_behind_a_button(), "The PDF holds a program"),
        (papers.a_pdf_with_a_program_in_a_packed_object(), "The PDF holds a program"),
        (papers.a_pdf_with_a_file_inside(), "The PDF holds a program, a form or other files."),
        (b"x" * 5_000_001, "It is larger than 5 MB."),
    ],
)
def test_what_is_no_photo_and_no_plain_paper_is_refused_with_a_reason(raw, sentence):
    with pytest.raises(Unfit, match=re.escape(sentence)):
        examine(raw)


def test_the_traps_are_what_they_say():
    """Without its program each of these would be taken, and a look at the bytes alone would not find it."""
    packed = papers.a_pdf_with_a_program_in_a_packed_object()
    hidden = papers.a_pdf_with_a_program_behind_a_button()
    for raw in (packed, hidden):
        assert b"JavaScript" not in raw
    assert examine(papers.packed(papers.a_pdf())).pages == 1
    assert examine(papers.a_pdf_that_goes_in_circles()).pages == 1


def test_a_picture_that_is_small_as_a_file_and_huge_when_opened_is_refused():
    written = BytesIO()
    Image.new("1", (8_000, 8_000)).save(written, "PNG")
    assert len(written.getvalue()) < 30_000
    with pytest.raises(Unfit, match="too many pixels"):
        examine(written.getvalue())


def test_no_damage_to_a_paper_breaks_the_page():
    whole = papers.a_pdf(pages=3)
    for place in range(0, len(whole), 23):
        damaged = whole[:place] + b"\xff" + whole[place + 1 :]
        try:
            examine(damaged)
        except Unfit:
            continue


# --- On the case --------------------------------------------------------------------------------------------


def test_a_photo_is_added_seen_and_opened(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    assert upload(alice, case, papers.a_photo(), name="virus.exe").status_code == 303
    page = desk_of(alice).get(case_url(case)).content.decode()
    assert "Her NRC" in page
    small = re.search(r'<img src="([^"]+)"', page).group(1)
    whole = desk_of(alice).get(small.removesuffix("small/"))
    assert Image.open(BytesIO(whole.content)).size == (400, 300)
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert whole["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert re.fullmatch(r'inline; filename="photo-\d+\.jpeg"', whole["Content-Disposition"])
    assert "no-store" in whole["Cache-Control"]
    assert Image.open(BytesIO(desk_of(alice).get(small).content)).size == (160, 120)


def test_a_pdf_is_handed_out_as_a_file_and_never_opened_inside_the_page(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    raw = papers.a_pdf(pages=2)
    assert upload(alice, case, raw, name="letter.jpg").status_code == 303
    answer = desk_of(alice).get(address(case.attachments.get()))
    assert (answer.content, answer["Content-Type"]) == (raw, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert desk_of(alice).get(address(case.attachments.get()) + "small/").status_code == 404
    assert "2 pages" in text_of(desk_of(alice).get(case_url(case)))


def test_what_is_refused_leaves_the_words_where_they_were(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    answer = upload(alice, case, b"<html>", words="A letter from the chief")
    assert (answer.status_code, case.attachments.count()) == (422, 0)
    assert "This is neither a photo" in text_of(answer)
    assert 'value="A letter from the chief"' in answer.content.decode()
    nothing = send(alice, case, "attach", seen=2, words="Nothing")
    assert "Please choose a photo or a PDF." in text_of(nothing)


def test_a_file_too_large_is_dropped_on_the_way_and_said(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    answer = upload(alice, case, b"%PDF-" + b"x" * settings.UPLOAD_LIMIT, words="The whole contract")
    assert (answer.status_code, case.attachments.count()) == (422, 0)
    assert "It is larger than 5 MB." in text_of(answer)
    assert 'value="The whole contract"' in answer.content.decode()


def test_a_body_larger_than_the_proxy_would_let_through_is_not_read():
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a", b"x" * settings.BODY_LIMIT)})
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT)
    with pytest.raises(RequestDataTooBig):
        _ = request.FILES


def test_the_limits_agree_with_each_other_and_with_the_readme():
    readme = (settings.BASE_DIR / "README.md").read_text()
    assert f"limits request bodies to {settings.BODY_LIMIT // 1_000_000} MB" in readme
    assert settings.UPLOAD_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= settings.BODY_LIMIT
    assert settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE == settings.WAGTAILDOCS_MAX_UPLOAD_SIZE == settings.UPLOAD_LIMIT


def test_no_upload_touches_a_disk_in_plain(alice, monkeypatch):
    def no_disk(*args, **kwargs):
        raise AssertionError("an upload was written to a temporary file")

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", no_disk)
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    assert upload(alice, case, papers.a_noisy_photo((2000, 1500))).status_code == 303


def test_the_same_file_sent_twice_is_one_and_two_files_of_one_name_are_two(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    for raw in (papers.a_photo(), papers.a_photo(), papers.a_photo(colour="blue")):
        assert upload(alice, case, raw, seen=2, words="Page").status_code == 303
    assert case.attachments.count() == 2


def test_a_case_holds_so_many_and_no_more(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    for number in range(MOST):
        attached(case, alice, papers.a_pdf(), words=f"Page {number}")
    assert "attach" not in buttons(desk_of(alice).get(case_url(case)))
    answer = upload(alice, case, papers.a_photo())
    assert (answer.status_code, case.attachments.count()) == (409, MOST)
    assert f"A case holds {MOST} photos and papers." in text_of(answer)


def test_what_is_taken_away_is_erased_and_that_it_was_there_stays(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    one = attached(case, alice, words="Passport of the neighbour")
    unsure = send(alice, case, "detach", seen=3, which=one.pk, words="It is the neighbour's.")
    assert (unsure.status_code, Content.objects.count()) == (422, 1)
    typed = {"which": one.pk, "words": "It is the neighbour's.", "sure": "on"}
    assert [send(alice, case, "detach", seen=3, **typed).status_code for _ in range(2)] == [303, 303]
    assert (Content.objects.count(), case.attachments.get().removed_at is None) == (0, False)
    assert desk_of(alice).get(address(one)).status_code == 404
    assert desk_of(alice).get(address(one) + "small/").status_code == 404
    page = text_of(desk_of(alice).get(case_url(case)))
    assert "Passport" not in page
    assert [line in page for line in ("A photo or paper was added", "A photo or paper was taken away")] == [True, True]
    assert list(case.events.values_list("kind", flat=True)) == ["open", "take", "attach", "detach"]
    assert ledger.broken(case.events.select_related("said").order_by("number")) is None


def test_events_tell_nothing_of_what_was_in_the_paper(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    attached(case, alice, words="Passport of Mutale Chanda")
    data = case.events.get(kind="attach").data
    assert data.keys() - {"stands"} == {"attachment", "file"}
    assert re.fullmatch(r"[0-9a-f]{32}", data["file"])


# --- Who may ------------------------------------------------------------------------------------------------


def test_a_paper_opens_to_nobody_who_does_not_see_its_case(alice, dora):
    other = make_officer(role=Role.AGENCY, agency="NAPSA", place=LUSAKA_TOWN)
    case = make_case(topic="nhima-facility", state=State.IN_PROGRESS, officer=dora)
    one = attached(case, dora)
    mine = make_case(state=State.IN_PROGRESS, officer=alice)
    for officer in (alice, other):
        for where in (address(one), address(one) + "small/"):
            assert desk_of(officer).get(where).status_code == 404
    borrowed = f"{case_url(mine)}files/{one.key}/"
    assert desk_of(alice).get(borrowed).status_code == 404
    with pytest.raises(NotAllowed):
        actions.read_attachment(attachment=one, by=alice)
    with pytest.raises(NotAllowed):
        actions.attach(case=case, by=alice, raw=b"", paper=examine(papers.a_photo()), words="Mine")
    assert desk_of(dora).get(address(one)).status_code == 200


def test_each_opening_of_a_paper_of_a_sensitive_case_is_an_event(alice, dora):
    private, plain = (
        make_case(topic=topic, state=State.IN_PROGRESS, officer=dora) for topic in ("nhima-facility", "nhima-wait")
    )
    for case in (private, plain):
        one = attached(case, dora)
        for _ in range(2):
            desk_of(dora).get(address(one))
        desk_of(dora).get(address(one) + "small/")  # beside it, still the same reading
    read = Event.objects.filter(kind="read").values_list("case", "officer", "data__what", "data__attachment")
    assert list(read) == [(private.pk, dora.pk, "attachment", private.attachments.get().pk)] * 2
    assert Reading.objects.filter(officer=dora, case=plain).count() == 2
    with clock.at(clock.now() + timedelta(days=1)):
        desk_of(dora).get(address(private.attachments.get()) + "small/")
    assert Event.objects.filter(kind="read").latest("pk").data["what"] == "page"


def test_who_opens_a_case_at_the_desk_may_lay_papers_beside_it_even_if_not_cleared_for_it(alice):
    case = open_case(topic="nhima-facility", channel=Channel.DESK, by=alice, citizen=make_citizen()).case
    attached(case, alice)
    attached(case, alice, papers.a_pdf())
    dora = make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)
    actions.take(case=case, by=dora)
    with pytest.raises(NotAllowed):
        attached(case, alice)
    assert case.attachments.count() == 2


def test_an_agency_that_was_asked_opens_what_was_shared_and_what_it_brought_itself(alice):
    charlie = make_officer(role=Role.AGENCY, agency="NAPSA", place=LUSAKA_TOWN)
    for shared, seen in (((), ["Contributions"]), ((Share.ATTACHMENTS,), ["Her NRC", "Contributions"])):
        case = make_case(state=State.IN_PROGRESS, officer=alice)
        ours = attached(case, alice)
        ask(case, alice, shared)
        theirs = attached(case, charlie, papers.a_pdf(), words="Contributions")
        page = text_of(desk_of(charlie).get(case_url(case)))
        assert [words for words in ("Her NRC", "Contributions") if words in page] == seen
        answers = [desk_of(charlie).get(address(one)).status_code for one in (ours, theirs)]
        assert answers == [200 if "Her NRC" in seen else 404, 200]
        assert "detach" not in buttons(desk_of(charlie).get(case_url(case)))


def ask(case: Case, officer: Officer, shared: tuple[str, ...]) -> None:
    consent = Permit.DESK if shared else Permit.NOTHING
    actions.refer(
        case=case, by=officer, agency=an_agency("NAPSA"), words="Please look.", shared=shared, consent=consent
    )


def test_what_is_erased_by_law_takes_its_papers_along(alice):
    case = make_case(state=State.CLOSED, officer=alice)
    attached(case, alice)
    assert actions.erase_again("case", case.pk) == 1
    assert (Content.objects.count(), case.attachments.get().removed_at is None) == (0, False)


# --- At rest ------------------------------------------------------------------------------------------------


def test_what_is_kept_is_sealed(alice):
    case = make_case(state=State.IN_PROGRESS, officer=alice)
    raw = papers.a_pdf(Canary=papers.TextStringObject("the headman at the borehole"))
    attached(case, alice, raw, words="Letter about the borehole")
    assert b"the headman at the borehole" in raw
    assert not is_stored("the headman at the borehole")
    assert not is_stored("Letter about the borehole")
    assert bytes(Content.objects.get().sealed) == raw
