"""Memory for samples: how much by default, and pages that go back to the system as soon as a sample is dropped."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FRAME_BYTES = 8  # stereo float32, as every sample is kept
_SHARE = 4  # samples may take this part of what there is
_LEAST, _MOST = 64 << 20, 4 << 30
_CGROUP = Path("/sys/fs/cgroup")


def pages(frames: int) -> NDArray[np.float32]:
    """A zeroed (frames, 2) float32 array in a mapping of its own, ``frames`` >= 1.

    malloc would keep what is freed between two samples that stay; a mapping is gone with its array.
    """
    raw = mmap.mmap(-1, frames * FRAME_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def moved(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """A copy in pages of its own."""
    copy = pages(len(frames))
    copy[:] = frames
    return copy


def default_budget() -> int:
    """Bytes for samples if no option sets them: a quarter of this machine's memory, or of what its control group may use."""
    return min(max(available() // _SHARE, _LEAST), _MOST)


def available(cgroup: Path = _CGROUP, membership: Path = Path("/proc/self/cgroup")) -> int:
    """Bytes that this process could use at most: physical memory, or the limit of one of its control groups (version 2)."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = []
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    group = cgroup / own
    for folder in (group, *group.parents):
        if folder.is_relative_to(cgroup):
            try:
                limits.append(int((folder / "memory.max").read_text()))
            except (OSError, ValueError):  # no such file, or "max"
                continue
    return min(limits)
