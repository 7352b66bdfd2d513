"""SuperDirt's superpiano as a string model: hammer, soundboard, two strings (its original plays samples of a piano).

The soundboard comes before the strings, which as linear systems may change places (Smith, "Efficient synthesis of
stringed musical instruments", ICMC 1993): two resonances of a blow of some milliseconds. The second string is weaker,
decays half as fast and is a little out of tune: the two stages of a piano's decay (Weinreich, "Coupled piano strings",
JASA 62, 1977). Numbers without a source were fitted to two recordings of superpiano at MIDI 60, velocity 1 and 0.4.
"""

from __future__ import annotations

from functools import partial

from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import hold, knob, pitch, plateau, relative, scaled
from phonon_osc.synths.recipe import synth

_LEVEL = 0.324
_STRIKE = 0.22  # of the string
_BOARD = ((253.0, 4.9, 2.4), (501.0, 5.0, 2.9))  # Hz, Q, gain of the resonances
_KNOCK = (110.0, 20.0, 16.0)  # the same of what is heard beside the strings
_DECAY, _BRIGHTNESS, _STIFFNESS = 1.3, 2.8, 0.00016  # seconds, seconds and B of the first string at middle C
_SECOND_LEVEL, _SECOND_DECAY, _SECOND_BRIGHTNESS = 0.7, 2.0, 5.7  # of the second string, as multiples
_WIDTH = 0.00117  # seconds of delay of what is added to the left and taken from the right


@synth(uses_pitch=False, aliases=("piano", "gm_piano"))
def superpiano(g: Graph) -> tuple[Wire, Wire]:
    """A piano."""
    freq = pitch(g)
    velocity = knob(g, "velocity", 1.0, 0.0, 2.0, "Force of the blow.")
    blow = _blow(g, freq, velocity)
    strings = _strings(g, freq, _soundboard(g, blow, velocity), velocity)
    sound = g.one("multiply", _with_mode(g, strings, blow, _KNOCK), plateau(g, 0.002, _LEVEL))
    stereo = knob(g, "stereo", 0.2, 0.0, 1.0, "Width.")
    side = g.one("gain", g.one("short_delay", sound, time=_WIDTH), amp=scaled(g, stereo, 0.35))
    return g.one("add", sound, side), g.one("subtract", sound, side)


def _blow(g: Graph, freq: Wire, velocity: Wire) -> Wire:
    """The hammer: with less force it is less loud, and much duller."""
    muffle = knob(g, "muffle", 1.0, 0.0, 4.0, "Softness of the hammer.")
    softness = g.one("multiply_add", velocity, -2.2, scaled(g, muffle, 1.0, 2.1), control_rate=True)
    blow = g.one("hammer", freq=freq, velocity=velocity, muffle=softness, position=_STRIKE)
    return g.one("gain", blow, amp=g.one("power", velocity, exponent=0.85, control_rate=True))


def _soundboard(g: Graph, blow: Wire, velocity: Wire) -> Wire:
    """The blow and its two resonances, of which the upper one answers only to force."""
    force = g.one("power", velocity, exponent=4.0, control_rate=True)
    lower, upper = _BOARD
    forced = g.one("multiply", blow, force)
    return _with_mode(g, _with_mode(g, blow, blow, lower), forced, upper)


def _with_mode(g: Graph, sound: Wire, blow: Wire, mode: tuple[float, float, float]) -> Wire:
    """The sound and a resonance of the blow: its Hz, Q, gain."""
    cutoff, q, gain = mode
    return g.one("multiply_add", g.one("bandpass", blow, cutoff=cutoff, resonance=1.0 - 0.5 / q), gain, sound)


def _strings(g: Graph, freq: Wire, blow: Wire, velocity: Wire) -> Wire:
    """Both strings of the note; the soundboard takes its time to speak."""
    slow = partial(g.one, control_rate=True)
    detune = knob(g, "detune", 0.1, -10.0, 10.0, "Distance of a note's two strings, in tenths of a semitone.")
    decay, stiffness = _decay(g, freq, velocity), relative(g, freq, 1.0, _STIFFNESS)
    first = g.one("string", blow, freq=freq, decay=decay, brightness=_BRIGHTNESS, stiffness=stiffness)
    second = g.one(
        "string",
        blow,
        freq=slow("transpose", freq, octaves=scaled(g, detune, 1.0 / 120.0)),
        decay=scaled(g, decay, _SECOND_DECAY),
        brightness=_BRIGHTNESS * _SECOND_BRIGHTNESS,
        stiffness=stiffness,
    )
    bloom = g.one("line", start=0.56, end=1.0, seconds=0.06)
    return g.one("multiply", g.one("multiply_add", second, _SECOND_LEVEL, first), bloom)


def _decay(g: Graph, freq: Wire, velocity: Wire) -> Wire:
    """Seconds to fall by 60 dB: halved in two octaves, longer for soft notes and in longer events."""
    slow = partial(g.one, control_rate=True)
    soft = scaled(g, velocity, -0.9, 0.9 - 0.2)  # octaves
    octaves = slow("multiply_add", slow("value", value=hold(g)), 0.2, soft)
    return relative(g, freq, -0.57, slow("transpose", _DECAY, octaves=octaves))
