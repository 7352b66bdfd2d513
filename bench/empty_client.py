"""A native client that does nothing, in a process of its own, to measure the cost of a backend alone. It runs until stdin ends.

    python bench/empty_client.py jack|null PERIOD

It writes "running" when the backend has called it, and the number of calls at the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.backends.native_counter import NativeCounter


def main() -> None:
    choice, period = sys.argv[1], int(sys.argv[2])
    counter = NativeCounter()
    client = counter.on_jack() if choice == "jack" else counter.on_null_device(period)
    while not counter.calls:
        time.sleep(0.01)
    sys.stdout.write("running\n")
    sys.stdout.flush()
    sys.stdin.read()
    if choice == "jack":
        client.deactivate()
        client.close()
    else:
        client.stop()
    sys.stdout.write(f"{counter.calls}\n")


if __name__ == "__main__":
    main()
