"""What an address outside answered when somebody last had it asked. The links themselves stand in the pages."""

from django.db import models
from django.utils import timezone

LONGEST = 1000


class Outside(models.Model):
    """One address of somebody else's. `answer` is in plain words; `works` is whether a page was there."""

    address = models.CharField(max_length=LONGEST, unique=True)
    works = models.BooleanField()
    answer = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "addresses outside"

    def __str__(self):
        return self.address
