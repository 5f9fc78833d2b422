"""The public site as its tests visit it: every page, each of its states, and what an editor adds to the pack's pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone
from wagtail.models import Page

from cases.catalogue import catalogue
from cases.models import Release, Role
from cms.blocks import PageWords
from cms.models import ConsultationPage, EventPage, NewsPage, Note
from cms.monitoring import actions
from cms.monitoring.actions import Written
from tests.builders import MONGU, make_officer

# Every page a visitor can find, with each state it can be in.
STATES = {
    "/desks/": ("", "?district=Mongu", "?district=Kabwe", "?district=Atlantis"),
    "/accountability/library/": ("", "?topic=complaints", "?kind=brief"),
    "/desks/partners/": ("", "?district=Ndola"),
    "/monitors/": ("", "?place=ZM110007&answer=none"),
}


# Pages of released figures: all shown, some hidden, nothing to show, and one that stands in others' frames.
PERFORMANCE = (
    "/performance/", "/performance/place/ZM110/", "/performance/place/ZM110007/", "/performance/agency/NHIMA/",
    "/performance/programme/NHIS/", "/embed/map/country/all/",
)  # fmt: skip
# What the figures stand on, and what keeps them honest.
RECORD = ("/figures/", "/data/", "/ledger/", "/data-protection/")
SEARCHES = ("/search/", "/search/?q=pension", "/search/?q=penssion", "/search/?q=xyzzy")


def pages() -> list[str]:
    """The address of every page of the site, in each of its states."""
    found = [page.url for page in Page.objects.live().filter(depth__gt=1).order_by("path")]
    return [*(address + state for address in found for state in STATES.get(address, ("",))), *SEARCHES]


def write_what_the_pack_has_not() -> None:
    """Nothing is invented for the pack: no news, no event, no consultation. An editor has written some here."""
    today = timezone.localdate()
    news, events, talks = (Page.objects.get(slug=slug) for slug in ("news", "events", "consultations"))
    if NewsPage.objects.exists():
        return
    body = [{"type": name, "value": block.get_preview_value()} for name, block in PageWords().child_blocks.items()]
    body = [(one["type"], one["value"]) for one in body if one["type"] != "picture"]
    lead = "A desk opens for a week. Bring your card if you have one."
    news.add_child(
        instance=NewsPage(title="A desk comes to you", slug="desk", introduction=lead, body=body, source="MCDSS")
    )
    for title, days in (("A desk at the market", 5), ("A desk at the school", -5)):
        first = today + timedelta(days=days)
        event = EventPage(
            title=title, first_day=first, until=first + timedelta(days=2), place="At the market", hours="8 to 12"
        )
        events.add_child(instance=event)
    for title, days in (("The draft charter", 20), ("The old charter", -20)):
        closes = today + timedelta(days=days)
        talk = ConsultationPage(
            title=title, opens=today - timedelta(days=60), closes=closes, how_to_take_part="<p>Write.</p>"
        )
        talks.add_child(instance=talk)


def one_of_each_type() -> Iterator[str]:
    write_what_the_pack_has_not()
    seen = set()
    for page in Page.objects.live().filter(depth__gt=1).order_by("path").specific():
        if type(page) not in seen or page.slug == "council-pension":
            seen.add(type(page))
            yield from (page.url + state for state in STATES.get(page.url, ("",)))
    yield from (*SEARCHES, *PERFORMANCE, *RECORD, *figures_released())


def figures_released() -> Iterator[str]:
    """The last release, and one of its figures."""
    release = Release.objects.filter(version__isnull=False).first()
    if release:
        yield f"/figures/{release.month:%Y-%m}/v{release.version}/"
        yield f"/figures/{release.month:%Y-%m}/v{release.version}/{release.month:%Y-%m}/province/resolved_on_time/"


def publish_a_note(title: str = "The list helps") -> Note:
    """A monitor wrote it in Mongu about the cash transfer, and a moderator let it pass."""
    monitor, moderator = make_officer(role=Role.MONITOR), make_officer(role=Role.EDITOR, level=2)
    house, day = catalogue(), date(2026, 5, 4)
    written = Written(title, "It hangs there.", day, house.districts[MONGU], house.programmes["SCT"])
    note = actions.write(by=monitor, once=uuid4(), kind="note", written=written)
    return actions.publish(note=actions.submit(note=note, by=monitor), by=moderator)
