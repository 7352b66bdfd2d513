"""SuperDirt's superfork, superhex and superhammond (reference superdirt.md 5.2), sums of sines.

superhammond is without its vibrato and its key click. superhex is a waveguide in SuperDirt; here it is the modes of a membrane
(L. Rossing, "Science of Percussion Instruments", ch. 2), with the lowest at the note.
"""

from __future__ import annotations

from dsp.kind import Unit
from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import hold, knob, pitch, plateau, scaled, total
from phonon_osc.synths.recipe import synth

# of each partial of a fork: multiple of the pitch, level at the start and at the end, its time in sustains
_FORK = ((1.0, 0.3, 1e-4, 4.0), (6.1, 1.0, 1e-7, 4.0), (16.7, 1.3, 1e-6, 0.5), (20.1, 2.0, 1e-7, 0.333))
_MEMBRANE = (1.0, 1.593, 2.136, 2.296, 2.653, 2.918)
_RING = 0.6  # seconds in which the lowest mode falls by 60 dB
_DRAWBARS = (0.5, 1.4988, 1.0, 2.0, 2.9976, 4.0, 5.0409, 5.9953, 8.0)  # multiples of the pitch
_WEAKER = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.5)  # bars by which the upper ones are
_PRESETS = (
    (1, 4, 5, 4, 3, 1, 0, 0, 0),
    (0, 0, 8, 0, 4, 0, 0, 0, 0),
    (0, 7, 8, 1, 2, 0, 0, 0, 0),
    (0, 0, 7, 8, 8, 8, 8, 7, 2),
    (4, 0, 5, 5, 4, 5, 3, 3, 6),
    (8, 8, 5, 3, 2, 4, 5, 8, 8),
    (8, 8, 8, 0, 0, 0, 0, 0, 3),
    (8, 8, 8, 8, 8, 8, 8, 8, 8),
    (8, 0, 0, 0, 0, 0, 8, 8, 8),
    (0, 0, 8, 8, 0, 0, 0, 0, 0),
)


def _levels(bars: tuple[int, ...]) -> list[float]:
    """Level of each drawbar; their sum is 1."""
    raw = [2.0 ** (bar - 8 - less) if bar else 0.0 for bar, less in zip(bars, _WEAKER, strict=True)]
    return [level / sum(raw) for level in raw]


def _sine(g: Graph, freq: Wire, ratio: float) -> Wire:
    return g.one("sine", freq=g.one("scale", freq, mul=ratio))


@synth()
def superfork(g: Graph) -> Wire:
    """A tuning fork."""
    freq, length = pitch(g), g.one("value", value=hold(g), control_rate=True)
    partials = [
        g.one("gain", _sine(g, freq, ratio), amp=g.one("xline", start=first, end=last, seconds=scaled(g, length, time)))
        for ratio, first, last, time in _FORK
    ]
    return g.one("multiply", total(g, *partials), plateau(g, 0.001, 0.2, 0.0))


@synth()
def superhex(g: Graph) -> Wire:
    """A membrane, struck; the higher ``rate``, the sooner it is still."""
    freq = pitch(g)
    rate = knob(g, "rate", 1.0, 0.01, 100.0, "How fast it falls silent.", Unit.RATIO)
    ring = g.one("divide", _RING, rate, control_rate=True)
    modes = [
        g.one(
            "gain", _sine(g, freq, r), amp=g.one("xline", start=1.0 / r, end=1e-3 / r, seconds=scaled(g, ring, 1.0 / r))
        )
        for r in _MEMBRANE
    ]
    return g.one("multiply", total(g, *modes), plateau(g, 0.02, 0.35))


@synth()
def superhammond(g: Graph) -> Wire:
    """A tone-wheel organ of nine drawbars; ``voice`` 0 to 9 are registrations."""
    freq = pitch(g)
    voice = knob(g, "voice", 0.0, 0.0, 9.0, "Registration.")
    strike = knob(g, "perc", 0.0, 0.0, 10.0, "Level of a partial that dies away.")
    ratio = knob(g, "percf", 2.0, 0.0, 16.0, "Its pitch, as a multiple.", Unit.RATIO)
    decay = knob(g, "decay", 0.0, 0.0, 100.0, "How long it takes: 1 + 2 decay seconds.")
    later = scaled(g, voice, 1.0, -6.0)
    upper = g.one("above", voice, 5.5, control_rate=True)
    sound: list[Wire] = []
    for bar, levels in enumerate(zip(*map(_levels, _PRESETS), strict=True)):
        low = g.one("choose", index=voice, control_rate=True, **{f"v{k}": levels[k] for k in range(6)})
        high = g.one("choose", index=later, control_rate=True, **{f"v{k}": levels[k + 6] for k in range(4)})
        level = g.one("mix", low, high, amount=upper, control_rate=True)
        sound.append(g.one("gain", _sine(g, freq, _DRAWBARS[bar]), amp=level))
    beat = g.one("sine", freq=g.one("multiply", freq, ratio))
    dying = g.one("perc", attack=0.001, release=scaled(g, decay, 2.0, 1.0))
    struck = g.one("gain", g.one("multiply", beat, dying), amp=g.one("scale", strike, mul=0.5))
    return g.one("multiply", g.one("multiply_add", total(g, *sound), 0.5, struck), plateau(g, 0.01, 1.0, 0.0))
