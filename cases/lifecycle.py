"""The life of a case as one table; the model, the desk's buttons, the tests and the README's drawing read it."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    RECEIVED = "received", _("Received")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting for the citizen")
    REFERRED = "referred", _("With another agency")
    RESOLVED = "resolved", _("Answered")
    CLOSED = "closed", _("Closed")


class Actor(TextChoices):
    CITIZEN = "citizen", _("Citizen")
    OFFICER = "officer", _("Officer")
    SYSTEM = "system", _("The system")


# Events that are no step of the lifecycle: they move nothing.
ENTRIES = (
    *("open", "read", "day_off"),
    *("dossier", "correct", "object", "erase_asked", "erase_agreed", "erase_refused", "erase"),
)
OPEN = (State.RECEIVED, State.IN_PROGRESS, State.WAITING, State.REFERRED)
ALIVE = (*OPEN, State.RESOLVED)
# What may happen to a case that was joined into another. All else happens to the one that stays.
JOINED = ("inform", "unmerge", "resolve_along")


@dataclass(frozen=True)
class Step:
    """One thing that may happen to a case. `target` None leaves the state as it is."""

    name: str
    label: str
    sources: tuple[State, ...]
    target: State | None
    actors: tuple[Actor, ...]


def _step(name, label, sources, target, *actors) -> Step:
    return Step(name, label, sources, target, actors)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        _step("take", _("Take this case"), (State.RECEIVED,), State.IN_PROGRESS, Actor.OFFICER),
        _step("hand_over", _("Give to a colleague"), OPEN, None, Actor.OFFICER, Actor.SYSTEM),
        # What we wait for is heard or taken back first.
        _step(
            "sort",
            _("Put it where it belongs"),
            (State.RECEIVED, State.IN_PROGRESS),
            State.RECEIVED,
            Actor.OFFICER,
        ),
        _step("ask", _("Ask the citizen"), (State.IN_PROGRESS,), State.WAITING, Actor.OFFICER),
        _step(
            "hear",
            _("The citizen answered"),
            (State.WAITING,),
            State.IN_PROGRESS,
            Actor.CITIZEN,
            Actor.OFFICER,
        ),
        _step("inform", _("Add information"), ALIVE, None, Actor.CITIZEN, Actor.OFFICER),
        _step("note", _("Write a note"), tuple(State), None, Actor.OFFICER),
        _step("attach", _("Add a photo or paper"), tuple(State), None, Actor.OFFICER),
        _step("detach", _("Take a photo or paper away"), tuple(State), None, Actor.OFFICER),
        _step("link", _("Link to another case"), tuple(State), None, Actor.OFFICER),
        _step("unlink", _("Take a link back"), tuple(State), None, Actor.OFFICER),
        # Two cases about one matter: one stays, the other is closed, and can be taken apart from it again.
        _step(
            "merge",
            _("Join into another case"),
            (State.RECEIVED, State.IN_PROGRESS, State.WAITING),
            State.CLOSED,
            Actor.OFFICER,
        ),
        _step("unmerge", _("Take apart again"), (State.CLOSED,), State.RECEIVED, Actor.OFFICER, Actor.SYSTEM),
        _step("name_officer", _("Say which officer it is about"), tuple(State), None, Actor.OFFICER),
        _step("unname_officer", _("Take a name back"), tuple(State), None, Actor.OFFICER),
        _step("refer", _("Ask another agency"), (State.IN_PROGRESS,), State.REFERRED, Actor.OFFICER),
        # The citizen is asked whether another agency may be; where the law allows it, a supervisor decides instead.
        _step("seek", _("Ask whether another agency may help"), (State.IN_PROGRESS,), State.WAITING, Actor.OFFICER),
        _step("consent", _("The citizen agrees"), (State.WAITING,), State.REFERRED, Actor.CITIZEN, Actor.OFFICER),
        _step("propose", _("Ask another agency without consent"), (State.IN_PROGRESS,), None, Actor.OFFICER),
        _step("agree", _("Agree to share without consent"), (State.IN_PROGRESS,), State.REFERRED, Actor.OFFICER),
        _step("come_back", _("The other agency answered"), (State.REFERRED,), State.IN_PROGRESS, Actor.OFFICER),
        _step("recall", _("Take it back"), (State.REFERRED,), State.IN_PROGRESS, Actor.OFFICER),
        # Who owns it may have it no longer: it is about them, they left, or their scope is another one.
        _step(
            "release",
            _("Free it of its owner"),
            (State.IN_PROGRESS, State.WAITING, State.REFERRED, State.RESOLVED),
            State.RECEIVED,
            Actor.SYSTEM,
        ),
        _step("check_off", _("Check what is needed"), OPEN, None, Actor.OFFICER),
        _step("sheet", _("Print the sheet for an agency"), ALIVE, None, Actor.OFFICER),
        _step("enrol", _("Write down the membership"), ALIVE, None, Actor.OFFICER),
        _step("escalate", _("Move one level up"), OPEN, None, Actor.SYSTEM, Actor.OFFICER),
        _step("acknowledge", _("I look after it"), OPEN, None, Actor.OFFICER),
        _step(
            "resolve",
            _("Answer with a decision"),
            (State.IN_PROGRESS, State.WAITING),
            State.RESOLVED,
            Actor.OFFICER,
        ),
        # Another person than the citizen of the case that stays gets its answer, too, and has a last word of their own.
        # So they do when that answer is changed.
        _step(
            "resolve_along",
            _("Answer what was joined into it"),
            (State.CLOSED, State.RESOLVED),
            State.RESOLVED,
            Actor.SYSTEM,
        ),
        # The citizen's last word. An officer may write down what somebody says at the desk: it stays the citizen's.
        _step("confirm", _("It is solved"), (State.RESOLVED,), State.CLOSED, Actor.CITIZEN, Actor.OFFICER),
        _step("dispute", _("It is not solved"), (State.RESOLVED,), State.IN_PROGRESS, Actor.CITIZEN, Actor.OFFICER),
        _step("appeal", _("Appeal"), (State.RESOLVED, State.CLOSED), State.CLOSED, Actor.CITIZEN, Actor.OFFICER),
        _step("rate", _("Rate the service"), (State.RESOLVED, State.CLOSED), None, Actor.CITIZEN, Actor.OFFICER),
        _step("review", _("The appeal was decided"), (State.CLOSED,), None, Actor.SYSTEM),
        _step("withdraw", _("Withdraw"), OPEN, State.CLOSED, Actor.CITIZEN),
        _step("close", _("Close"), (State.RESOLVED,), State.CLOSED, Actor.OFFICER),
        _step("lapse", _("Close after silence"), (State.RESOLVED,), State.CLOSED, Actor.SYSTEM),
        # Some weeks later, once. What came back is the same case again: one number, one story.
        _step("follow_up", _("Ask whether it stayed solved"), (State.CLOSED,), None, Actor.SYSTEM),
        _step("stay_solved", _("It is still solved"), (State.CLOSED,), None, Actor.CITIZEN, Actor.OFFICER),
        _step(
            "reopen",
            _("It is not solved any more"),
            (State.CLOSED,),
            State.IN_PROGRESS,
            Actor.CITIZEN,
            Actor.OFFICER,
        ),
    )
}


def allowed(state: str, actor: Actor, *, joined: bool = False) -> list[Step]:
    """What this kind of person may do to a case in this state, in the table's order; `joined` into another one."""
    possible = [step for step in STEPS.values() if (step.name in JOINED if joined else state in step.sources)]
    return [step for step in possible if actor in step.actors]


def drawing() -> str:
    """The lifecycle as a Mermaid diagram, for the README."""
    lines = ["stateDiagram-v2", "    [*] --> received"]
    for step in STEPS.values():
        if step.target:
            lines += [f"    {source.value} --> {step.target.value}: {step.name}" for source in step.sources]
    return "\n".join([*lines, "    closed --> [*]"])
