"""Takes guards out of the code in memory, one at a time, and looks which test notices: `python -m tests.guards`.

A guard is whatever keeps somebody from something: a refusal, a gate before a query, a right that is asked for, who and
how a page lets in, a limit on trying, a row of the tables of rights. They are found in the code itself. Each is taken
away by letting its condition hold; every name that it reads is still read, so nothing else changes.
"""

import argparse
import ast
import gc
import importlib
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "tests" / "guards.txt"  # each guard and the test that notices when it is gone
ROOMS = (
    "cases/*.py",
    "cases/actions/*.py",
    "cases/views/*.py",
    "cases/forms/*.py",
    "channels/views.py",
    "sws/[!d]*.py",
)

# --- What a guard looks like ------------------------------------------------------------------------------

REFUSALS = {"NotAllowed", "Http404", "CannotBeMade", "PermissionDenied"}
# Called for nothing but to refuse.
NEEDS = {
    "check", "need", "need_a_phone", "need_the_other", "count_try", "_count", "_count_links", "_check", "_check_agency",
    "_must_manage", "_must_not_be_the_last",
}  # fmt: skip
# Asked, and answered with yes or no; what is taken away is the no.
RIGHTS_ASKED = {
    "may", "may_open", "may_see", "may_know_who", "can_be_given", "can_own", "can_answer", "at_home", "knows", "genuine",
    "has_second_step", "_still_sees", "_is_ready",
}  # fmt: skip
NO_RIGHT = {"_may_not_judge", "gave_the_answer"}  # the other way round: here yes refuses
NARROWS = {"of_the_house", "findable"}  # parts of a question to the database
GATES = ("cases/permissions.py", "cases/sharing.py", "cases/queries.py")  # every condition in them is one
Q = "__import__('django').db.models.Q()"  # asks nothing
WEAKEST = "me"  # the page that every officer may open


@dataclass(frozen=True)
class Guard:
    """`what` is its source; `key` names it however lines move. `table` and `decorator` ones are no expression."""

    file: str
    line: int
    function: str
    what: str
    kind: str
    node: Any = field(compare=False, default=None)
    instead: str = field(compare=False, default="")
    number: int = 0  # of several alike in one function

    @property
    def key(self) -> str:
        again = f" ({self.number + 1})" if self.number else ""
        return f"{self.file} {self.function}: {self.what}{again}"


@cache
def guards() -> tuple[Guard, ...]:
    files = [str(path.relative_to(ROOT)) for room in ROOMS for path in sorted(ROOT.glob(room))]
    return (
        *(one for file in files for one in _numbered(file, ast.parse((ROOT / file).read_text()))),
        *_rows_of_tables(),
    )


def _numbered(file: str, tree: ast.Module) -> Iterator[Guard]:
    seen: dict[tuple[str, str], int] = {}
    for guard in _Finder(file).of(tree):
        times = seen[guard.function, guard.what] = seen.get((guard.function, guard.what), -1) + 1
        yield replace(guard, number=times)


