"""General MIDI's mallets and electric pianos under the names of Strudel's soundfonts: sines that die away, and two operators.

Bars: tuning of the second mode 3 f (xylophone), 4 f (marimba, vibraphone), 2.76 f (glockenspiel, untuned), after T. Rossing,
"Science of Percussion Instruments" (2000), ch. 5 to 8. Electric piano: J. Chowning's pairs of operators (JAES 21, 1973).
"""

from __future__ import annotations

from functools import partial

from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import held, pitch, relative, scaled, total
from phonon_osc.synths.recipe import synth

_HIGHEST = 18000.0  # Hz, of a mode
_Modes = tuple[tuple[float, float, float], ...]  # ratio, level, seconds to fall by 60 dB at middle C


def _bars(g: Graph, modes: _Modes, knock: tuple[float, float, float]) -> Wire:
    """Modes that ring shorter the higher they are, and the mallet: level, Hz and seconds of its noise."""
    freq = pitch(g)
    loud, centre, seconds = knock
    sounds = []
    for ratio, level, ring in modes:
        hz = g.one("minimum", scaled(g, freq, ratio), _HIGHEST, control_rate=True)
        fade = g.one("perc", attack=0.0006, release=relative(g, freq, -0.6, ring), curve=-6.9)
        sounds.append(g.one("gain", g.one("multiply", g.one("sine", freq=hz), fade), amp=level))
    thud = g.one("multiply", g.one("white"), g.one("perc", attack=0.0005, release=seconds, curve=-5.0))
    sounds.append(g.one("gain", g.one("bandpass", thud, cutoff=centre, resonance=0.4), amp=loud))
    return g.one("multiply", total(g, *sounds), held(g, 0.0, 0.03))


@synth(aliases=("xylophone",))
def gm_xylophone(g: Graph) -> Wire:
    """A xylophone: hard mallet, short rosewood."""
    return _bars(
        g, ((1.0, 0.55, 0.55), (3.0, 0.28, 0.24), (6.24, 0.10, 0.12), (9.9, 0.05, 0.07)), (0.50, 3200.0, 0.018)
    )


@synth(aliases=("marimba",))
def gm_marimba(g: Graph) -> Wire:
    """A marimba: soft mallet, resonators."""
    return _bars(g, ((1.0, 0.62, 1.10), (3.98, 0.14, 0.30), (9.1, 0.05, 0.12)), (0.22, 900.0, 0.025))


@synth(aliases=("vibraphone",))
def gm_vibraphone(g: Graph) -> Wire:
    """A vibraphone, its motor running."""
    sound = _bars(g, ((1.0, 0.50, 4.5), (3.97, 0.12, 2.0), (9.8, 0.05, 0.5)), (0.10, 2400.0, 0.012))
    beat = scaled(g, g.one("sine", freq=5.4, phase=0.25, control_rate=True), 0.20, 0.80)
    return g.one("multiply", sound, beat)


@synth(aliases=("glockenspiel",))
def gm_glockenspiel(g: Graph) -> Wire:
    """A glockenspiel: steel, untuned overtones."""
    return _bars(
        g, ((1.0, 0.45, 3.6), (2.756, 0.20, 1.6), (5.404, 0.12, 0.7), (8.93, 0.05, 0.3)), (0.30, 7000.0, 0.008)
    )


def _electric(g: Graph, tine: float, index: float, ring: float) -> tuple[Wire, Wire]:
    """A reed or tine: a carrier modulated at its own pitch, one bell-like pair above, the two sides a little apart."""
    freq = pitch(g)
    slow = partial(g.one, control_rate=True)
    seconds = relative(g, freq, -0.5, ring)
    growl = g.one("perc", attack=0.001, release=scaled(g, seconds, 0.45), curve=-5.0)
    body = g.one("operator", g.one("operator", 0.0, freq=freq, level=g.one("gain", growl, amp=index)), freq=freq)
    high = slow("minimum", scaled(g, freq, tine), _HIGHEST)
    ping = g.one("perc", attack=0.0005, release=scaled(g, seconds, 0.12), curve=-5.0)
    bell = g.one("operator", g.one("operator", 0.0, freq=high, level=g.one("gain", ping, amp=0.9)), freq=freq)
    level = g.one("perc", attack=0.002, release=seconds, curve=-5.5)
    bright = g.one("multiply", g.one("subtract", bell, g.one("sine", freq=freq)), ping)
    level = g.one("multiply", level, held(g, 0.0005, 0.03))
    sound = g.one("multiply", g.one("multiply_add", bright, 0.5, body), level)
    sway = g.one("sine", freq=4.6, control_rate=True)
    left, right = (g.one("multiply", sound, scaled(g, sway, side * 0.10, 0.46)) for side in (1.0, -1.0))
    return left, right


@synth()
def gm_epiano1(g: Graph) -> tuple[Wire, Wire]:
    """An electric piano with tines."""
    return _electric(g, 14.0, 1.3, 3.6)
