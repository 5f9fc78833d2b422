"""Registers: pages that are one table kept by hand, each row with its source. What is in none says so."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import (
    BaseStructBlock,
    Block,
    CharBlock,
    ChoiceBlock,
    DateBlock,
    IntegerBlock,
    PageChooserBlock,
    StructBlock,
)
from wagtail.fields import StreamField
from wagtail.models import Page

from cases.catalogue import only_letters
from cms import sources
from cms.models.frame import PublicPage


def register(row: BaseStructBlock) -> StreamField:
    return StreamField([("row", row)], blank=True)


TABLE = "cms/register.html"  # Wagtail looks for a template on the class itself


class Register(PublicPage):
    """The headings of the table are the labels of a row's fields."""

    subpage_types = ["cms.PlainPage"]
    nothing_yet = _("Nothing is published here yet.")

    content_panels = [*PublicPage.content_panels, FieldPanel("rows")]

    class Meta:
        abstract = True

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        row = self.rows.stream_block.child_blocks["row"]
        return {
            "headings": [heading(block) for block in row.child_blocks.values()],
            "table": [list(self.cells(value)) for value in self.shown(request)],
        }

    def shown(self, request: HttpRequest) -> list[Any]:
        return [row.value for row in self.rows]

    def cells(self, value: Any) -> Iterator[dict[str, Any]]:
        return cells_of(value)


def cells_of(value: Any) -> Iterator[dict[str, Any]]:
    for name, block in value.block.child_blocks.items():
        told = value.get(name)
        if isinstance(block, ChoiceBlock):
            told = dict(block.field.choices).get(told, told)
        yield cell(heading(block), sources.plainly(told) if name == "source" else told)


# Fields that are called what they are in the code have these for headings.
CALLED = (
    gettext_noop("Action"), gettext_noop("Owner"), gettext_noop("Due"), gettext_noop("Status"), gettext_noop("Funding"),
    gettext_noop("Source"), gettext_noop("Course"), gettext_noop("Day"), gettext_noop("Women"), gettext_noop("Men"),
    gettext_noop("Section"), gettext_noop("Note"), gettext_noop("Programme"), gettext_noop("Where"),
    gettext_noop("Name"), gettext_noop("Kind"), gettext_noop("Districts"), gettext_noop("Contact"),
)  # fmt: skip


def heading(field: Block) -> str:
    return gettext(str(field.label))


def cell(label: str | Promise, value: Any) -> dict[str, Any]:
    """A page that is not public is no page to lead to."""
    value = None if isinstance(value, Page) and not value.live else value
    return {"label": label, "value": value, "is_page": isinstance(value, Page), "is_date": hasattr(value, "year")}


