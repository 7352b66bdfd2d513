"""General MIDI's held sounds under the names of Strudel's soundfonts: strings, voices, organs, winds, basses.

They last as long as their event. Voices: the formants of u and a (G. Peterson, H. Barney, JASA 24, 1952) over detuned saws.
"""

from __future__ import annotations

from functools import partial

from phonon_osc.engine.definition import Graph, Ref, Wire
from phonon_osc.synths.parts import held, pitch, scaled, total
from phonon_osc.synths.recipe import synth

Stereo = tuple[Wire, Wire]


def _swaying(g: Graph, freq: Wire, cents: float, rate: float, depth: float) -> Wire:
    """The pitch ``cents`` away, swaying by ``depth`` cents."""
    sway = g.one("sine", freq=rate, phase=0.17 * rate, control_rate=True)
    octaves = scaled(g, sway, depth / 1200.0, cents / 1200.0)
    return g.one("transpose", freq, octaves=octaves, control_rate=True)


def _section(g: Graph, freq: Wire, spread: float, wave: str = "saw") -> Stereo:
    """Four players, two on each side: ``spread`` cents apart, each with a sway of its own."""
    players = [
        g.one(wave, freq=_swaying(g, freq, spread * cents, rate, 3.0))
        for cents, rate in ((-1.0, 4.7), (0.45, 5.3), (-0.4, 5.9), (1.0, 4.3))
    ]
    return g.one("add", players[0], players[1]), g.one("add", players[2], players[3])


def _through(g: Graph, sound: Stereo, low: Ref, high: float, level: Wire, amp: float) -> Stereo:
    """High-pass, low-pass, level: what an ensemble's bodies and a room leave of it."""
    out = []
    for side in sound:
        dark = g.one("lowpass", g.one("highpass", side, cutoff=high), cutoff=low)
        out.append(g.one("gain", g.one("multiply", dark, level), amp=amp))
    return out[0], out[1]


@synth()
def gm_synth_strings_1(g: Graph) -> Stereo:
    """String machine: saws and a chorus."""
    return _through(g, _section(g, pitch(g), 9.0), 4200.0, 180.0, held(g, 0.06, 0.09), 0.19)


@synth()
def gm_string_ensemble_1(g: Graph) -> Stereo:
    """Violins, violas, cellos."""
    freq = pitch(g)
    return _through(g, _section(g, freq, 5.0), 3000.0, 140.0, held(g, 0.11, 0.12), 0.20)


@synth()
def gm_pad_warm(g: Graph) -> Stereo:
    """A warm pad: triangles and saws under a filter that follows the pitch."""
    freq = pitch(g)
    corner = g.one("minimum", scaled(g, freq, 4.0), 9000.0, control_rate=True)
    return _through(g, _section(g, freq, 6.0), corner, 60.0, held(g, 0.30, 0.30), 0.20)


@synth()
def gm_brass_section(g: Graph) -> Stereo:
    """Trumpets and trombones: the louder the brighter."""
    freq = pitch(g)
    level = held(g, 0.045, 0.06)
    corner = g.one(
        "minimum", g.one("multiply", scaled(g, freq, 6.0), g.one("scale", level, mul=0.85, add=0.15)), 12000.0
    )
    return _through(g, _section(g, freq, 5.0), corner, 90.0, level, 0.20)


# --- voices -----------------------------------------------------------------------------------------------------------
_OO = ((350.0, 7.0, 1.0), (640.0, 8.0, 0.35), (2550.0, 12.0, 0.06))
_AH = ((760.0, 7.0, 1.0), (1200.0, 9.0, 0.55), (2600.0, 14.0, 0.16), (3500.0, 14.0, 0.08))


def _choir(g: Graph, formants: tuple[tuple[float, float, float], ...], amp: float) -> Stereo:
    freq = pitch(g)
    level = held(g, 0.10, 0.14)
    sides = []
    for side in _section(g, freq, 10.0):
        source = g.one("one_pole_low", side, cutoff=1800.0)
        bands = [
            g.one("gain", g.one("bandpass", source, cutoff=hertz, resonance=1.0 - 0.5 / q), amp=gain)
            for hertz, q, gain in formants
        ]
        voiced = total(g, *bands, g.one("gain", source, amp=0.10))
        sides.append(g.one("gain", g.one("multiply", voiced, level), amp=amp))
    return sides[0], sides[1]


@synth()
def gm_voice_oohs(g: Graph) -> Stereo:
    """Voices on oo."""
    return _choir(g, _OO, 0.85)


@synth()
def gm_choir_aahs(g: Graph) -> Stereo:
    """Voices on ah."""
    return _choir(g, _AH, 0.65)


