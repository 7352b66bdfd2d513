"""Finds the real front ends, installs copies of them in a cache folder, and makes a network namespace to run them in.

Their scripts are not part of this project. $PHONON_OSC_CLIENTS names their folder; the default is ``shared/clients`` beside
the project's folder. That folder is never written to. A copy in the user's cache folder is installed and run.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

ROOT = Path(__file__).resolve().parents[2]
WHERE = "PHONON_OSC_CLIENTS"
INSTALLED = ".env", "node_modules", "installed"  # made in the copy by an installation
INSIDE = "PHONON_OSC_CLIENTS_NAMESPACE"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


class Missing(Exception):
    """Something required is missing; the text says what, and how to get it."""


@dataclass(frozen=True)
class Client:
    """How one front end is installed. ``programs`` must be on the PATH, and the command ``probe`` must succeed.

    ``packages``: Debian packages of the programs. ``setup``: the argument of the folder's ``setup.sh`` that installs the rest.
    ``python``: the required version. ``required``: the whole check fails without this client.
    """

    programs: tuple[str, ...] = ()
    probe: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    setup: str = ""
    python: str = ""
    required: bool = False


CLIENTS = {
    "tidal": Client(("ghci",), ("ghc-pkg", "describe", "tidal"), ("ghc", "libghc-tidal-dev"), required=True),
    "strudel": Client(("node", "npm"), packages=("nodejs", "npm"), setup="strudel", required=True),
    "liblo": Client(("oscsend", "oscsendfile"), packages=("liblo-tools",), required=True),
    "vortex": Client(("gcc",), ("test", "-e", "/usr/include/lo/lo.h"), ("liblo-dev", "gcc"), "vortex", "3.10"),
    "sardine": Client(setup="sardine", python="3.11"),
    "superdirtpy": Client(setup="superdirtpy", python="3.12"),
    "pd": Client(("pd",), packages=("puredata-core",)),
    "csound": Client(("csound",), packages=("csound",)),
    "chuck": Client(("chuck",), packages=("chuck",)),
}


@dataclass(frozen=True)
class Clients:
    """The folder with the copy of the clients' scripts."""

    folder: Path

    @classmethod
    def found(cls) -> Clients:
        """Update the copy. Raises Missing if there is nothing to copy."""
        source = Path(os.environ.get(WHERE, ROOT.parent / "shared" / "clients"))
        if not (source / "setup.sh").is_file():
            raise Missing(
                f"the scripts that run Tidal, Strudel and the others are not in {source}; "
                f"set {WHERE} to the folder that holds them (with setup.sh, tidal/, strudel/, ...)"
            )
        folder = user_cache_path("phonon-osc-clients")
        for path in sorted(source.rglob("*")):
            inner = path.relative_to(source)
            if path.is_file() and not any(part in (*INSTALLED, "captures") for part in inner.parts):
                (folder / inner).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / inner)
        return cls(folder)

    def why_not(self, name: str) -> str:
        """Why a client cannot run; empty if it can."""
        why = self.folder / "installed" / name
        return why.read_text().strip() if why.is_file() else "not installed"

    def install(self, name: str) -> str:
        """Install a client if it is not installed yet. Returns the error, or an empty text. Only the first time is slow."""
        marks = self.folder / "installed"
        marks.mkdir(exist_ok=True)
        mark, client = marks / name, CLIENTS[name]
        if mark.is_file() and not mark.read_text() and not _lacking(client):
            return ""
        began = time.monotonic()
        problem = self._install(client)
        mark.write_text(problem)
        text = problem or f"installed in {time.monotonic() - began:.0f} s"
        sys.stdout.write(f"{name}: {text}\n")
        sys.stdout.flush()
        return problem

    def _install(self, client: Client) -> str:
        if client.python and not _has_python(client.python):
            return f"needs Python {client.python}, which is not installed"
        if _lacking(client):
            _apt(client.packages)
        if _lacking(client):
            return f"needs {_lacking(client)}: as root, apt-get install {' '.join(client.packages)}"
        return _twice(["sh", "setup.sh", client.setup], cwd=self.folder) if client.setup else ""


def _lacking(client: Client) -> str:
    """The programs of a client that are missing."""
    absent = [program for program in client.programs if shutil.which(program) is None]
    if not absent and client.probe and subprocess.run(client.probe, capture_output=True, check=False).returncode != 0:
        absent = [client.packages[-1]]
    return ", ".join(absent)


def _has_python(version: str) -> bool:
    """A Python of this version, searched as setup.sh does: on the PATH and working, else under pyenv."""
    program = f"python{version}"
    if shutil.which(program) and subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0:
        return True
    if shutil.which("pyenv") is None:
        return False
    known = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False).stdout
    return any(line.startswith(version + ".") for line in known.split())


@functools.cache
def _update() -> str:
    return _twice(["apt-get", "-qq", "update"])


def _apt(packages: Sequence[str]) -> None:
    """Install Debian packages, if this user may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _update()
        problem = _twice(
            [*"apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends".split(), *packages]
        )
        sys.stdout.write(f"{problem}\n" if problem else "")


def _twice(command: list[str], cwd: Path | None = None) -> str:
    """Run a command, and run it once more if it fails, as registries sometimes do. Returns the last line of its second error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for _ in range(2):
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ""
    last = ((done.stdout + done.stderr).strip().splitlines() or ["no message"])[-1]
    return f"{' '.join(command)} fails: {last}"


def enter_namespace(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run ``argv`` again in a network namespace that has only a loopback interface.

    There the fixed ports of the front ends are free, and nothing leaves the machine. If namespaces are not allowed, go on
    without one; the ports must be free then.
    """
    if INSIDE in environment:
        if environment[INSIDE] == "own":
            _loopback_up()
        return
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0
        ):
            os.execvpe("unshare", [*unshare, sys.executable, *argv], {**environment, INSIDE: "own"})
    sys.stdout.write(
        "a network namespace is not allowed here: the clients use the machine's own ports 57120 and 57110\n"
    )


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))
