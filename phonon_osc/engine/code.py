"""The machine code of an engine: its kinds at two lane widths, and the entry points of the audio thread."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from dsp import compile as compiler
from dsp.compile import Unit
from dsp.kind import REGISTRY, USER, kinds
from dsp.load import Job, Library, Progress, gather, kind_job
from dsp.structs import Struct
from phonon_osc import limits
from phonon_osc.engine.audio import clock, parts, process, queue

log = logging.getLogger(__name__)

ENTRIES: dict[str, tuple[Callable[..., None], tuple[Struct | str, ...]]] = {
    "process": (process.process, (parts.ENGINE, "i64", "i64", "i64", "i64")),
    "process_jack": (process.process_jack, ("i64", parts.ENGINE)),
    "process_interleaved": (process.process_interleaved, ("i64", "i64", "i64", "i64")),
    "read_clock": (clock.read_clock, (parts.CLOCK, "*f64")),
    "push_record": (queue.push_record, (parts.QUEUE,)),
    "read_word": (queue.read_word, ("*i64", "i64", "i64")),
    "write_word": (queue.write_word, ("*i64", "i64", "i64")),
}


@functools.cache
def entry_key() -> str:
    return compiler.key_of([*Path(process.__file__).parent.glob("*.py"), Path(limits.__file__)])


def make_entry(name: str) -> bytes:
    """Compile one entry point (called in worker processes)."""
    function, args = ENTRIES[name]
    return compiler.compile_function(name, function, args)


def jobs(widths: Iterable[int]) -> list[Job]:
    """Everything that has to be compiled for an engine of these lane widths. Jobs that take long come first."""
    entries = [Job(Unit(name, entry_key()), "phonon_osc.engine.code:make_entry", (name,)) for name in ENTRIES]
    wanted = {job.unit.symbol: job for width in widths for job in (kind_job(name, width) for name in kinds())}
    return entries + list(wanted.values())


def _try_user_kinds(widths: tuple[int, ...]) -> None:
    """Compile the user's kinds first. A kind that cannot be compiled is left out, and the log says so."""
    for name in [kind.name for kind in kinds().values() if kind.family == USER]:
        try:
            gather([kind_job(name, width) for width in sorted(set(widths))], processes=1)
        except compiler.CompileError as error:
            log.warning("kind %s is not used: %s", name, error)
            del REGISTRY[name]


def load(widths: Iterable[int], progress: Progress | None = None) -> Library:
    """Load the machine code for these widths. What is not in the cache is compiled first."""
    widths = tuple(widths)
    _try_user_kinds(widths)
    wanted = jobs(widths)
    return Library(gather(wanted, progress) if progress else gather(wanted))
