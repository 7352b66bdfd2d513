"""Finds the process that uses a UDP port, for the message "port in use"."""

from __future__ import annotations

import os
from pathlib import Path

from phonon_osc.ratelog import printable

_PROC = Path("/proc")
_TABLES = ("net/udp", "net/udp6")
_LOCAL_ADDRESS, _INODE = 1, 9  # columns of these tables, proc(5)


def port_owner(port: int) -> str | None:
    """The process, such as ``"pid 812 (scsynth -u 57110)"``; None if the system does not tell (no /proc, another user's process)."""
    links = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not links:
        return None
    for process in _processes():
        if not links.isdisjoint(_open_files(process)):
            return f"pid {process.name} ({_command(process)})"
    return None


def _inodes(port: int) -> set[str]:
    found = set()
    for table in _TABLES:
        try:
            lines = (_PROC / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if int(columns[_LOCAL_ADDRESS].rpartition(":")[2], 16) == port:
                found.add(columns[_INODE])
    return found


def _processes() -> list[Path]:
    try:
        return sorted((entry for entry in _PROC.iterdir() if entry.name.isdigit()), key=lambda entry: int(entry.name))
    except OSError:
        return []


def _open_files(process: Path) -> list[str]:
    links: list[str] = []
    try:
        links.extend(os.readlink(entry.path) for entry in os.scandir(process / "fd"))
    except OSError:  # it has ended, or belongs to another user
        pass
    return links


def _command(process: Path) -> str:
    try:
        raw = (process / "cmdline").read_bytes()
    except OSError:
        return "command unknown"
    return printable(raw.replace(b"\0", b" ").strip(), 100) or "command unknown"
