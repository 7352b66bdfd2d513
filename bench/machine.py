"""Figures of the machine and of processes: CPU time, memory, how busy the machine is. Linux only."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import signal
import time
from pathlib import Path

QUIET = 10.0  # percent of a core: a machine with less in use counts as quiet


def stop_cleanly() -> None:
    """Let SIGTERM end this program like Ctrl-C, so that the processes it has started are stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pin(core: int | None) -> int:
    """Keep this process and its children on one core (by default the last that it may use). Returns the core."""
    chosen = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {chosen})
    return chosen


def others() -> float:
    """Percent of a core that all processes use, measured for one second."""
    before, began = _busy(), time.monotonic()
    time.sleep(1.0)
    return 100.0 * (_busy() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)


def _busy() -> int:
    """Ticks in which cores were not idle, including those taken by the hypervisor."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return user + nice + system + irq + softirq + steal


def noise(used: float) -> str:
    """A line that says how quiet the machine is."""
    return f"others use {used:.0f} % of a core{'' if used <= QUIET else ': NOISY, measure again when it is quiet'}"


def describe() -> str:
    """CPU, cores, interpreter and compiler."""
    models = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    model = models[0] if models else platform.machine()
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numba", "llvmlite", "numpy"))
    return f"{model}, {os.cpu_count()} cores; python {platform.python_version()} {versions}"


def cpu_of_threads(pid: int) -> dict[str, float]:
    """CPU time so far of each living thread in seconds, by "name tid"."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        found[f"{name} {task.name}"] = int((task / "schedstat").read_text().split()[0]) * 1e-9
    return found


def memory(pid: int) -> dict[str, float]:
    """Memory of a process in MB (10^6 bytes).

    rss: resident. own: resident without shared memory; a JACK server maps about 100 MB of that into each client.
    pss: resident, with shared pages divided among the processes that map them.
    """
    status = _kilobytes(Path(f"/proc/{pid}/status"))
    rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
    found = {"rss": status["VmRSS"], "own": status["RssAnon"] + status["RssFile"], "pss": rollup["Pss"]}
    return {name: kilobytes * 1024e-6 for name, kilobytes in found.items()}


def _kilobytes(path: Path) -> dict[str, int]:
    return {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", path.read_text(), re.MULTILINE)}
