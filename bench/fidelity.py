"""How near our sound comes to recordings of SuperDirt: a score per case, and a table by group.

    python bench/fidelity.py              # all cases
    python bench/fidelity.py syn_super    # cases whose names match

Recordings and judge are those of the tests (tests/synths). Above 0.95 a sound is the same, from 0.8 close, from 0.6 of the same kind.
One studio plays all cases in turn. A noise depends on the frame at which it starts, so its score moves by some hundredths with the
cases before it. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "synths"))

from reference_render import Renderer, cases, compare

SAME_KIND = 0.6  # a lower score means another sound
GROUPS = {
    "smp": "samples",
    "fx": "effects",
    "syn": "synths",
    "combo": "combinations",
}  # by the beginning of a case's name


def verdicts(pattern: str) -> dict[str, float]:
    """The scores of all cases whose names match, printed one by one."""
    found = {}
    with contextlib.closing(Renderer()) as renderer:
        for name, case in cases().items():
            if re.search(pattern, name):
                judged = compare(name, renderer.render(case))
                found[name] = judged.value
                worst = ", ".join(f"{term} {cost:.2f}" for term, cost in judged.penalties.items())
                sys.stdout.write(f"{name:36s} {found[name]:.3f}  {worst}\n")
                sys.stdout.flush()
    return found


def table(found: dict[str, float]) -> dict[str, dict[str, float | str]]:
    """Mean, worst and number of those below 0.6, by group."""
    rows: dict[str, dict[str, float | str]] = {}
    for prefix, group in GROUPS.items():
        members = {name: verdict for name, verdict in found.items() if name.partition("_")[0] == prefix}
        if members:
            worst = min(members, key=lambda name: members[name])
            rows[group] = {
                "cases": len(members),
                "mean": round(statistics.fmean(members.values()), 4),
                "worst": round(members[worst], 4),
                "worst_case": worst,
                "below": sum(verdict < SAME_KIND for verdict in members.values()),
            }
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="", help="a regular expression that names have to match")
    args = parser.parse_args()
    rows = table(verdicts(args.pattern))
    sys.stdout.write(f"\n{'group':14s}cases   mean  worst  below {SAME_KIND:g}\n")
    for group, row in rows.items():
        sys.stdout.write(
            f"{group:14s}{row['cases']:5d}  {row['mean']:.3f}  {row['worst']:.3f}  {row['below']:5d}  {row['worst_case']}\n"
        )
    sys.stdout.write(json.dumps(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
