"""Compiles the kernels that a score needs before it is played. So they are compiled side by side, and no event waits for one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dsp.load import no_progress
from phonon_osc.engine.audio.tables import BLOCK
from phonon_osc.scores import Datagram
from phonon_osc.studio import Studio

if TYPE_CHECKING:
    from dsp.load import Progress

ROUNDS = 4  # an event names the kernels of its source first, and those of its effects when it has them


class _Wanted:
    """Notes what would have to be compiled."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    def want(self, kinds: Iterable[str]) -> None:
        self.kinds.update(kinds)


def rehearse(
    datagrams: Iterable[Datagram],
    *,
    rate: float,
    width: int | None = None,
    samples: Sequence[str] = (),
    progress: Progress | None = None,
) -> None:
    """Play the packets to a studio that makes no sound, and compile what they need. Raises CompileError."""
    log = logging.getLogger("phonon_osc")
    level = log.level
    log.setLevel(logging.ERROR)  # whatever there is to say is said when the score is played
    try:
        _rehearse(list(datagrams), rate, width, samples, progress or no_progress)
    finally:
        log.setLevel(level)


def _rehearse(
    datagrams: Sequence[Datagram], rate: float, width: int | None, samples: Sequence[str], progress: Progress
) -> None:
    unheard = np.zeros((BLOCK, 2), np.float32)
    for _ in range(ROUNDS):
        studio = Studio(rate=rate, voices=16, width=width, samples=samples, progress=progress)
        code = studio.engine.code
        if not code.incomplete():
            studio.close()
            return
        code.background = wanted = _Wanted()
        for datagram in datagrams:
            studio.engine.panic()  # nothing of the packets before waits or sounds
            studio.router.datagram(datagram.data, datagram.sender, datagram.arrival, lambda data, to: None)
            studio.engine.render(unheard)
            studio.poll()
        code.background = None
        code.need(sorted(wanted.kinds), progress)
        studio.close()
        if not wanted.kinds:
            return
