"""Runs the sessions of the installed front ends. The summary says why others are left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phonon_osc.studio import Studio
from tests.clients.alone import bare_studio
from tests.clients.install import CLIENTS, Clients
from tests.clients.readme import write_sessions

SESSIONS = Path(__file__).with_name("sessions.py")
FIGURES = pytest.StashKey[list[dict[str, Any]]]()
ABSENT = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES], config.stash[ABSENT] = [], {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out clients that are not installed. The test of a required client fails instead and says what is missing."""
    sessions = {item: item.callspec.params["session"] for item in items if item.path == SESSIONS}  # type: ignore[attr-defined]
    if not sessions:
        return
    clients, left = Clients.found(), []
    for item, session in sessions.items():
        why = clients.why_not(session.client)
        if why and not CLIENTS[session.client].required:
            config.stash[ABSENT][session.client] = why
            left.append(item)
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = config.stash[FIGURES]
    if rows:
        keys = list(dict.fromkeys(key for row in rows for key in row))  # the row of a failed test has fewer keys
        table = [keys, *([str(row.get(key, "")) for key in keys] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        terminalreporter.section("front ends")
        for line in table:
            terminalreporter.write_line("  ".join(map(str.rjust, line, widths)))
    for name, why in config.stash[ABSENT].items():
        terminalreporter.write_line(f"left out: {name}: {why}")


@pytest.fixture(scope="session")
def clients() -> Clients:
    found = Clients.found()
    write_sessions(found.folder)
    return found


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    made = bare_studio()
    yield made
    made.close()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Collects the rows of the final table."""
    return request.config.stash[FIGURES]


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A JACK server and a sample folder of the test's own."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"phonon-osc-clients-{os.getpid()}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
