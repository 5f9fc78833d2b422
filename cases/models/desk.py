"""What the desk keeps to find cases by: slips for lists, entries for the search, views that officers saved.

Slips and entries are copies, like an index. The database itself keeps them true (migration `slips_and_entries`), so
no writer of cases knows of them, and none can forget them.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from cases.models.case import Case
from cases.models.people import Officer
from cases.pack import Agency


class Pile(models.TextChoices):
    """Where a case lies on an agency's desk: what its state and the last word said make of it, the date apart."""

    DISPUTED = "disputed"
    HEARD = "heard"
    ASKED = "asked"
    NOBODY = "nobody"
    WORKING = "working"
    REFERRED = "referred"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


def _lists(name: str, *columns: str, include: list[str], which: models.Q) -> list[models.Index]:
    """One index for each kind of scope, so that the first page of any list is the first rows of an index.

    Who serves all agencies reads each case's own slip. `include` spares a look at the row.
    """
    own = which & models.Q(own=True)
    scopes = {"_agency_place": which, "_agency": which, "_place": own, "": own}
    return [
        models.Index(
            fields=[*scope.strip("_").split("_"), *columns] if scope else columns,
            name=f"slip_{name}{scope}",
            include=include,
            condition=condition or None,
        )
        for scope, condition in scopes.items()
    ]


_ASIDE = ("moved_up_to", "unled")  # what takes a slip out of every other group


class Slip(models.Model):
    """One line on the desk of an agency that sees the case: all that lists are narrowed, ordered and counted by."""

    pk = models.CompositePrimaryKey("case_id", "agency_id")
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="slips", db_index=False, db_constraint=False)
    agency = models.ForeignKey(Agency, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    own = models.BooleanField(help_text="Of the agency whose case it is; the others were asked to help.")
    place = models.CharField(max_length=12, help_text="Empty: nobody has sorted it yet.")
    sensitivity = models.CharField(max_length=12)
    pile = models.CharField(max_length=8, choices=Pile)
    due = models.DateField()
    wanted_by = models.DateField(help_text="The promise to be kept next: that somebody takes it, or the answer.")
    rank = models.SmallIntegerField(help_text="The priority, turned round: what matters most comes first.")
    officer = models.ForeignKey(
        Officer, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    moved_up_to = models.ForeignKey(
        Officer,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="Who answers for its level and has not said yet that they look after it.",
    )
    unled = models.BooleanField(help_text="It moved up and nobody answers for its level.")
    kind = models.CharField(max_length=12)
    topic = models.CharField(max_length=50)
    state = models.CharField(max_length=12)
    channel = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            *_lists(
                "due",
                *("due", "rank", "case"),
                include=["sensitivity", "pile", *_ASIDE],
                which=~models.Q(pile=Pile.CLOSED),
            ),
            *_lists(
                "pile",
                *("pile", "wanted_by", "rank", "case"),
                include=["sensitivity", "due", "officer", *_ASIDE],
                which=models.Q(),
            ),
            models.Index(
                fields=["topic", "due", "rank", "case"],
                name="slip_topic",
                include=["agency", "place", "sensitivity", "own"],
                condition=~models.Q(pile=Pile.CLOSED),
            ),
            models.Index(
                fields=["moved_up_to", "due", "rank", "case"],
                name="slip_moved_up",
                condition=models.Q(moved_up_to__isnull=False),
            ),
            models.Index(fields=["due", "rank", "case"], name="slip_unled", condition=models.Q(unled=True)),
            models.Index(
                fields=["officer", "pile", "wanted_by", "rank", "case"],
                name="slip_officer",
                condition=models.Q(own=True, officer__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Case {self.case_id} on the desk of {self.agency_id}"


class Entry(models.Model):
    """What a case is found by, as fingerprints without which nothing can be read back. None yet: it is to be laid."""

    case = models.OneToOneField(Case, models.DO_NOTHING, related_name="entry", primary_key=True, db_constraint=False)
    keys = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="entry_keys", fastupdate=False),
            models.Index(fields=["case"], name="entry_to_lay", condition=models.Q(keys=None)),
        ]
        verbose_name_plural = "entries"

    def __str__(self):
        return f"Entry of case {self.case_id}"


class Spelling(models.Model):
    """That a known word, misspelt by a letter, may look like this; both as fingerprints."""

    pk = models.CompositePrimaryKey("near", "word")
    near = models.BigIntegerField()
    word = models.BigIntegerField()

    def __str__(self):
        return f"{self.near} may mean {self.word}"


class SavedView(models.Model):
    """A list that an officer comes back to, as its address has it. It names codes and dates, never a person."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    is_home = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "name"], name="view_named_once"),
            models.UniqueConstraint(fields=["officer"], condition=models.Q(is_home=True), name="one_view_is_home"),
        ]

    def __str__(self):
        return self.name
