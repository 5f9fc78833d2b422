"""Every test stands on a real PostgreSQL with Zambia in it; some on a whole living country besides."""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from xdist.scheduler import LoadFileScheduling

from sws import quickstart
from sws.processes import Child
from sws.stack import with_room
from tests import ground

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # as the Makefile looks for it
LIVING = 8  # so much further on in Valkey is the corner of a process's living country


# --- Before Django reads its settings -----------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The first process starts the servers; those xdist starts find them in their environment."""
    if hasattr(config, "workerinput") or config.option.help or config.option.version:
        return
    os.environ |= {"MODE": "test", "DJANGO_SETTINGS_MODULE": "sws.settings"}
    ground.work_in_memory()
    if not config.option.collectonly:
        ends = ExitStack()
        config.add_cleanup(ends.close)
        template = ground.template_name()
        server, valkey = ends.enter_context(ground.servers(template))
        os.environ |= {"TEST_SERVER": server, "TEST_TEMPLATE": template}
        os.environ |= own_servers(server, valkey, number=0)
    from django.conf import settings

    assert settings.DATABASES, "pytest-django goes on from here, but only when settings are loaded"
    from sws import words

    words.compile_all()  # a fresh checkout has none, and every language would be English


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in which servers start take longest and begin first: at the end nobody waits for them."""
    servers = {"living_country", "port"}
    long = {item.path for item in items if servers & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for waste, time and again, took a sixth of the run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest does it, with the room that a web server gives a page (sws/stack.py): a sixth of the run."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with_room(runtestprotocol)(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    for number, spec in enumerate(specs, start=1):
        spec.env |= own_servers(os.environ["TEST_SERVER"], os.environ["REDIS_URL"], number=number)


class Scheduling(LoadFileScheduling):
    """Each file to one process. Those that visit a living country to two of them: each starts servers of its own."""

    visitors = [
        f"tests/{file.name}"
        for file in sorted(ground.ROOT.glob("tests/test_*.py"))
        if "living_country" in file.read_text()
    ]

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return f"house {self.visitors.index(file) % 2}" if file in self.visitors else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def own_servers(server: str, valkey: str, *, number: int) -> dict[str, str]:
    """Each process of a run has a database and a corner of Valkey to itself."""
    return {
        "DATABASE_URL": ground.at(server, f"test_{os.getpid()}_{number}"),
        "REDIS_URL": f"{valkey.partition('?')[0]}?db={number}",
    }


# --- The database -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template. A test that commits gets another one after it: a flush would take Zambia too."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        fresh_database()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: fresh_database())
        yield
        leave_database()


def fresh_database() -> None:
    from django.db import connection

    connection.close()
    ground.clone(os.environ["TEST_SERVER"], os.environ["TEST_TEMPLATE"], str(connection.settings_dict["NAME"]))


def leave_database() -> None:
    from django.db import connection

    connection.close()
    ground.drop(os.environ["TEST_SERVER"], str(connection.settings_dict["NAME"]))


@pytest.fixture(scope="session", autouse=True)
def plain_templates(django_test_environment: None) -> Iterator[None]:
    """They are rendered as for a visitor. The record Django keeps of each is read by nobody here, and takes time."""
    from django.template import Template
    from django.test.utils import _TestState

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _TestState.saved_data.template_render)
        yield


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The public site of Zambia, built once for a file of tests; each of them undoes what it changed."""
    from django.db import transaction

    from cms.site import build_site

    with django_db_blocker.unblock(), transaction.atomic():
        yield build_site()
        transaction.set_rollback(True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the account of the database servers can walk through, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="sws-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


# --- A living country and the browser to visit it with ------------------------------------------------


@pytest.fixture(scope="session")
def living_servers(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """(address, name of their database): the real web server and worker, started once for all files that visit them."""
    from django.db import connection

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = f"{connection.settings_dict['NAME']}_living"
    logs = tmp_path_factory.mktemp("living")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", name)
        patch.setenv("DATABASE_URL", ground.at(os.environ["TEST_SERVER"], name))
        patch.setenv("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}")
        bell, _, number = os.environ["REDIS_URL"].rpartition("=")
        patch.setenv("REDIS_URL", f"{bell}={int(number) + LIVING}")  # this worker takes no job of another test
        patch.setenv("RETENTION_DAYS", "730")  # without a period nobody could agree to erase what is over its time
        with django_db_blocker.unblock():
            fresh_database()
        running: list[Child] = [quickstart.worker(logs), quickstart.web_server(logs, port)]
        for child in running:
            child.start()
    try:
        quickstart.await_first_page(running[-1], port)
        yield f"http://127.0.0.1:{port}", name
    finally:
        for child in reversed(running):
            child.stop()
        ground.drop(os.environ["TEST_SERVER"], name)


@pytest.fixture(scope="module")
def living_country(living_servers: tuple[str, str], django_db_blocker: Any) -> Iterator[str]:
    """The address of the real web server, on a fresh database that this module's tests write to as well.

    Such tests do not ask for `db`: what they write is committed, so that the servers see it.
    """
    from django.db import connection

    address, name = living_servers
    connection.close()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", name)
        patch.setenv("DATABASE_URL", ground.at(os.environ["TEST_SERVER"], name))
        fresh_database()
        yield address
        connection.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, f"These tests drive Chromium and found none: apt-get install {CHROMIUM[0]}"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; our queries beside it are not asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "on")
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A new visitor's page, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