class _Finder(ast.NodeVisitor):
    """One file's guards, each with its function's qualified name, as code objects have it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.scopes: list[ast.AST] = []
        self.found: list[Guard] = []
        self.taken: set[int] = set()  # expressions that are (part of) one already

    def of(self, tree: ast.Module) -> list[Guard]:
        self.visit(tree)
        return self.found

    @property
    def function(self) -> str:
        names: list[str] = []
        for number, scope in enumerate(self.scopes, start=1):
            names += [getattr(scope, "name", "<lambda>")]
            names += ["<locals>"] if number < len(self.scopes) and not isinstance(scope, ast.ClassDef) else []
        return ".".join(names)

    def _add(self, node: ast.expr, kind: str, instead: str, what: str = "") -> None:
        runs_later = any(not isinstance(scope, ast.ClassDef) for scope in self.scopes)
        if runs_later and id(node) not in self.taken:
            self.taken |= {id(part) for part in ast.walk(node)}
            said = what or ast.unparse(node)
            self.found.append(Guard(self.file, node.lineno, self.function, said, kind, node, instead))

    def _within(self, node: Any, children: list[Any]) -> None:
        self.scopes.append(node)
        for child in children:
            self.visit(child)
        self.scopes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.scopes.append(node)
        for decorator in node.decorator_list:
            self._decorator(decorator)
        self.scopes.pop()
        self._within(node, node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._within(node, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._within(node, [node.body])

    def _decorator(self, node: ast.expr) -> None:
        said = ast.unparse(node)
        if said.startswith(("for_officers(", "require_")) and WEAKEST not in said.split("'"):
            self.found.append(Guard(self.file, node.lineno, self.function, f"@{said}", "decorator"))

    # Refusals: each alternative of the condition on its own.

    def visit_If(self, node: ast.If) -> None:
        if _refuses(node.body[-1], in_a_gate=self.file in GATES, wraps="<locals>" in self.function):
            either = isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or)
            for one in node.test.values if either else [node.test]:
                self._add(one, "refusal", "False", f"if {ast.unparse(one)}")
        elif self.file in GATES and any(_narrows(one) for one in node.body):
            self._add(node.test, "narrowing", "False", f"if {ast.unparse(node.test)}: …")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if _called(node.value) in NEEDS:
            self._add(node.value, "need", "None")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if self.file in GATES and node.value is not None:
            self._parts(node.value)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if self.file in GATES:
            self._parts(node.value)
            if _called(node.value) == "Q":
                self._add(node.value, "condition", Q)
        self.generic_visit(node)

    def _parts(self, node: ast.expr) -> None:
        """a and b; p & q: each on its own."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            for one in node.values:
                self._add(one, "condition", "True")
        elif isinstance(node, ast.Call) and _called(node) == "filter":
            for one in node.args:
                if isinstance(one, ast.BinOp) and isinstance(one.op, ast.BitAnd):
                    for side in (one.left, one.right):
                        self._add(side, "condition", Q)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if name == "visible_to" and isinstance(node.func, ast.Attribute):
            self._add(node, "gate", f"{ast.unparse(node.func.value)}.all()")
        elif name == "locked" and len(node.args) > 1:
            self._add(node, "need", f"locked({ast.unparse(node.args[0])})")
        elif name in RIGHTS_ASKED:
            self._add(node, "right", "True")
        elif name in NO_RIGHT:
            self._add(node, "right", "False")
        elif name in NARROWS:
            self._add(node, "gate", Q)
        elif name == "Sight":
            self._in_sql(node)
        self.generic_visit(node)
        if name in ("filter", "exclude") and self.file == "cases/sharing.py" and isinstance(node.func, ast.Attribute):
            self.taken.discard(id(node))
            self._add(
                node,
                "gate",
                ast.unparse(node.func.value),
                f".{name}({', '.join(map(ast.unparse, [*node.args, *node.keywords]))})",
            )

    def _in_sql(self, node: ast.Call) -> None:
        """The gate once more, for lists that read slips."""
        for side in node.keywords:
            match side.value:
                case ast.BinOp(left=ast.IfExp(orelse=wide) as agency, op=ast.Add(), right=ast.Name() as clause):
                    self._add(agency, "condition", ast.unparse(wide))
                    self._add(clause, "condition", f"type({clause.id})('')")
                case ast.IfExp() as places:
                    self._add(places, "condition", "None")


def _narrows(node: ast.stmt) -> bool:
    return isinstance(node, ast.AugAssign) and not isinstance(node.op, ast.BitOr)


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _refuses(last: ast.stmt, *, in_a_gate: bool, wraps: bool) -> bool:
    match last:
        case ast.Raise(exc=ast.Call() | ast.Name() as error):
            return (_called(error) or getattr(error, "id", "")) in REFUSALS
        case ast.Return(value=ast.Call() as answer):
            shut = any(word.arg == "status" and ast.unparse(word.value) == "403" for word in answer.keywords)
            led_away = wraps and _called(answer) == "redirect"
            return shut or led_away or (in_a_gate and _called(answer) in ("none", "frozenset"))
        case ast.Return(value=ast.Constant(value=None | False)):
            return in_a_gate
    return False


