"""What editors find in Wagtail beside the pages: the texts read out on a handset."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from channels import gsm7
from channels.models import InfoText


class HandsetForm(WagtailAdminModelForm):
    """Refuses what no handset can show; a curly quote or a long dash is spelled plainly on its way out."""

    def clean(self):
        cleaned = super().clean()
        for field in ("title", "text"):
            lost = {letter for letter in cleaned.get(field, "") if letter != "?" and gsm7.plain(letter) == "?"}
            if lost:
                self.add_error(
                    field, ValidationError(_("A phone cannot show: {signs}").format(signs=" ".join(sorted(lost))))
                )
        return cleaned


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


register_snippet(InfoTexts)
