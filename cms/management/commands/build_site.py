"""Makes the pages of the public site that are not there yet."""

from django.core.management.base import BaseCommand

from cms.site import build_site


class Command(BaseCommand):
    help = "Make the pages of the public site. What editors have changed stays as it is."

    def handle(self, **options):
        self.stdout.write(f"The site's first page is “{build_site().title}”.")
