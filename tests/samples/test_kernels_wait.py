"""A first start: kernels are compiled while the server plays. An event waits for those it needs, and everything else plays on."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from dsp import cache
from phonon_osc.osc.wire import encode_message
from tests.samples.live import serving

LATE_KIND = "krush"  # an effect of one step, whose kernels are missing here


@pytest.fixture
def holed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of kernels that lacks those of one effect."""
    whole, made = cache.cache_folder(), tmp_path / "kernels"
    made.mkdir(mode=0o700)
    for path in whole.glob("*.o"):
        if not path.name.startswith(f"{LATE_KIND}_"):
            shutil.copy(path, made / path.name)  # not a link: the folders may be on two file systems
    monkeypatch.setenv(cache.VARIABLE, str(made))
    return made


async def test_an_event_waits_for_its_kernel_while_others_play(holed: Path, tmp_path: Path) -> None:
    async with serving(tmp_path) as live:
        assert live.status()["kernels_left"] > 0
        live.play(s="bd", krush=3.0)
        live.play(s="bd")
        status = await live.until(lambda status: status["played"] == 1)
        assert status["kernels_left"] > 0, "the plain event did not wait for the other"
        status = await live.until(lambda status: status["played"] == 2, patience=60.0)
        assert status["failed_events"] == 0 and status["bugs"] == 0
        await live.until(lambda status: status["kernels_left"] == 0, patience=60.0)
        await asyncio.sleep(0.3)
    assert any(name.startswith(f"{LATE_KIND}_") for name in os.listdir(holed)), (
        "what was compiled is kept for the next start"
    )
    assert abs(live.sound()).max() > 0.05


async def test_an_event_whose_kernel_comes_too_late_is_dropped_and_named(
    holed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as live:
        live.play(lead=0.05, s="bd", krush=3.0)
        status = await live.until(lambda status: status["samples_not_ready"] == 1, patience=60.0)
        assert status["played"] == 0
        live.play(s="bd", krush=3.0)
        await live.until(lambda status: status["played"] == 1)
    assert "the kernel of krush was not ready" in caplog.text


async def test_a_node_that_needs_a_missing_kernel_is_refused_with_the_reason(holed: Path, tmp_path: Path) -> None:
    text = 'doc "A crushed sine."; out (krush (sine 440) 3)'
    async with serving(tmp_path) as live:
        live.send(encode_message("/def/new", "crushed", text))
        await live.until(lambda status: status["kernels_left"] == 0, patience=60.0)
        live.send(encode_message("/def/new", "crushed", text))
        live.send(encode_message("/node/new", "crushed", 7))
        await live.until(lambda status: status["nodes"] == 1)
        assert live.status()["bugs"] == 0
