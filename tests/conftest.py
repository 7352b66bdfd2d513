"""Skips tests whose program is not installed. In CI a skipped test counts as failed."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

STRICT = bool(os.environ.get("CI") or os.environ.get("PHONON_OSC_CI"))
PACKAGES = {
    "jackd": "jackd2",
    "oscsend": "liblo-tools",
    "scsynth": "supercollider-server",
}  # program: its Debian package


# If pytest was started with nohup or &, it ignores Ctrl-C, and so would the programs that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """``@pytest.mark.needs(program)``: skip the test if the program is not installed."""
    for mark in item.iter_markers("needs"):
        (program,) = mark.args
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: apt install {PACKAGES[program]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    report: pytest.TestReport = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and in CI nothing may be: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> object:
    """Report a module as failed that skips itself while it is collected (importorskip)."""
    report: pytest.CollectReport = yield
    if STRICT and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and in CI nothing may be: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
