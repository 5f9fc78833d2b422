"""Invites somebody from the machine itself: the first administrator, who lets in everybody else."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.forms import ValidationError
from django.urls import reverse

from cases.actions import NotAllowed
from cases.actions.people import Assignment, invite
from cases.models import Role


class Command(BaseCommand):
    help = "Prints a link under which the invited choose their name and password. It opens once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="their e-mail address")
        parser.add_argument("--role", choices=[Role.ADMINISTRATOR.value, Role.AUDITOR.value], default="admin")

    def handle(self, *, address: str, role: str, **options: Any) -> None:
        try:
            validate_email(address)
            _invitation, token = invite(by=None, address=address, assignment=Assignment(role))
        except ValidationError:
            raise CommandError("This is no e-mail address.") from None
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        link = settings.PUBLIC_BASE_URL + reverse("cases:welcome_link", args=[token])
        self.stdout.write(f"Open this within {settings.INVITATION_DAYS} days, or give it to {address}:\n{link}")
