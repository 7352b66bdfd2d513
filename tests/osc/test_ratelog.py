"""Log lines about untrusted input: few, printable, and none forgotten."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest

from phonon_osc.ratelog import RateLimited, printable

logger = logging.getLogger("test.ratelog")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> RateLimited:
    return RateLimited(logger, per_second=5, clock=clock)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == logger.name]


def held_back(caplog: pytest.LogCaptureFixture) -> int:
    reports = [line for line in lines(caplog) if line.startswith("held back")]
    return sum(int(count) for line in reports for count in re.findall(r"(\d+) x '", line))


def test_five_lines_a_second_and_the_rest_counted(
    caplog: pytest.LogCaptureFixture, log: RateLimited, clock: Clock
) -> None:
    for turn in range(1000):
        log.warn("malformed", "malformed packet %d", turn)
    assert lines(caplog) == [f"malformed packet {turn}" for turn in range(5)]
    clock.now += 1.0
    log.warn("malformed", "malformed packet %d", 1000)
    assert lines(caplog)[5:] == [
        "held back in the last second: 995 x 'malformed packet %d'",
        "malformed packet 1000",
    ]
    log.flush()
    assert len(lines(caplog)) == 7


def test_one_key_does_not_silence_another(caplog: pytest.LogCaptureFixture, log: RateLimited) -> None:
    for _ in range(100):
        log.warn("malformed", "malformed packet")
    log.warn("sound", "no sound %s", "superfoo")
    assert lines(caplog)[-1] == "no sound superfoo"


def test_made_up_keys_are_bounded_in_lines_and_memory(
    caplog: pytest.LogCaptureFixture, log: RateLimited, clock: Clock
) -> None:
    for second in range(3):
        clock.now = 200.0 + second
        for turn in range(2000):
            log.warn(f"sound {turn}", "no sound %d", turn)
    log.flush()
    assert len([line for line in lines(caplog) if line.startswith("no sound")]) == 3 * 20
    assert held_back(caplog) <= 3 * (2000 - 20)
    assert all(len(line) <= 600 for line in lines(caplog))
    assert len(log._shares) <= 257


def test_lines_are_one_line_of_printable_ascii(caplog: pytest.LogCaptureFixture, log: RateLimited) -> None:
    log.warn("sound", "no sound %s", "\x1b[2Jé🥁\r\nWARNING forged \ud800\0")
    log.warn("bytes", "packet %s", printable(b"\xff\0ab\n"))
    log.warn("long", "address %s", "x" * 65_000)
    first, second, third = lines(caplog)
    assert first == r"no sound \x1b[2J\xe9\U0001f941\r\nWARNING forged \ud800\x00"
    assert second == r"packet \xff\x00ab\n"
    assert len(third) == 503


def test_arguments_that_do_not_fit_do_not_raise(caplog: pytest.LogCaptureFixture, log: RateLimited) -> None:
    class Hostile:
        def __repr__(self) -> str:
            raise ValueError

    log.warn("number", "%d things", "three")
    log.warn("repr", "got %r", Hostile())
    log.warn("percent", "100% as it stands")
    assert lines(caplog) == [
        "%d things (arguments do not fit)",
        "got %r (arguments do not fit)",
        "100% as it stands",
    ]


async def test_the_loop_reports_a_burst_that_nothing_follows(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phonon_osc.ratelog._WINDOW_S", 0.05)
    log = RateLimited(logger)
    for _ in range(12):
        log.warn("malformed", "malformed packet")
    await asyncio.sleep(0.2)
    assert held_back(caplog) == 7
