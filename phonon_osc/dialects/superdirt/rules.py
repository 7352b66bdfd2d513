"""Rules of effects whose controls have to be computed from the event (see `parameters.Rule`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from phonon_osc.dialects.superdirt.pitch import DEFAULT_MIDI, midi_to_hz, synth_frequency
from phonon_osc.engine.voice import BusMap, Value

if TYPE_CHECKING:
    from phonon_osc.dialects.superdirt.event import DirtEvent

VOWELS = "aeiou"
KRUSH_HERTZ = 4000.0  # corner if kcutoff is absent or not above 0
FARTHEST_SHIFT = 20000.0  # Hz, up or down


def vowel(event: DirtEvent, controls: dict[str, Value], plateau: float) -> None:
    """The key is a letter that names a vowel; any other word leaves the effect off."""
    letter = event.texts.get("vowel", "")
    if len(letter) == 1 and letter in VOWELS:
        controls["vowel"] = float(VOWELS.index(letter))
    else:
        controls.clear()


def pitch_shift(event: DirtEvent, controls: dict[str, Value], plateau: float) -> None:
    """Longer events have longer grains."""
    share = min(max((plateau - 0.01) / (0.3 - 0.01), 0.0), 1.0)
    controls["pshift_window"] = 0.01 + 0.17 * share


def tilt(event: DirtEvent, controls: dict[str, Value], plateau: float) -> None:
    """An envelope in shares of the event: the share ``plat`` is flat, and the share ``tilt`` of the rest comes before it."""
    rise, flat = controls["tilt_attack"], controls["tilt_hold"]
    assert not isinstance(rise, BusMap) and not isinstance(flat, BusMap)  # neither can follow a bus
    rest = (1.0 - flat) * plateau
    controls |= {"tilt_attack": rise * rest, "tilt_hold": flat * plateau, "tilt_release": (1.0 - rise) * rest}


def freq_shift(event: DirtEvent, controls: dict[str, Value], plateau: float) -> None:
    """The shift is a number of hertz, plus a share of the event's own frequency."""
    shift, share, phase = controls["fshift"], event.given.get("fshiftnote"), controls["fshift_phase"]
    if share is not None and not isinstance(share, BusMap) and not isinstance(shift, BusMap):
        freq = synth_frequency(event)
        base = midi_to_hz(DEFAULT_MIDI) if freq is None or isinstance(freq, BusMap) else freq
        controls["fshift"] = min(max(shift + base * share, -FARTHEST_SHIFT), FARTHEST_SHIFT)
    if not isinstance(phase, BusMap):
        controls["fshift_phase"] = math.remainder(phase, math.tau)


def krush(event: DirtEvent, controls: dict[str, Value], plateau: float) -> None:
    """If the corner is absent or not above 0 Hz, it is ``KRUSH_HERTZ``."""
    cutoff = event.given.get("kcutoff", 0.0)
    if not isinstance(cutoff, BusMap) and cutoff <= 0.0:
        controls["krush_cutoff"] = KRUSH_HERTZ
