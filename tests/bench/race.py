"""`python -m tests.bench.race`: fifty officers reach for each of a thousand cases at once; each case gets one owner.

The naive way, which looks whether a case is free and then writes, is run beside it and must be seen to fail.
"""

import argparse
import multiprocessing
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import django

PATIENCE = 60  # seconds for all to stand at the line
TAKEN, REFUSED = "taken", "refused"
Take = Callable[[int, int], str]


def politely(case: int, officer: int) -> str:
    """As the desk does it."""
    from cases import actions
    from cases.actions import NotAllowed
    from cases.models import Case, Officer

    try:
        actions.take(case=Case(pk=case), by=Officer.objects.get(pk=officer))
    except NotAllowed as refusal:
        return REFUSED if "has already taken this case" in str(refusal) else str(refusal)
    return TAKEN


def naively(case: int, officer: int) -> str:
    """Read, check in Python, update: the way it is often written."""
    from cases.models import Case

    if Case.objects.get(pk=case).officer_id:
        return REFUSED
    Case.objects.filter(pk=case).update(officer=officer, state="in_progress")
    return TAKEN


def reach(take: Take, cases: Iterable[int], officer: int, line: Any) -> list[str]:
    """One officer takes one case after the other, each at the same moment as all the others."""
    from django.db import connections

    answers = []
    for case in cases:
        line.wait(PATIENCE)
        answers.append(take(case, officer))
    connections.close_all()
    return answers


def all_reach(take: Take, cases: list[int], officers: list[int], line: Any) -> list[list[str]]:
    """The answers, officer by officer: a thread each."""
    answers: list[list[str]] = [[] for _ in officers]

    def one(number: int) -> None:
        answers[number] = reach(take, cases, officers[number], line)

    threads = [threading.Thread(target=one, args=[number], daemon=True) for number in range(len(officers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def outcomes(answers: list[list[str]]) -> Counter[tuple[int, int]]:
    """How many cases had so many takers and so many polite refusals."""
    return Counter((case.count(TAKEN), case.count(REFUSED)) for case in zip(*answers, strict=True))


# --- The whole race -----------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.race", description=__doc__)
    parser.add_argument("--officers", type=int, default=50)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--naive-cases", type=int, default=100)
    parser.add_argument("--processes", type=int, default=5, help="the officers are spread over these")
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    from tests.bench.scratch import scratch

    with scratch():
        django.setup()
        owned = _race(politely, wanted.cases, wanted)
        naive = _race(naively, wanted.naive_cases, wanted)
    one_each = {(1, wanted.officers - 1): wanted.cases}
    wrong = sum(cases for (takers, _refused), cases in naive.items() if takers != 1)
    print(f"naive: {wrong} of {wanted.naive_cases} cases had more than one taker; wanted: at least 1")
    return 0 if owned == one_each and wrong else 1


def _race(take: Take, cases: int, wanted: argparse.Namespace) -> Counter[tuple[int, int]]:
    """The officers, spread over processes as over web workers, on cases of their own."""
    from django.db import connections

    from tests.builders import EVERYTHING, make_case, make_officer

    pks = [make_case().pk for _ in range(cases)]
    officers = [make_officer(clearances=EVERYTHING).pk for _ in range(wanted.officers)]
    connections.close_all()  # none is shared with the processes
    start, context = monotonic(), multiprocessing.get_context("fork")
    line, told = context.Barrier(len(officers)), context.SimpleQueue()

    def part(mine: list[int]) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whoever stops us stops these at once
        told.put(all_reach(take, pks, mine, line))

    parts = [officers[number :: wanted.processes] for number in range(wanted.processes)]
    processes = [context.Process(target=part, args=[mine], daemon=True) for mine in parts]
    for process in processes:
        process.start()
    answers = [one for _process in processes for one in told.get()]
    for process in processes:
        process.join()
    result = outcomes(answers)
    _print(take, result, cases, wanted.officers, monotonic() - start)
    _agree(take, pks)
    return result


def _print(take: Take, result: Counter[tuple[int, int]], cases: int, officers: int, seconds: float) -> None:
    print(f"{take.__name__}: {officers} officers at once, {cases} cases, {seconds:.0f} s")
    for (takers, refused), number in sorted(result.items()):
        print(f"  {number} cases with {takers} taker(s) and {refused} refusal(s) that say who has it")


def _agree(take: Take, pks: list[int]) -> None:
    """The database says the same: one owner, and one "take" in each history."""
    from cases.models import Case, Event

    if take is not politely:
        return
    owners = dict(Case.objects.filter(pk__in=pks).values_list("pk", "officer"))
    taken = Event.objects.filter(case__in=pks, kind="take").values_list("case", "officer")
    assert sorted(taken) == sorted(owners.items()), "owners and histories differ"


if __name__ == "__main__":
    sys.exit(main())
