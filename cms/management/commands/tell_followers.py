"""Sends followers the e-mails that are due; the workers do it every minute."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.following.letters import make_round


class Command(BaseCommand):
    help = "Send one batch of e-mails to those who follow a place, a programme or the releases."

    def handle(self, **options):
        make_round(timezone.now())
