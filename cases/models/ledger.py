"""What proves the history: the heads of chains, leaves that stand for them, and anchors over the leaves.

Leaves and anchors are only ever added to (by cases/anchors.py), and nothing in them tells whose case it is to anybody
but this database. A head moves with each entry (in cases/ledger.py).
"""

from datetime import UTC
from typing import Any

from django.db import models
from django.db.models.functions import Now

from cases import clock
from cases.models.case import Case


class Anchor(models.Model):
    """The root of a Merkle tree over all leaves so far, and the digest of the anchor before."""

    number = models.PositiveIntegerField(primary_key=True, help_text="1, 2, 3 …")
    at = models.DateTimeField()
    leaves = models.PositiveBigIntegerField(help_text="How many leaves are under this root.")
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    events_to = models.BigIntegerField(help_text="The last event it covers. Not published.")

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"Anchor {self.number}"

    def as_published(self) -> dict[str, Any]:
        """What cases/verify.py reads."""
        return {
            "number": self.number,
            "at": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "leaves": self.leaves,
            "root": self.root,
            "previous": self.previous,
            "digest": self.digest,
        }


class Head(models.Model):
    """Where a chain ends.

    Keyed: who has not our keys cannot say that it ended earlier, unless they kept the seal of then.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="head")
    seal = models.CharField(max_length=32)

    def __str__(self):
        return f"Head {self.pk}"


class Leaf(models.Model):
    """One head of a chain, hidden by a salt. Some stand for nothing, so that nobody can count the cases that moved."""

    place = models.BigIntegerField(primary_key=True, help_text="0, 1, 2 … in the line of all leaves.")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="leaves", db_index=False)
    entries = models.PositiveIntegerField(default=0, help_text="How many entries the head stands for.")
    salt = models.CharField(max_length=32)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["place"]
        verbose_name_plural = "leaves"
        constraints = [models.UniqueConstraint(fields=["case", "entries"], name="anchored_once")]

    def __str__(self):
        return f"Leaf {self.place}"


class Tile(models.Model):
    """The root over one full file of leaves, so that neither an anchor nor a proof has to read all of them."""

    number = models.BigIntegerField(primary_key=True, help_text="0, 1, 2 …")
    root = models.CharField(max_length=64)

    def __str__(self):
        return f"Tile {self.number}"


class Witness(models.Model):
    """Somebody outside who is told of every anchor: an e-mail address, or another host's. It holds where they are.

    What they were told they keep: an anchor that was made anew contradicts it.
    """

    address = models.CharField(max_length=300, unique=True)
    told_to = models.PositiveIntegerField(default=0, help_text="The last anchor they took.")
    told_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0, help_text="That failed since the last one that did not.")
    failure = models.CharField(max_length=200, blank=True)
    disputes = models.BooleanField(default=False, help_text="They keep another history than we tell.")

    class Meta:
        ordering = ["address"]
        verbose_name_plural = "witnesses"

    def __str__(self):
        return f"Witness {self.pk}"


class Inspection(models.Model):
    """One run over the whole ledger, and what it found: names of rows, never what stands in them."""

    at = models.DateTimeField(db_default=Now())
    took = models.FloatField(default=0, help_text="Seconds.")
    events = models.PositiveBigIntegerField(default=0)
    anchors = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=list, help_text="The first of them.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Inspection {self.pk}"
