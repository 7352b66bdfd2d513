"""``phonon-osc warm``: compile the kernels and make the built-in kit's sounds now, so that the next start is quick.

If the wheel has brought kernels for this class of CPUs, nothing has to be compiled. ``--native`` compiles for exactly this CPU anyway.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from phonon_osc.cli.output import say
from phonon_osc.cli.parser import Commands, add_command
from phonon_osc.errors import ExitCode

if TYPE_CHECKING:
    from dsp.load import Job

EXAMPLES = """
phonon-osc warm                 compile the lane widths that a server on this machine uses
phonon-osc warm --native        compile for exactly this CPU; from the next start on, these kernels are used
phonon-osc warm --all-lanes     compile every lane width, for tests and comparisons
PHONON_OSC_CACHE=/var/cache/phonon-osc phonon-osc warm
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(
        commands, "warm", "Compile all kernels and make all built-in sounds, and keep them in the cache.", EXAMPLES
    )
    width = parser.add_mutually_exclusive_group()
    width.add_argument(
        "--lanes", type=int, choices=(4, 8, 16, 32), help="compile this lane width instead of the machine's own"
    )
    width.add_argument("--all-lanes", action="store_true", help="compile every lane width")
    parser.add_argument(
        "--native",
        action="store_true",
        help="compile for exactly this CPU, although the installation has kernels for it",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    import time

    from dsp import cache
    from dsp import compile as compiler
    from dsp.lanes import WIDTHS
    from dsp.shipped import has_shipped, shipped
    from phonon_osc.engine.code import NATIVE, jobs, prefers_native
    from phonon_osc.progress import ProgressBar
    from phonon_osc.samples import kit

    widths = WIDTHS if args.all_lanes else tuple(sorted(set(compiler.widths_for(args.lanes))))
    wanted = jobs(widths)
    own = args.native or prefers_native() or shipped() is None
    left = wanted if own else [job for job in wanted if not has_shipped(job.unit)]
    kept = not left or _compile(left, widths, args.quiet)
    if not own:
        say(
            f"{len(wanted) - len(left)} kernels came with the installation; --native compiles them for exactly this CPU"
        )
    if args.native and kept:
        (cache.cache_folder() / NATIVE).touch()
    began = time.monotonic()
    with ProgressBar("making the built-in kit", quiet=args.quiet) as bar:
        kit.make_all(bar.update)
    sounds, took = sum(kit.COUNTS.values()), time.monotonic() - began
    if kit.cache.complete():
        say(f"{sounds} sounds of the built-in kit are in {kit.cache.folder()} after {took:.1f} s")
    else:
        say(f"{kit.cache.folder()} cannot be written: the built-in sounds will be made again whenever they are played")
    return ExitCode.OK if kept else ExitCode.NO_PERMISSION


def _compile(wanted: list[Job], widths: tuple[int, ...], quiet: bool) -> bool:
    """Compile what the cache lacks of these, and say where it is. False if the cache cannot keep it."""
    import time

    from dsp import cache
    from dsp.load import gather, prune
    from phonon_osc.progress import ProgressBar

    began = time.monotonic()
    with ProgressBar("compiling kernels", quiet=quiet) as bar:
        gather(wanted, bar.update)
    gone = prune({job.unit.filename for job in wanted})
    lanes = ", ".join(map(str, widths))
    took, folder = time.monotonic() - began, cache.cache_folder()
    kept = cache.usable(folder) and all((folder / job.unit.filename).exists() for job in wanted)
    where = f"are in {folder}" if kept else f"compile, but {folder} cannot keep them,"
    say(f"{len(wanted)} kernels for {lanes} lanes {where} after {took:.1f} s")
    if gone:
        say(f"{gone} of earlier versions deleted")
    return kept
