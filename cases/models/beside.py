"""What lies beside the cases on a desk: words kept ready for often."""

from django.db import models

from cases import clock
from cases.models.people import Officer
from cases.pack import Agency, Topic


class CannedReply(models.Model):
    """Words kept ready for cases of a topic, of an agency, or of all. What stands in braces is filled in for each."""

    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=60)
    text = models.TextField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["title", "language"]
        verbose_name_plural = "canned replies"
        constraints = [
            models.UniqueConstraint(
                fields=["title", "language", "agency", "topic"], nulls_distinct=False, name="ready_words_once"
            ),
            models.CheckConstraint(
                condition=models.Q(topic=None) | models.Q(agency=None), name="ready_words_for_one_or_all"
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.language})"
