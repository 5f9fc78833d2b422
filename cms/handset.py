"""Where editors write what is read out on a handset: seen as a phone shows it, handed in only where it fits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, PublishingPanel
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.snippets.views.snippets import SnippetViewSet, WorkflowActionView

from channels.models import InfoText
from channels.reading import misfits
from cms import knowledge


class HandsetForm(WagtailAdminModelForm):
    """A draft, and what is only looked at, may be too long yet; what is handed in or published may not."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        house = knowledge.known()
        if self.is_deferred_validation or house is None or cleaned.get("language") not in house.languages:
            return cleaned
        for field, why in misfits(cleaned.get("title", ""), cleaned.get("text", ""), cleaned["language"]):
            self.add_error(field, why)
        return cleaned


class Approval(WorkflowActionView):
    """Who approves a text unopened is told why it cannot be read out. Wagtail would say that they may not."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except PublishPermissionError as unfit:
            messages.error(request, str(unfit))
        if request.headers.get("x-requested-with") == "XMLHttpRequest":  # asked from a dialog, which leads on itself
            return self.render_modal_json(request, {"step": "success", "redirect": self.redirect_url})
        return redirect(self.redirect_url)


class InfoTexts(SnippetViewSet):
    model = InfoText
    workflow_action_view_class = Approval
    icon = "mobile-alt"
    menu_label = "Handset texts"
    add_to_admin_menu = True
    list_display = ["title", "key", "language", LiveStatusTagColumn()]
    list_filter = ["language", "key"]
    search_fields = ["title", "text"]
    edit_handler = ObjectList(
        [*(FieldPanel(name) for name in ("key", "language", "title", "text", "source", "order")), PublishingPanel()],
        base_form_class=HandsetForm,
    )
