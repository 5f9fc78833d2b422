"""Names the app for Django, and lets it hear of people who come and go, of releases, and of what else is published."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cms import changes, editors
        from cms.following import releases

        changes.listen()
        editors.listen()
        releases.listen()
