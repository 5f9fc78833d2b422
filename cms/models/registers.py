"""Registers: pages that are one table kept by hand, each row with its source. What is in none says so."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import (
    BaseStructBlock,
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
            "headings": [block.label for block in row.child_blocks.values()],
            "table": [list(self.cells(value)) for value in self.shown(request)],
        }

    def shown(self, request: HttpRequest) -> list[Any]:
        return [row.value for row in self.rows]

    def cells(self, value: Any) -> Any:
        for name, block in value.block.child_blocks.items():
            cell = value[name]
            if isinstance(block, ChoiceBlock):
                cell = dict(block.field.choices).get(cell, cell)
            yield {
                "label": block.label,
                "value": cell,
                "is_page": isinstance(cell, Page),
                "is_date": hasattr(cell, "year"),
            }


class PlanRow(StructBlock):
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


class PlanTrackerPage(Register):
    """Actions of a plan and recommendations of a report: who, until when, how far."""

    template = TABLE
    rows = register(PlanRow())

    class Meta:
        verbose_name = "plan and recommendation tracker"


class TrainingRow(StructBlock):
    course = CharBlock(max_length=160)
    for_whom = CharBlock(max_length=120, label=_("For whom"))
    day = DateBlock(required=False)
    women = IntegerBlock(required=False, min_value=0)
    men = IntegerBlock(required=False, min_value=0)
    source = CharBlock(max_length=200)


class TrainingRegisterPage(Register):
    template = TABLE
    rows = register(TrainingRow())
    nothing_yet = _("No training is recorded here yet.")

    class Meta:
        verbose_name = "training register"


class DutyRow(StructBlock):
    what = CharBlock(max_length=200, label=_("What must be public"))
    section = CharBlock(max_length=60)
    page = PageChooserBlock(required=False, label=_("Where it is"))
    note = CharBlock(max_length=200, required=False)


class AccessRegisterPage(Register):
    """What section 8 of the Access to Information Act asks for, and the page on which it stands."""

    template = TABLE
    rows = register(DutyRow())

    class Meta:
        verbose_name = "access-to-information register"


class PaymentRow(StructBlock):
    programme = CharBlock(max_length=80)
    how_often = CharBlock(max_length=60, label=_("How often"))
    next_day = DateBlock(required=False, label=_("Next payment from"))
    where = CharBlock(max_length=160, required=False)
    source = CharBlock(max_length=200)


class PaymentCalendarPage(Register):
    template = TABLE
    max_count = 1
    rows = register(PaymentRow())
    nothing_yet = _("No payment dates are published yet.")

    class Meta:
        verbose_name = "payment calendar"


class PartnerRow(StructBlock):
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


class PartnerDirectoryPage(Register):
    max_count = 1
    template = "cms/partners.html"
    rows = register(PartnerRow())
    nothing_yet = _("No partner is published here yet.")

    class Meta:
        verbose_name = "partner directory"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().facts(request), "asked": request.GET.get("district", "")[:60]}

    def shown(self, request: HttpRequest) -> list[Any]:
        asked = only_letters(request.GET.get("district", "")[:60])
        rows = super().shown(request)
        return [
            row for row in rows if not asked or asked in only_letters(row["districts"]) or row["districts"] == "all"
        ]