# --- Rows of the tables -----------------------------------------------------------------------------------

TABLES = {"PAGES": "cases.permissions", "RIGHTS": "cases.permissions", "MAY_READ": "cases.models.people"}


def _rows_of_tables() -> Iterator[Guard]:
    """Each row let wide open: a page to all roles, a relation to all steps, a role to all kinds of matters."""
    from cases.models.people import MAY_READ
    from cases.pack import Sensitivity
    from cases.permissions import PAGES, RIGHTS, Relation

    people, permissions = "cases/models/people.py", "cases/permissions.py"
    for page in PAGES:
        if page != WEAKEST:
            yield Guard(permissions, 0, "PAGES", page, "table")
    for role in RIGHTS:
        for relation in Relation:
            yield Guard(permissions, 0, "RIGHTS", f"{role.value} {relation.value}", "table")
    for role, kinds in MAY_READ.items():
        if kinds != frozenset(Sensitivity):  # there is nothing to take away from who may read all
            yield Guard(people, 0, "MAY_READ", role.value, "table")


def _wide_open(guard: Guard) -> Any:
    from cases.lifecycle import STEPS
    from cases.models import Role
    from cases.pack import Sensitivity

    table = getattr(importlib.import_module(TABLES[guard.function]), guard.function)
    if guard.function == "PAGES":
        return table | {guard.what: frozenset(Role)}
    if guard.function == "MAY_READ":
        return table | {Role(guard.what): frozenset(Sensitivity)}
    role, relation = guard.what.split()
    return table | {Role(role): table[Role(role)] | {relation: frozenset(STEPS)}}


# --- Taking one away --------------------------------------------------------------------------------------


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    live_functions()
    way = {"table": _another_table, "decorator": _another_cell}.get(guard.kind, _another_code)
    with way(guard):
        yield


