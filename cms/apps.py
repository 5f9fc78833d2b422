"""Names the app for Django, and lets it hear of people who join, change or leave."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cms import editors

        editors.listen()
