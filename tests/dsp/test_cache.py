"""The cache of compiled kernels: files that another user can have written are not run. The log says what to do."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dsp import cache
from dsp.load import Job, gather, kind_job

STRANGER = 4242  # a user id that nobody has


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``path`` belong to another user. Root can; for anybody else the test changes its own user id instead."""
    if os.geteuid() == 0:
        os.chown(path, STRANGER, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER)


@pytest.fixture
def job() -> Job:
    return kind_job("value", 4)


@pytest.fixture
def genuine(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The kernel's code, compiled into the test's own cache folder."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return gather([job])[job.unit.symbol]


@pytest.fixture
def planted(job: Job, genuine: bytes, tmp_path: Path) -> Path:
    """The kernel's file, complete and valid, but with the code of another kernel."""
    other = kind_job("add", 4)
    code = gather([other])[other.unit.symbol]
    file = tmp_path / "cache" / job.unit.filename
    file.write_bytes(code + hashlib.sha256(code).digest())
    assert gather([job])[job.unit.symbol] == code != genuine, "a file of our own is run"
    return file


def test_a_file_that_others_may_write_is_not_run(
    job: Job, genuine: bytes, planted: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for mode in (0o620, 0o602):
        planted.chmod(mode)
        assert gather([job])[job.unit.symbol] == genuine
        assert planted.stat().st_mode & 0o777 == 0o600, "our own code replaced it"
    assert caplog.text.count("other users may write to it (mode 0620)") == 1


def test_a_file_of_another_user_is_not_run(
    job: Job, genuine: bytes, planted: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    give_away(planted, monkeypatch)
    owner = planted.stat().st_uid
    assert gather([job])[job.unit.symbol] == genuine
    assert f"belongs to another user (uid {owner})" in caplog.text


@pytest.mark.parametrize("how", ["writable by others", "another user's"])
def test_a_folder_that_cannot_be_trusted_is_neither_read_nor_written(
    how: str, job: Job, genuine: bytes, planted: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = planted.parent
    before = contents(folder)
    if how == "writable by others":
        folder.chmod(0o777)
    else:
        give_away(folder, monkeypatch)
    for _ in range(2):
        assert gather([job])[job.unit.symbol] == genuine
    assert contents(folder) == before
    (message,) = [r.getMessage() for r in caplog.records if "is not used" in r.getMessage()]
    assert (
        str(folder) in message
        and "compiled in memory" in message
        and "chmod go-w" in message
        and cache.VARIABLE in message
    )


def test_a_folder_that_cannot_be_made_is_named_once(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    assert gather([job, kind_job("add", 4)])
    (message,) = [r.getMessage() for r in caplog.records if "cannot be written" in r.getMessage()]
    assert cache.VARIABLE in message
