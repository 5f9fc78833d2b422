"""Names the app for Django and lets its notices listen to the cases."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from channels import data_rights, notices, tasks

        notices.listen()
        data_rights.listen()
        tasks.listen()