@contextmanager
def _another_table(guard: Guard) -> Iterator[None]:
    """Whoever holds the table already, as the tests do, keeps the true one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{TABLES[guard.function]}.{guard.function}", _wide_open(guard))
        yield


@contextmanager
def _another_cell(guard: Guard) -> Iterator[None]:
    """What the decorator was told stands in its closure: another page, other methods."""
    page = guard.what.startswith("@for_officers")
    name, instead = ("page_name", WEAKEST) if page else ("request_method_list", ["GET", "POST", "PUT", "DELETE"])
    cells = [
        dict(zip(one.__code__.co_freevars, one.__closure__, strict=True))[name]
        for one in live_functions()
        if name in one.__code__.co_freevars and one.__closure__ and (guard.file, guard.function) in _places(one)
    ]
    assert cells, f"{guard.key}: nothing is decorated like this"
    before = [cell.cell_contents for cell in cells]
    for cell in cells:
        cell.cell_contents = instead
    try:
        yield
    finally:
        for cell, contents in zip(cells, before, strict=True):
            cell.cell_contents = contents


@contextmanager
def _another_code(guard: Guard) -> Iterator[None]:
    codes = {_name(code): code for code in _changed(guard)}
    mine = [one for one in live_functions() if _name(one.__code__) in codes]
    assert mine, f"{guard.key}: no living function holds it"
    before = [one.__code__ for one in mine]
    for one in mine:
        one.__code__ = codes[_name(one.__code__)]
    try:
        yield
    finally:
        for one, code in zip(mine, before, strict=True):
            one.__code__ = code


def _changed(guard: Guard) -> list[CodeType]:
    """The code objects that differ once the guard is gone."""
    tree = ast.parse((ROOT / guard.file).read_text())
    node = next(one.node for one in _numbered(guard.file, tree) if one.key == guard.key)
    gone = ast.IfExp(ast.Constant(True), ast.parse(guard.instead, mode="eval").body, node)
    tree = ast.fix_missing_locations(ast.copy_location(_Swap(node, gone).visit(tree), node))
    path = str(ROOT / guard.file)
    old = {_name(code): code for code in _all_codes(compile((ROOT / guard.file).read_text(), path, "exec"))}
    return [code for code in _all_codes(compile(tree, path, "exec")) if old.get(_name(code)) != code]


class _Swap(ast.NodeTransformer):
    def __init__(self, node: ast.AST, instead: ast.AST) -> None:
        self.node, self.instead = node, instead

    def visit(self, node: ast.AST) -> Any:
        return ast.copy_location(self.instead, node) if node is self.node else self.generic_visit(node)


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _all_codes(inner)


def _name(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _place(function: Any) -> tuple[str, str]:
    code = getattr(function, "__code__", None)
    file = code.co_filename.removeprefix(f"{ROOT}/") if code else ""
    return file, code.co_qualname if code else ""


def _places(function: Any) -> list[tuple[str, str]]:
    """Of itself, and of all that it wraps."""
    places = [_place(function)]
    while function := getattr(function, "__wrapped__", None):
        places.append(_place(function))
    return places


@cache
def live_functions() -> list[FunctionType]:
    """Every function of the project there is, and what decorates one; what is made later is made with all guards."""
    for file in {guard.file for guard in guards()}:
        importlib.import_module(file.removesuffix(".py").replace("/", "."))
    assert get_resolver().url_patterns  # and every view
    gc.unfreeze()  # a run of tests lays what it has loaded aside, where it is not found
    found = [
        one
        for one in gc.get_objects()
        if type(one) is FunctionType  # a lazy object in the heap would wake up if it were asked for its class
        and any(file.startswith(("cases/", "channels/", "sws/")) for file, _function in _places(one))
    ]
    gc.freeze()
    return found


# --- Who notices ------------------------------------------------------------------------------------------

# Files of tests that hold nothing against a guard, or take too long to be asked about each.
APART = {
    "bench", "crypto", "deadlines", "demo", "door", "embedded", "figures", "figures_of_lives", "guards", "house_rules", "lives",
    "memory", "proxy", "quickstart", "race", "settings", "translations", "worklist",
}  # fmt: skip
NEVER = {"page", "browser", "living_country", "transactional_db"}  # too slow to be asked of every guard
WANTED = 0.95  # of the guards that are taken away
SECONDS, MOST = 90.0, 60  # and tests, for one guard


TELLING = re.compile("not|nobody|no_|never|only|hid|see|refuse|without|neither|else")  # such tests are likely to notice


class Hunt:
    """A plugin that runs the tests it needs, in its own order, and remembers which test notices which guard."""

    def __init__(self, *, files: Sequence[str] = (), called: str = "", every: int = 1, check: bool = False) -> None:
        self.files, self.called, self.every, self.only_check = files, called, every, check
        self.enough = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._ready(session.items)
        chosen = [guard for guard in guards() if self.called in guard.key]
        chosen, lost = self._check(chosen) if self.only_check else (chosen, self._hunt(chosen))
        self.enough = report(chosen, lost)
        return True

    def _ready(self, items: Iterable[pytest.Item]) -> None:
        self.items = {item.nodeid: item for item in items if not NEVER & set(getattr(item, "fixturenames", ()))}
        self.known = read_record()

    # --- Only what is on record: each test once as things are, then without each of its guards ----------------

    def check_instead_of(self, test: pytest.Item) -> tuple[list[Guard], list[Guard]]:
        """Out of a test that is running. It is torn down for the first of those that take its place."""
        assert test.parent
        files = [pytest.Module.from_parent(test.parent.parent, path=ROOT / file) for file in self.files]
        self._ready(item for file in files for item in test.session.genitems(file))
        return self._check(guards())

    def _check(self, found: Sequence[Guard]) -> tuple[list[Guard], list[Guard]]:
        chosen = [guard for guard in found if self._asks(self.known.get(guard.key, ""))][:: self.every]
        by_test: dict[str, list[Guard]] = {}
        for guard in chosen:
            by_test.setdefault(self.known[guard.key], []).append(guard)
        lost = []
        for test, theirs in sorted(by_test.items()):
            fair = test in self.items and self._passes(test)
            missed = [guard for guard in theirs if fair and not self._passes_without(guard, test)]
            fair = fair and self._passes(test)  # with all guards it stands, again and again
            lost += [guard for guard in theirs if not fair or guard not in missed]
        return chosen, lost

    def _asks(self, test: str) -> bool:
        file = test.partition("::")[0]
        return file in self.files if self.files else bool(file)

    # --- All: in which tests does it keep somebody from something, and which of them notices? ----------------

    def _hunt(self, found: Sequence[Guard]) -> list[Guard]:
        took, fires = self._look_on(found)
        record, lost = {}, []
        for number, guard in enumerate(found):
            test = self.known.get(guard.key) or self._who_notices(guard, took, fires)
            record[guard.key] = test
            lost += [] if test else [guard]
            write_record(self.known | record)  # each at once: it takes long, and may be stopped
            print(
                f"{number + 1}/{len(found)} {guard.file}:{guard.line} {guard.what[:60]}: {test or 'NOBODY'}", flush=True
            )
        there = {guard.key for guard in guards()}  # what is in the code no more is forgotten
        write_record({key: test for key, test in (self.known | record).items() if key in there})
        return lost

    def _look_on(self, found: Sequence[Guard]) -> tuple[dict[str, float], dict[str, list[str]]]:
        took: dict[str, float] = {}
        fires: dict[str, list[str]] = {}
        fired: set[str] = set()
        with watched(found, fired):
            for test in self.items:
                fired.clear()
                began = time.monotonic()
                if self._passes(test):
                    took[test] = time.monotonic() - began
                    for key in fired:
                        fires.setdefault(key, []).append(test)
        print(f"{len(took)} of {len(self.items)} tests look on", flush=True)
        return took, fires

    def _who_notices(self, guard: Guard, took: dict[str, float], fires: dict[str, list[str]]) -> str:
        before = self.known.get(guard.key, "")
        theirs = [test for test in [before, *walked(guard, took)] if test in took]
        theirs += sorted(
            fires.get(guard.key, []),
            key=lambda test: ("_authorisation" in test, guard.kind == "gate" and not TELLING.search(test), took[test]),
        )
        until = time.monotonic() + SECONDS
        for test in theirs[:MOST]:
            if time.monotonic() > until:
                break
            self._settle(test)
            noticed = not self._passes_without(guard, test)
            if noticed and self._passes(test):  # with the guard it stands, again and again
                return test
        return ""

    # --- One test -------------------------------------------------------------------------------------------

    def _settle(self, test: str) -> None:
        """What stands for a whole file is set while the guards are there: else the scene itself would differ."""
        item = self.items[test]
        if "stage" in item.fixturenames and item.parent not in item.session._setupstate.stack:
            self._passes(test)

    def _passes_without(self, guard: Guard, test: str) -> bool:
        with without(guard):
            return self._passes(test)

    def _passes(self, test: str) -> bool:
        item = self.items[test]
        item.session._setupstate.teardown_exact(item)  # of another file; what this one shares stays
        reports = runtestprotocol(item, nextitem=item.parent, log=False)
        return all(report.passed for report in reports)


# Tests that hold each row of a table to what it is, and what else may; those first.
OF_TABLES = re.compile("test_(each_relation|were_matters|the_table)")


def walked(guard: Guard, tests: Iterable[str]) -> list[str]:
    """The tests that walk along a decorated view, or a row of a table."""
    from tests.doors import OFFICERS, patterns

    if guard.function == "PAGES":
        theirs = [address for address, door in OFFICERS.items() if door.page == guard.what]
    elif guard.kind == "decorator" or guard.file.startswith("cases/views/"):
        theirs = [
            address for address, pattern in patterns() if (guard.file, guard.function) in _places(pattern.callback)
        ]
    elif guard.kind == "table":
        theirs = [test for test in tests if OF_TABLES.search(test) or "test_visibility" in test]
        return sorted(theirs, key=lambda test: not OF_TABLES.search(test))
    else:
        return []
    ends = tuple(f"[{address}]" for address in theirs)
    return (
        [test for test in tests if test.startswith("tests/test_authorisation") and test.endswith(ends)] if ends else []
    )


@contextmanager
def watched(found: Sequence[Guard], fired: set[str]) -> Iterator[None]:
    """Each guard says when it keeps somebody from something: a test in which it never does cannot miss it."""
    import builtins

    def fired_at(key: str, value: Any, harmless: Any = None) -> Any:
        if harmless is None or bool(value) != harmless:
            fired.add(key)
        return value

    swapped: list[tuple[FunctionType, CodeType]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "__fired__", fired_at, raising=False)
        for file in {guard.file for guard in found if guard.node}:
            codes = {_name(code): code for code in _all_codes(_saying(file))}
            for one in live_functions():
                if _name(one.__code__) in codes:
                    swapped.append((one, one.__code__))
                    one.__code__ = codes[_name(one.__code__)]
        try:
            yield
        finally:
            for one, code in swapped:
                one.__code__ = code


def _saying(file: str) -> CodeType:
    tree = ast.parse((ROOT / file).read_text())
    says = {id(guard.node): guard for guard in _numbered(file, tree) if guard.node}
    return compile(ast.fix_missing_locations(_Says(says).visit(tree)), str(ROOT / file), "exec")


class _Says(ast.NodeTransformer):
    def __init__(self, says: dict[int, Guard]) -> None:
        self.says = says

    def visit(self, node: ast.AST) -> Any:
        guard = self.says.get(id(node))
        raising = [self.says[id(part)] for part in ast.walk(node) if id(part) in self.says] if _is_simple(node) else []
        new = self.generic_visit(node)
        if guard and guard.kind != "need":
            harmless = {"True": ", True", "False": ", False"}.get(guard.instead, "")
            call: Any = ast.parse(f"__fired__({guard.key!r}, 0{harmless})", mode="eval").body
            call.args[1] = new
            return ast.copy_location(call, node)
        for guard in raising:
            if guard.kind == "need":
                whole: Any = ast.parse(f"try: pass\nexcept BaseException: __fired__({guard.key!r}, 0); raise").body[0]
                whole.body = [new]
                new = ast.copy_location(whole, node)
        return new


def _is_simple(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr | ast.Assign | ast.Return)


# --- What is on record ------------------------------------------------------------------------------------


def read_record() -> dict[str, str]:
    lines = RECORD.read_text().splitlines() if RECORD.exists() else []
    return dict(line.split("\t") for line in lines if line)


def write_record(record: dict[str, str]) -> None:
    RECORD.write_text("".join(f"{key}\t{test}\n" for key, test in sorted(record.items()) if test))


def report(chosen: list[Guard], lost: list[Guard]) -> bool:
    noticed = len(chosen) - len(lost)
    for guard in lost:
        print(f"nobody noticed: {guard.file}:{guard.line} {guard.function}: {guard.what}")
    print(f"\n{len(chosen)} guards taken away one by one, {noticed} noticed ({noticed / len(chosen):.1%})")
    return noticed >= WANTED * len(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only whether the tests on record notice")
    parser.add_argument("--guard", default="", help="only those in whose name this is: cases/views/letter.py")
    parser.add_argument("--every", type=int, default=1, help="with --check: only each so-many-th guard")
    parser.add_argument("tests", nargs="*", help="ask only these files of tests")
    wanted = parser.parse_args()
    hunt = Hunt(files=wanted.tests, called=wanted.guard, every=wanted.every, check=wanted.check)
    files = [str(path) for path in sorted(ROOT.glob("tests/test_*.py")) if path.stem.removeprefix("test_") not in APART]
    if wanted.tests:
        files = wanted.tests
    elif wanted.check:
        files = sorted({str(ROOT / test.partition("::")[0]) for test in read_record().values()})
    said = pytest.main(
        ["-q", "-p", "no:cacheprovider", "--no-header", "--show-capture=no", "--tb=native", *files], plugins=[hunt]
    )
    return int(said) or not hunt.enough


if __name__ == "__main__":
    sys.exit(main())
