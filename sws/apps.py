"""Names the app for Django, so that its commands are found."""

from django.apps import AppConfig


class SwsConfig(AppConfig):
    name = "sws"

    def ready(self) -> None:
        from sws import accounts

        accounts.listen()