class Row(StructBlock):
    """One row of a register. By itself it shows what the table will."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        shown = list(cells_of(value))
        told = {"headings": [one["label"] for one in shown], "table": [shown], "shows": self.meta.description}
        return {**super().get_context(value, parent_context), **told}

    class Meta:
        icon = "list-ul"
        template = "cms/table.html"


class PlanRow(Row):
    action = CharBlock(max_length=200)
    owner = CharBlock(max_length=120)
    due = CharBlock(max_length=40, required=False)
    status = ChoiceBlock(
        choices=[
            ("planned", _("Planned")),
            ("under_way", _("Under way")),
            ("done", _("Done")),
            ("late", _("Late")),
            ("unknown", _("Not known")),
        ]
    )
    funding = CharBlock(max_length=120, required=False)
    source = CharBlock(max_length=200)

    class Meta:
        description = "What is to be done, by whom, until when, and how far it is."
        preview_value = {
            "action": "A desk in each district",
            "owner": "The ministry",
            "due": "2030",
            "status": "under_way",
            "source": "The plan, page 4",
        }


class PlanTrackerPage(Register):
    """Actions of a plan and recommendations of a report: who, until when, how far."""

    template = TABLE
    rows = register(PlanRow())

    class Meta:
        verbose_name = "plan and recommendation tracker"


class TrainingRow(Row):
    course = CharBlock(max_length=160)
    for_whom = CharBlock(max_length=120, label=_("For whom"))
    day = DateBlock(required=False)
    women = IntegerBlock(required=False, min_value=0)
    men = IntegerBlock(required=False, min_value=0)
    source = CharBlock(max_length=200)

    class Meta:
        description = "One course, for whom it was, and how many took part."
        preview_value = {
            "course": "How to write an answer",
            "for_whom": "Officers of desks",
            "women": 12,
            "men": 11,
            "source": "The list of who came",
        }


class TrainingRegisterPage(Register):
    template = TABLE
    rows = register(TrainingRow())
    nothing_yet = _("No training is recorded here yet.")

    class Meta:
        verbose_name = "training register"


class DutyRow(Row):
    what = CharBlock(max_length=200, label=_("What must be public"))
    section = CharBlock(max_length=60)
    page = PageChooserBlock(required=False, label=_("Where it is"))
    note = CharBlock(max_length=200, required=False)

    class Meta:
        description = "What the law wants to be public, and the page where it stands."
        preview_value = {"what": "Contracts", "section": "s 8(1)", "note": "Not published here yet"}


class AccessRegisterPage(Register):
    """What section 8 of the Access to Information Act asks for, the page where it stands, and its review."""

    template = TABLE
    rows = register(DutyRow())
    reviewed = _("Looked at again by")

    class Meta:
        verbose_name = "access-to-information register"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        told = super().facts(request)
        return {**told, "headings": [*told["headings"], self.reviewed]}

    def cells(self, value: Any) -> Iterator[dict[str, Any]]:
        yield from super().cells(value)
        page = value["page"]
        yield cell(self.reviewed, page.specific.review_by if page and page.live else None)


NEXT_DAY = _("Next payment from")


class PaymentRow(Row):
    programme = CharBlock(max_length=80)
    how_often = CharBlock(max_length=60, label=_("How often"))
    next_day = DateBlock(required=False, label=NEXT_DAY)
    where = CharBlock(max_length=160, required=False)
    source = CharBlock(max_length=200)

    class Meta:
        description = "How often a programme pays, and from which day it pays next."
        preview_value = {
            "programme": "Social Cash Transfer",
            "how_often": "Every two months",
            "where": "At the pay point",
            "source": "The notice of the office",
        }


class PaymentCalendarPage(Register):
    """Where no day is known, it says so."""

    template = TABLE
    max_count = 1
    rows = register(PaymentRow())
    nothing_yet = _("No payment dates are published yet.")

    class Meta:
        verbose_name = "payment calendar"

    def shown(self, request: HttpRequest) -> list[Any]:
        """The next day first. A day that has passed is not the next one, whoever forgot to change it."""
        today, rows = timezone.localdate(), super().shown(request)
        for row in rows:
            row["next_day"] = None if row["next_day"] and row["next_day"] < today else row["next_day"]
        return sorted(rows, key=lambda row: row["next_day"] or date.max)

    def cells(self, value: Any) -> Iterator[dict[str, Any]]:
        for told in super().cells(value):
            is_unknown = told["label"] == NEXT_DAY and told["value"] is None
            yield cell(NEXT_DAY, _("Not published yet")) if is_unknown else told


KIND = 1  # the column by which partners are put together


class PartnerRow(Row):
    name = CharBlock(max_length=120)
    kind = ChoiceBlock(
        choices=[
            ("public", _("Public body")),
            ("cso", _("Civil society")),
            ("union", _("Workers")),
            ("employers", _("Employers")),
            ("chief", _("Chief or headman")),
            ("faith", _("Faith leader")),
            ("line", _("Help line")),
        ]
    )
    districts = CharBlock(max_length=300, help_text="Districts, with commas; or: all.")
    helps_with = CharBlock(max_length=200, label=_("Helps with"))
    contact = CharBlock(max_length=120, required=False)
    source = CharBlock(max_length=200)

    class Meta:
        description = "Who else helps, with what, and in which districts."
        preview_value = {
            "name": "A group of women",
            "kind": "cso",
            "districts": "Mongu, Kalabo",
            "helps_with": "Filling in forms",
            "contact": "At the market",
            "source": "Their letter",
        }


class PartnerDirectoryPage(Register):
    """By kind, also those of whom none is there: who is missing is told."""

    max_count = 1
    template = "cms/partners.html"
    rows = register(PartnerRow())
    nothing_yet = _("No partner is published here yet.")

    class Meta:
        verbose_name = "partner directory"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        told = super().facts(request)
        kinds = self.rows.stream_block.child_blocks["row"].child_blocks["kind"].field.choices
        by_kind: dict[str, list[list[dict[str, Any]]]] = {str(name): [] for code, name in kinds if code}
        for row in told["table"]:
            by_kind.setdefault(str(row[KIND]["value"]), []).append(row[:KIND] + row[KIND + 1 :])
        return {
            "headings": told["headings"][:KIND] + told["headings"][KIND + 1 :],
            "kinds": {name: rows for name, rows in by_kind.items() if rows},
            "missing": [name for name, rows in by_kind.items() if not rows],
            "asked": request.GET.get("district", "")[:60],
        }

    def cells(self, value: Any) -> Iterator[dict[str, Any]]:
        for told in super().cells(value):
            yield cell(told["label"], _("All districts")) if told["value"] == "all" else told

    def shown(self, request: HttpRequest) -> list[Any]:
        asked = only_letters(request.GET.get("district", "")[:60])
        rows = super().shown(request)
        return [
            row for row in rows if not asked or asked in only_letters(row["districts"]) or row["districts"] == "all"
        ]
