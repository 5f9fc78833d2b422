"""What a page weighs on a slow line, over the wire: a staff page on a repeat visit, a citizen's own case on the first."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cases import actions
from cases.actions.opening import renew_pin
from cases.catalogue import catalogue
from cases.lifecycle import State
from cases.models import CannedReply, Case, Officer, Release, Role
from cases.permissions import PAGES
from cases.uploads import examine
from tests.builders import EVERYTHING, make_case, make_citizen, make_officer
from tests.desk import desk_of
from tests.doors import OFFICERS
from tests.papers import a_noisy_photo

LIMIT, CITIZENS = 100_000, 50_000  # bytes that go over the wire, headers and pictures included
LONG = "I came three times, and each time they told me to come back on Monday with another paper. " * 4
# No pages: a picture or a file by itself, a part of a page, and what is shown once.
PARTS = {
    "desk/queue/<slug:desk>/<int:number>/", "desk/queue/<slug:desk>/<int:number>/paper/",
    "desk/cases/<str:reference>/files/<str:key>/", "desk/cases/<str:reference>/files/<str:key>/small/",
    "desk/survey/<str:quarter>/", "desk/exports/<uuid:name>/", "desk/new/questions/", "desk/new/receipt/", "desk/work/share/<uuid:once>/",
}  # fmt: skip


@pytest.fixture(scope="module")
def officer(living_country: str) -> Officer:
    return make_officer(role=Role.SUPERVISOR, clearances=EVERYTHING)


@pytest.fixture(scope="module")
def fullest(officer: Officer) -> Case:
    """A case with all that a case can have: photos, notes, questions, answers, a joined one, a link; and a full desk."""
    citizen = make_citizen(name="Bwalya Chanda")
    case, other = (make_case(state=State.IN_PROGRESS, officer=officer, words=LONG, citizen=citizen) for _ in range(2))
    raw = a_noisy_photo((1000, 750))
    paper = examine(raw)
    for number in range(12):
        actions.attach(case=case, by=officer, raw=b"%d" % number, paper=paper, words=f"Page {number}")
    for one, many in ((case, 40), (other, 10)):
        for number in range(many):
            actions.add_note(case=one, by=officer, words=f"{number} {LONG}")
    for number in range(8):
        actions.ask_citizen(case=case, by=officer, words=f"Which clinic was it, and on which day? {number}")
        actions.add_information(case=case, words=LONG)
    actions.link(case=case, by=officer, other=make_case(citizen=citizen), kind="see_also", words=LONG)
    actions.merge(case=other, by=officer, stays=case, words=LONG)
    for number in range(60):
        make_case(words=LONG, citizen=citizen if number < 5 else None)
    return case


class Scales:
    """A browser's page that knows what came over the wire since it was asked last."""

    def __init__(self, page: Any, house: str, client: Client) -> None:
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": house}
        page.context.add_cookies([cookie])
        self.page, self.house, self.bytes = page, house, 0
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._add)

    def _add(self, finished: dict[str, Any]) -> None:
        self.bytes += int(finished["encodedDataLength"])

    def weigh(self, address: str, *, visits: int = 2) -> int:
        """The last of so many visits, with every picture seen."""
        for _visit in range(visits):
            self.bytes = 0
            answer = self.page.goto(self.house + address)
            assert answer.status == 200, (address, answer.status)
            for photo in self.page.locator("main img").all():
                photo.scroll_into_view_if_needed()
                photo.evaluate("image => image.decode()")
        return self.bytes


ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


def who_opens(address: str) -> Role | None:
    """The first of them whose page it is; none where it is no page."""
    if "GET" not in OFFICERS[address].methods or address in PARTS:
        return None
    return next((role for role in ROLES if role in PAGES[OFFICERS[address].page]), None)


def filled(address: str, case: Case, officer: Officer) -> list[str]:
    """The fullest of each page; of a list, also the one that it narrows to."""
    desk = next(iter(catalogue().desks))
    holes: dict[str, Callable[[], list[str]]] = {
        "desk/": lambda: ["/desk/", "/desk/?all", "/desk/?kind=complaint"],
        "desk/cases/<str:reference>/": lambda: [f"/desk/cases/{case.reference}/"],
        "desk/cases/<str:reference>/data/": lambda: [f"/desk/cases/{asks_for_data(officer).reference}/data/"],
        "desk/words/<int:pk>/": lambda: [f"/desk/words/{a_reply(officer).pk}/"],
        "desk/queue/": lambda: [],  # a list of desks, or at once the one there is
        "desk/queue/<slug:desk>/": lambda: [f"/desk/queue/{desk}/"],
        "desk/people/<int:number>/": lambda: [f"/desk/people/{officer.pk}/"],
        "desk/releases/<int:pk>/": lambda: [f"/desk/releases/{a_release().pk}/"],
        "desk/work/officers/<int:number>/": lambda: [f"/desk/work/officers/{make_officer().pk}/"],
        "desk/work/share/": lambda: [f"/desk/work/share/?giver=nobody&taker={officer.pk}"],
        "desk/manage/cases/": lambda: ["/desk/manage/cases/?figure=open_now"],
    }
    return holes[address]() if address in holes else [f"/{address}"]


def asks_for_data(officer: Officer) -> Case:
    return make_case(topic="data-see", state=State.IN_PROGRESS, officer=officer, citizen=make_citizen(name="Mutinta"))


def a_release() -> Release:
    report = {"shown": 900, "few": 100, "beside": 50, "leaks": 0, "naive": 70}
    return Release.objects.create(month=date(2020, 1, 1), cells=[], values=[], report=report)


def a_reply(officer: Officer) -> CannedReply:
    return actions.save_reply(by=officer, title="Come by", text="Please come to the desk.", language="en")


@pytest.mark.parametrize("role", ROLES)
def test_no_page_weighs_more_than_100_kilobytes_on_a_repeat_visit(role, page, living_country, fullest, officer):
    who = officer if role == officer.role else make_officer(role=role, clearances=EVERYTHING)
    scales = Scales(page, living_country, desk_of(who))
    theirs = [address for address in OFFICERS if who_opens(address) == role]
    weights = {url: scales.weigh(url) for address in theirs for url in filled(address, fullest, officer)}
    print("heaviest:", sorted(weights.items(), key=lambda one: -one[1])[:3])
    assert weights
    assert {url: weight for url, weight in weights.items() if weight > LIMIT} == {}


def test_a_citizens_own_case_weighs_under_50_kilobytes_on_a_first_visit(page, living_country, fullest):
    citizen = Client()
    citizen.post("/track/", {"reference": fullest.reference, "pin": renew_pin(fullest)})
    scales = Scales(page, living_country, citizen)
    assert 5_000 < scales.weigh("/track/case/", visits=1) < CITIZENS
    assert page.locator("main").get_by_text(LONG[:40]).count() >= 9, "its whole history is there"
