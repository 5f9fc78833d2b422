"""Where editors write the statistics, row by row. What they write waits until somebody vouches for its table."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.views.snippets import CopyView, DeleteView, SnippetViewSet, SnippetViewSetGroup

from cms.models.statistics import Figure, Row, Series, StatisticsTable
from cms.sources import WRITTEN

FOUND_BY = ("series", "as_of", "split")  # else a country pack would not find its figure, and bring it a second time


class RowForm(WagtailAdminModelForm):
    """What an editor writes is the editor's from then on, and waits until somebody signs it off."""

    def save(self, commit: bool = True) -> Row:
        if self.has_changed():
            self.instance.origin, self.instance.signed_by, self.instance.signed_at = Row.Origin.EDITOR, "", None
        saved: Row = super().save(commit)
        return saved


class FigureForm(RowForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].required = True
        for name in FOUND_BY if self.instance.pk else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = "This stays: for anything else, add another figure."

    def clean_as_of(self) -> str:
        written = str(self.cleaned_data["as_of"])
        if not WRITTEN.fullmatch(written):
            raise forms.ValidationError("Write a year, a month or a day: 2026, 2026-08 or 2026-08-13.")
        return written

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        series = cleaned.get("series")
        if series and not series.has_part(cleaned.get("split", "")):
            self.add_error("split", "This series is not split, so there is no part of it.")
        return cleaned


class SeriesForm(RowForm):
    tables = forms.ModelMultipleChoiceField(
        StatisticsTable.objects.filter(retired_at=None), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not self.instance._state.adding  # figures point at it

    def clean_tables(self) -> list[str]:
        return [table.pk for table in self.cleaned_data["tables"]]


class Copy(CopyView):
    """To be another row, of which nothing stays yet."""

    def get_initial_form_instance(self) -> Row:
        row: Row = super().get_initial_form_instance()
        row.pk, row._state.adding = None, True
        return row


class Delete(DeleteView):
    @property
    def confirmation_message(self) -> str:
        return f"{super().confirmation_message} What the country pack holds comes back when it is loaded again."


class Rows(SnippetViewSet):
    copy_view_class = Copy
    delete_view_class = Delete


class Figures(Rows):
    model = Figure
    icon = "table"
    menu_label = "Figures"
    list_display = ["series", "as_of", "split", "value", "origin", "signed_by"]
    list_filter = ["origin", "series"]
    search_fields = ["series__name", "source"]
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("series", "as_of", "value", "split", "source", "link", "note")],
        base_form_class=FigureForm,
    )


class SeriesOfFigures(Rows):
    model = Series
    icon = "list-ul"
    menu_label = "Series"
    list_display = ["name", "unit", "origin", "signed_by"]
    list_filter = ["origin"]
    search_fields = ["name"]
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("code", "name", "unit", "split_by", "tables", "programme", "order")],
        base_form_class=SeriesForm,
    )


class Statistics(SnippetViewSetGroup):
    items = (Figures, SeriesOfFigures)
    menu_label = "Statistics"
    menu_icon = "table"
