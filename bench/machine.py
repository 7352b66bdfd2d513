"""What the results depend on, and what the system says of a process: CPU time, memory, the machine. Linux only."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import signal
from pathlib import Path

QUIET = 0.5  # load average up to which a machine counts as quiet


def stop_cleanly() -> None:
    """SIGTERM ends this program as Ctrl-C does: what it has started is stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pin(core: int | None) -> int:
    """Keep this process, and all it starts, on one core (the last it may use, unless told); the core."""
    chosen = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {chosen})
    return chosen


def load() -> float:
    """Load average of the last minute."""
    return os.getloadavg()[0]


def noise() -> str:
    """How quiet the machine is, in words."""
    now = load()
    return f"load {now:.2f}: {'quiet' if now <= QUIET else 'NOISY, something else is computing'}"


def describe() -> str:
    """CPU, cores, interpreter and compiler."""
    models = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    model = models[0] if models else platform.machine()
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numba", "llvmlite", "numpy"))
    return f"{model}, {os.cpu_count()} cores; python {platform.python_version()} {versions}"


def cpu_of_threads(pid: int) -> dict[str, float]:
    """CPU seconds so far of each living thread, by "name tid"."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        found[f"{name} {task.name}"] = int((task / "schedstat").read_text().split()[0]) * 1e-9
    return found


def memory(pid: int) -> dict[str, float]:
    """Memory of a process in MB (10^6 bytes).

    rss: resident. own: resident without shared memory, of which a JACK server lends about 100 MB to each client.
    pss: what several processes map counted in proportion.
    """
    status = _kilobytes(Path(f"/proc/{pid}/status"))
    rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
    found = {"rss": status["VmRSS"], "own": status["RssAnon"] + status["RssFile"], "pss": rollup["Pss"]}
    return {name: kilobytes * 1024e-6 for name, kilobytes in found.items()}


def _kilobytes(path: Path) -> dict[str, int]:
    return {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", path.read_text(), re.MULTILINE)}
