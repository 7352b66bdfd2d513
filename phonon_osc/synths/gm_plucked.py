"""General MIDI's plucked strings under the names of Strudel's soundfonts: a pluck, a string, a body.

The pluck is the blow of a soft hammer with its echo from the near end, which is the comb of a string plucked at one point, and
the scrape of the finger; the body two resonances of the pluck (J. Smith, "Efficient synthesis of stringed musical instruments",
ICMC 1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import held, pitch, relative, total
from phonon_osc.synths.recipe import synth


@dataclass(frozen=True)
class _String:
    """``decay`` and ``brightness`` s at middle C (see the kind ``string``), ``muffle`` and ``position`` of the pluck.

    ``scrape``: level and Hz of the finger's noise; ``body``: Hz, Q and gain of resonances.
    """

    decay: float
    brightness: float
    muffle: float
    position: float
    level: float
    scrape: tuple[float, float] = (0.05, 3000.0)
    body: tuple[tuple[float, float, float], ...] = ()
    stiffness: float = 0.00005


def _plucked(g: Graph, s: _String) -> Wire:
    freq = pitch(g)
    pluck = g.one("hammer", freq=freq, velocity=1.0, muffle=s.muffle, position=s.position)
    loud, centre = s.scrape
    noise = g.one("multiply", g.one("white"), g.one("perc", attack=0.0005, release=0.012, curve=-4.0))
    finger = g.one("gain", g.one("bandpass", noise, cutoff=centre, resonance=0.4), amp=loud)
    blow = total(g, pluck, finger)
    driven = blow
    for hertz, q, gain in s.body:
        ringing = g.one("bandpass", blow, cutoff=hertz, resonance=1.0 - 0.5 / q)
        driven = g.one("multiply_add", ringing, gain, driven)
    decay = relative(g, freq, -0.5, s.decay)
    string = partial(g.one, "string", driven, stiffness=s.stiffness)
    first = string(freq=freq, decay=decay, brightness=s.brightness)
    sound = g.one("gain", first, amp=s.level)
    return g.one("multiply", sound, held(g, 0.0005, 0.03))


@synth()
def gm_acoustic_bass(g: Graph) -> Wire:
    """A double bass, plucked."""
    return _plucked(g, _String(2.6, 0.35, 2.6, 0.22, 1.7, (0.10, 900.0), ((98.0, 3.0, 0.8), (190.0, 3.0, 0.5))))


@synth()
def gm_electric_bass_finger(g: Graph) -> Wire:
    """An electric bass, played with the fingers."""
    return _plucked(g, _String(5.0, 0.8, 2.0, 0.16, 1.0, (0.06, 1500.0)))


@synth(aliases=("gm_acoustic_guitar",))
def gm_acoustic_guitar_nylon(g: Graph) -> Wire:
    """A guitar with nylon strings."""
    return _plucked(g, _String(2.4, 0.55, 1.6, 0.18, 1.0, (0.08, 1800.0), ((104.0, 5.0, 1.2), (203.0, 6.0, 0.9))))


@synth()
def gm_acoustic_guitar_steel(g: Graph) -> Wire:
    """A guitar with steel strings."""
    return _plucked(
        g, _String(3.6, 1.6, 0.6, 0.12, 0.65, (0.14, 4200.0), ((108.0, 5.0, 0.9), (212.0, 6.0, 0.7)), 0.00012)
    )


@synth()
def gm_electric_guitar_clean(g: Graph) -> Wire:
    """An electric guitar through a clean amplifier."""
    return _plucked(g, _String(4.5, 1.5, 0.9, 0.15, 0.65, (0.08, 3500.0), (), 0.00008))


@synth()
def gm_electric_guitar_muted(g: Graph) -> Wire:
    """An electric guitar, its strings under the palm."""
    return _plucked(g, _String(0.50, 0.22, 0.9, 0.11, 0.8, (0.20, 2600.0), ((420.0, 2.0, 0.4),), 0.00008))


@synth()
def gm_pizzicato_strings(g: Graph) -> Wire:
    """Violins and cellos, plucked."""
    return _plucked(g, _String(0.9, 0.28, 1.8, 0.20, 1.0, (0.08, 2000.0), ((275.0, 4.0, 1.0), (460.0, 5.0, 0.8))))
