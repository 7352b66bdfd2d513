"""Install the wheel of ``dist`` into an empty environment, start a server with an empty cache, and play to it.

    python -m tests.wheel

It prints how long the first start takes. The exit code is 1 if something had to be compiled, llvmlite was loaded, or nothing sounded.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import soundfile

from phonon_osc.osc.wire import WireError, decode, encode_message

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "wheel-test"
PATIENCE = 60.0  # seconds


def ask(sock: socket.socket, address: tuple[str, int], patience: float) -> dict[str, object]:
    """The figures of /status."""
    until = time.monotonic() + patience
    sock.settimeout(0.02)
    while time.monotonic() < until:
        sock.sendto(encode_message("/status"), address)
        try:
            message = decode(sock.recv(65536)).messages[0]
        except (TimeoutError, WireError, ConnectionError):
            continue
        return {str(k): v for k, v in zip(message.args[::2], message.args[1::2], strict=False)}
    raise SystemExit(f"the server did not answer within {patience:.0f} s")


def install() -> Path:
    """A fresh environment with the wheel. Returns its ``phonon-osc``."""
    (wheel,) = (ROOT / "dist").glob("*.whl")
    shutil.rmtree(FOLDER, ignore_errors=True)
    pip = [str(FOLDER / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", str(FOLDER / "env")], check=True)
    began = time.monotonic()
    subprocess.run([*pip, str(wheel)], check=True)
    sys.stdout.write(f"pip install: {time.monotonic() - began:.1f} s\n")
    return FOLDER / "env" / "bin" / "phonon-osc"


def main() -> int:
    program = install()
    home = FOLDER / "home"
    home.mkdir()
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("PHONON_OSC", "XDG"))} | {"HOME": str(home)}
    wav, port = FOLDER / "first.wav", 57199
    command = [program, "serve", "--backend", "null", "--port", port, "--bus-port", "0", "--record", wav]
    began = time.monotonic()
    with (
        subprocess.Popen([*map(str, command)], env=settings, cwd=home) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
    ):
        address = ("127.0.0.1", port)
        ask(sock, address, PATIENCE)
        ready = time.monotonic() - began
        sock.sendto(encode_message("/dirt/play", "s", "bd"), address)
        while ask(sock, address, PATIENCE)["started"] == 0:
            time.sleep(0.005)
        first = time.monotonic() - began
        time.sleep(0.5)
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        process.terminate()
    sys.stdout.write(
        f"first start: answers after {ready:.2f} s, first bd after {first:.2f} s, PSS {pss / 1024:.0f} MB\n"
    )
    compiled = list((home / ".cache").rglob("*.o"))
    peak = float(abs(soundfile.read(wav)[0]).max())
    problems = [
        *([f"{len(compiled)} kernels were compiled"] if compiled else []),
        *(["llvmlite was loaded"] if "llvmlite" in maps else []),
        *([f"nothing sounded (peak {peak:.3f})"] if peak < 0.02 else []),
    ]
    sys.stdout.write("; ".join(problems) + "\n" if problems else "wheel: fine\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
