"""The worklist, the lists it narrows to, those an officer saved, and the search."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import desk_words, finding, worklist
from cases.cards import looks_like_nrc, read_nrc
from cases.catalogue import catalogue
from cases.forms.fields import read_phone
from cases.forms.listing import Narrow, ViewForm
from cases.models import Case, Officer, SavedView
from cases.reference import read_reference
from cases.views.frame import SeeOther, for_officers, page


@dataclass(frozen=True)
class Row:
    """One line of a list of cases."""

    case: Case
    due: str
    take_by: str
    late: bool
    owner: str
    why: str = ""

    @classmethod
    def of(cls, case: Case, officer: Officer, *, why: str = "") -> "Row":
        today = catalogue().today()
        owner = _("you") if case.officer_id == officer.pk else str(case.officer or _("nobody"))
        late = case.is_late(today)
        return cls(case, desk_words.due(case, today), desk_words.take_by(case, today), late, owner, why)


def how_many(count: int) -> str:
    """1,000+ where nobody counted on."""
    return f"{number_format(worklist.BOUND, force_grouping=True)}+" if count > worklist.BOUND else str(count)


# --- The worklist -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """One group as the page shows it."""

    key: str
    title: str
    count: str
    rows: list[Row]
    more: bool


@for_officers("worklist")
@require_GET
def desk(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What matters first; or, when the address asks for something, a list of that. Home may be a list, too."""
    narrow = Narrow(request.GET, officer=officer)
    if narrow.asked() or "all" in request.GET:
        return _list(request, officer, narrow)
    home = None if "overview" in request.GET else officer.views.filter(is_home=True).first()
    if home:
        return redirect(f"{reverse('cases:desk')}?{home.query or 'all'}")
    waiting = [_heading(one, officer) for one in worklist.overview(officer)]
    busy = any(heading.rows for heading in waiting)
    return page(request, officer, "worklist", waiting=waiting, busy=busy, narrow=narrow, views=_views(officer))


def _heading(waiting: worklist.Waiting, officer: Officer) -> Heading:
    rows = [Row.of(case, officer) for case in waiting.head]
    group = waiting.group
    return Heading(group.key, str(group.title), how_many(waiting.count), rows, waiting.count > len(rows))


def _views(officer: Officer) -> list[tuple[SavedView, str]]:
    """The saved lists with what lies in them."""
    return [
        (view, how_many(worklist.how_many(officer, Narrow(QueryDict(view.query), officer=officer).wanted())))
        for view in officer.views.all()
    ]


def _list(request: HttpRequest, officer: Officer, narrow: Narrow, *, naming: ViewForm | None = None) -> HttpResponse:
    keys = {name: request.GET.get(name, "")[:40] for name in ("after", "before")}
    found = worklist.listing(officer, narrow.wanted(), **keys)
    query = narrow.query()
    view = officer.views.filter(query=query).first()
    group = next((group.title for group in worklist.GROUPS if group.key == narrow.asked().get("group")), "")
    return page(
        request,
        officer,
        "chosen",
        status=422 if naming else 200,
        title=view.name if view else group or _("Chosen cases"),
        narrow=narrow,
        rows=[Row.of(case, officer) for case in found.cases],
        before=found.before and narrow.query(before=found.before),
        after=found.after and narrow.query(after=found.after),
        view=view,
        naming=naming or ViewForm(officer=officer, initial={"query": query}),
    )


# --- Saved lists ------------------------------------------------------------------------------------------


@for_officers("worklist")
@require_http_methods(["GET", "POST"])
def views(request: HttpRequest, officer: Officer) -> HttpResponse:
    """An officer's saved lists; a POST saves one more and leads back to it."""
    if request.method == "GET":
        return _views_page(request, officer)
    narrow = Narrow(QueryDict(request.POST.get("query", "")), officer=officer)
    with transaction.atomic():
        Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)  # the same form, sent twice, is one list
        name = request.POST.get("name", "").strip()
        saved = officer.views.filter(name__iexact=name, query=narrow.query()).exists()
        form = ViewForm(request.POST, officer=officer)
        if not saved:
            if not form.is_valid():
                return _list(request, officer, narrow, naming=form)
            form.save()
    messages.success(request, _("The list is saved. You find it on the worklist."))
    return SeeOther(f"{reverse('cases:desk')}?{narrow.query() or 'all'}")


@for_officers("worklist")
@require_POST
def view(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Rename it, make it the first page, or delete it."""
    saved, what = officer.views.filter(pk=pk).first(), request.POST.get("what")
    if saved is None:
        return SeeOther(reverse("cases:views"))  # deleted already
    if what == "delete":
        saved.delete()
    elif what in ("home", "worklist"):
        _set_home(officer, saved, first=what == "home")
    elif what == "rename":
        form = ViewForm({"name": request.POST.get("name"), "query": saved.query}, officer=officer, instance=saved)
        if not form.is_valid():
            return _views_page(request, officer, form)
        form.save()
    return SeeOther(reverse("cases:views"))


@transaction.atomic
def _set_home(officer: Officer, saved: SavedView, *, first: bool) -> None:
    """Where no list is, the worklist itself is the first page."""
    lists = SavedView.objects.filter(officer=officer)
    lists.update(is_home=False)
    lists.filter(pk=saved.pk).update(is_home=first)


def _views_page(request: HttpRequest, officer: Officer, sent: ViewForm | None = None) -> HttpResponse:
    forms = [
        sent
        if sent and sent.instance.pk == saved.pk
        else ViewForm(officer=officer, instance=saved, auto_id=f"v{saved.pk}-%s")
        for saved in officer.views.all()
    ]
    return page(request, officer, "views", status=422 if sent else 200, forms=forms)


# --- The search -------------------------------------------------------------------------------------------


@for_officers("search")
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What is looked for stands in the body of a POST alone: an address ends up in logs and histories."""
    if request.method == "GET":
        return page(request, officer, "search")
    typed = request.POST.get("q", "").strip()[: finding.LONGEST]
    reference = read_reference(typed)
    if reference and Case.objects.visible_to(officer).filter(reference=reference).exists():
        return SeeOther(reverse("cases:case", args=[reference]))
    nrc = read_nrc(typed)
    finds = finding.find(
        officer,
        typed,
        phone=read_phone(typed),
        nrc=nrc if looks_like_nrc(nrc) else "",
        after=request.POST.get("after", "")[:40],
    )
    rows = [Row.of(found.case, officer, why=str(found.why.label)) for found in finds.found]
    return page(request, officer, "search", typed=typed, rows=rows, after=finds.after, searched=True)