# --- winds ------------------------------------------------------------------------------------------------------------
def _blown(
    g: Graph, overtones: tuple[float, ...], breath: float, q: float, chiff: float, attack: float, vibrato: float
) -> Wire:
    """Sines, and breath around the pitch, most of it at the onset; ``vibrato`` in cents."""
    slow = partial(g.one, control_rate=True)
    freq = pitch(g)
    steady = slow("line", start=0.0, end=1.0, seconds=0.5)
    sway = slow("multiply", slow("sine", freq=5.1), steady)
    hz = slow("transpose", freq, octaves=scaled(g, sway, vibrato / 1200.0))
    tones = [
        g.one("gain", g.one("sine", freq=slow("minimum", scaled(g, hz, n), 18000.0)), amp=level)
        for n, level in enumerate(overtones, 1)
    ]
    air = g.one("white")
    ring = g.one("bandpass", air, cutoff=slow("minimum", hz, 18000.0), resonance=1.0 - 0.5 / q)
    onset = g.one("perc", attack=0.012, release=0.16, curve=-3.0)
    wind = g.one("multiply", ring, g.one("scale", onset, mul=chiff, add=breath))
    hiss = g.one(
        "multiply", g.one("bandpass", air, cutoff=4200.0), g.one("scale", onset, mul=0.05 * chiff, add=0.04 * breath)
    )
    return g.one("multiply", total(g, *tones, wind, hiss), held(g, attack, 0.06))


@synth()
def gm_blown_bottle(g: Graph) -> Wire:
    """A bottle, blown over its neck."""
    return _blown(g, (0.42, 0.04, 0.015), 0.55, 14.0, 1.6, 0.055, 6.0)


@synth()
def gm_flute(g: Graph) -> Wire:
    """A flute."""
    return _blown(g, (0.36, 0.16, 0.08, 0.03, 0.02), 0.14, 8.0, 0.5, 0.050, 14.0)


# --- reeds and pipes --------------------------------------------------------------------------------------------------
@synth()
def gm_accordion(g: Graph) -> Stereo:
    """An accordion: three reeds a note, tuned apart, in a box."""
    freq = pitch(g)
    middle = g.one("pulse", freq=freq, width=0.32)
    reeds = [
        g.one(
            "add", g.one("pulse", freq=_swaying(g, freq, cents, 0.7, 1.0), width=0.28), g.one("gain", middle, amp=0.7)
        )
        for cents in (-11.0, 12.0)
    ]
    boxed = [g.one("add", reed, g.one("bandpass", reed, cutoff=1500.0, resonance=0.7)) for reed in reeds]
    return _through(g, (boxed[0], boxed[1]), 4800.0, 120.0, held(g, 0.045, 0.05), 0.13)


def _organ(g: Graph, bars: tuple[tuple[float, float], ...], attack: float, amp: float) -> Stereo:
    """Drawbars (ratio, level) and a slow rotor: amplitude on one side against the other."""
    freq = pitch(g)
    pipes = [
        g.one(
            "gain", g.one("sine", freq=g.one("minimum", scaled(g, freq, ratio), 18000.0, control_rate=True)), amp=level
        )
        for ratio, level in bars
    ]
    sound = g.one("multiply", total(g, *pipes), held(g, attack, 0.03))
    sway = g.one("sine", freq=0.9, control_rate=True)
    left, right = (g.one("multiply", sound, scaled(g, sway, side * 0.12 * amp, amp)) for side in (1.0, -1.0))
    return left, right


@synth()
def gm_drawbar_organ(g: Graph) -> Stereo:
    """An electric organ."""
    bars = (
        (0.5, 0.8),
        (1.0, 1.0),
        (1.498, 0.6),
        (2.0, 0.7),
        (2.997, 0.35),
        (4.0, 0.3),
        (5.04, 0.15),
        (5.995, 0.15),
        (8.0, 0.2),
    )
    return _organ(g, bars, 0.006, 0.13)


@synth()
def gm_church_organ(g: Graph) -> Stereo:
    """Principals of a church organ."""
    bars = (
        (0.5, 0.5),
        (0.5017, 0.3),
        (1.0, 0.9),
        (1.0028, 0.4),
        (2.0, 0.7),
        (3.0, 0.3),
        (4.0, 0.45),
        (6.0, 0.2),
        (8.0, 0.18),
    )
    return _organ(g, bars, 0.05, 0.14)


# --- analogue ---------------------------------------------------------------------------------------------------------
def _analogue(
    g: Graph, wave: str, sub: float, corners: tuple[float, float], fall: float, gain: float, amp: float
) -> Wire:
    """An oscillator and one an octave below through a ladder whose corner falls between multiples of the pitch."""
    freq = pitch(g)
    low, high = corners
    sound = g.one("multiply_add", g.one("pulse", freq=scaled(g, freq, 0.5)), sub, g.one(wave, freq=freq))
    sweep = g.one("perc", attack=0.001, release=fall, curve=-4.0)
    corner = g.one(
        "minimum", g.one("multiply", scaled(g, freq, 1.0), g.one("scale", sweep, mul=high - low, add=low)), 14000.0
    )
    dark = g.one("moog_ff", sound, freq=corner, gain=gain)
    return g.one("gain", g.one("multiply", g.one("tanh", g.one("gain", dark, amp=1.6)), held(g, 0.003, 0.03)), amp=amp)


@synth()
def gm_synth_bass_1(g: Graph) -> Wire:
    """A synthesizer's bass, its filter closing."""
    return _analogue(g, "saw", 0.5, (3.0, 24.0), 0.45, 1.0, 0.55)


@synth()
def gm_lead_2_sawtooth(g: Graph) -> Wire:
    """A synthesizer's lead."""
    return _analogue(g, "saw", 0.0, (10.0, 20.0), 0.60, 0.6, 0.55)
