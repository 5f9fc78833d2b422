"""Names the app for Django, and lets it hear of people who come and go, and of releases."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cms import editors
        from cms.following import releases

        editors.listen()
        releases.listen()
