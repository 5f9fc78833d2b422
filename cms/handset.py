"""Where editors write what is read out on a handset: seen as a phone shows it, and refused where it does not fit."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet

from channels import gsm7
from channels.models import InfoText
from channels.reading import MOST_SCREENS, screens
from cms import knowledge


class HandsetForm(WagtailAdminModelForm):
    """A curly quote is spelled plainly on its way out; what no phone can show, or too much of it, is refused."""

    only_looked_at = False

    def defer_required_fields(self) -> None:
        """Wagtail asks for this before a preview, which shows also what could not be published."""
        super().defer_required_fields()
        self.only_looked_at = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for field in ("title", "text"):
            lost = {letter for letter in cleaned.get(field, "") if letter != "?" and gsm7.plain(letter) == "?"}
            if lost:
                self.add_error(
                    field, ValidationError(_("A phone cannot show: {signs}").format(signs=" ".join(sorted(lost))))
                )
        if not self.only_looked_at:
            self._refuse_too_much(cleaned)
        return cleaned

    def _refuse_too_much(self, cleaned: dict[str, Any]) -> None:
        over = gsm7.septets(cleaned.get("title", "")) - (InfoText._meta.get_field("title").max_length or 0)
        if over > 0:
            self.add_error("title", _("{number} too many: it must fit one line of a menu.").format(number=over))
        language = cleaned.get("language", "")
        house = knowledge.known()
        if not cleaned.get("text") or house is None or language not in house.languages:
            return
        needed = len(screens(cleaned["text"], language))
        if needed > MOST_SCREENS:
            self.add_error(
                "text",
                _("This is {number} screens on a phone; {most} at most are read to their end.").format(
                    number=needed, most=MOST_SCREENS
                ),
            )


class InfoTexts(SnippetViewSet):
    model = InfoText
    icon = "mobile-alt"
    menu_label = "Handset texts"
    add_to_admin_menu = True
    list_display = ["title", "key", "language"]
    list_filter = ["language", "key"]
    search_fields = ["title", "text"]
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("key", "language", "title", "text", "source", "order")],
        base_form_class=HandsetForm,
    )
