"""What is loaded at the start, not at its first event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.samples.live import Live, serving

Write = Callable[..., Path]


@pytest.fixture
def three(root: Path, write: Write) -> Path:
    for name in ("mine", "yours", "theirs"):
        for k in range(4):
            write(f"{name}/{k}.wav", np.full(12_000, 0.1 * k, np.float32))
    return root


def files(live: Live) -> int:
    """Files in memory."""
    return sum(sound.entry.path is not None for sound in live.studio.library.store.sounds())


async def test_nothing_by_default(tmp_path: Path, three: Path) -> None:
    async with serving(tmp_path, three) as live:
        await asyncio.sleep(0.5)
        assert files(live) == 0


async def test_names(tmp_path: Path, three: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(tmp_path, three, preload=("mine", "theirs", "nobody's")) as live:
        await live.until(lambda _: files(live) == 8)
        await asyncio.sleep(0.2)
        assert files(live) == 8
        live.play(0.1, s="theirs", n=3.0)
        status = await live.until(lambda status: status["started"] == 1)
        assert status["samples_late"] == 0 and status["sample_bytes"] == live.status()["sample_bytes"]
    assert 'no sound is named "nobody\'s"' in caplog.text


async def test_all_as_far_as_memory_reaches(tmp_path: Path, three: Path) -> None:
    async with serving(tmp_path, three, preload=("all",), sample_memory=1_000_000) as live:
        status = live.status()
        assert status["sample_bytes"] < 1_000_000 + 5_000_000
        live.play(None, s="mine")
        status = await live.until(lambda status: status["started"] == 1)
        assert status["sample_bytes"] <= 1_000_000, "the first one played brings it back within its budget"
