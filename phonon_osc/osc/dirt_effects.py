"""Which keys of an event set which controls of a voice's effect chain and of its orbit (reference superdirt.md 4).

Rule R1: an effect exists only if the event triggers it, and then what the event leaves out of it is 0, never a default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dsp.math.stft import latency
from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.osc.dirt_event import Event, number, number_or_bus, tempo, text
from phonon_osc.osc.dirt_pitch import DEFAULT_MIDI, midi_to_hz, synth_frequency

_LOWEST_HERTZ = 20.0
_BELOW_ONE = 1.0 - 2.0**-24  # the largest 32-bit float below 1
_LONG = 3600.0
_VOWELS = "aeiou"
_KRUSH_HERTZ = 4000.0  # where kcutoff is missing or not above 0


@dataclass(frozen=True, slots=True)
class Control:
    """Key of the event, name in the definition, range; ``hertz``: the range is 20 Hz to half the sample rate."""

    key: str
    name: str
    low: float = 0.0
    high: float = 1.0
    hertz: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """A step of the chain: on if one of the ``triggers`` is there and, being a number, above ``threshold`` (if any)."""

    triggers: tuple[str, ...]
    controls: tuple[Control, ...]
    threshold: float | None = None


# In the order of the chain. A further effect of table 4.1 is a further row here and a step in the definition.
EFFECTS = (
    Effect(("shape",), (Control("shape", "shape", 0.0, _BELOW_ONE),)),
    Effect(("hcutoff",), (Control("hcutoff", "hpf", hertz=True), Control("hresonance", "hpf_resonance"))),
    Effect(("bandf",), (Control("bandf", "bpf", hertz=True), Control("bandq", "bpf_q", 0.0, 1000.0))),
    Effect(("crush",), (Control("crush", "crush", 0.0, 24.0),)),
    Effect(("coarse",), (Control("coarse", "coarse", 1.0, 65536.0),), threshold=1.0),
    Effect(("cutoff",), (Control("cutoff", "lpf", hertz=True), Control("resonance", "lpf_resonance"))),
    Effect(
        ("attack", "release"),
        (
            Control("attack", "env_attack", 0.0, _LONG),
            Control("hold", "env_hold", 0.0, _LONG),
            Control("release", "env_release", 0.0, _LONG),
            Control("curve", "env_curve", -20.0, 20.0),
        ),
    ),
    Effect(
        ("tremolorate",), (Control("tremolorate", "tremolo", 0.0, 1000.0), Control("tremolodepth", "tremolo_depth"))
    ),
    Effect(("phaserrate",), (Control("phaserrate", "phaser", 0.0, 1000.0), Control("phaserdepth", "phaser_depth"))),
    Effect(("waveloss",), (Control("waveloss", "waveloss", 0.0, 100.0),)),
    Effect(("squiz",), (Control("squiz", "squiz", 1.0, 64.0),)),
    Effect(("triode",), (Control("triode", "triode", 0.0, 100.0),)),
    Effect(
        ("octer", "octersub", "octersubsub"),
        (
            Control("octer", "octer", 0.0, 10.0),
            Control("octersub", "octer_sub", -10.0, 10.0),
            Control("octersubsub", "octer_subsub", -10.0, 10.0),
        ),
    ),
    Effect(
        ("ring",),
        (
            Control("ring", "ring"),
            Control("ringf", "ring_freq", hertz=True),
            Control("ringdf", "ring_sweep", -20000.0, 20000.0),
        ),
    ),
    Effect(("distort",), (Control("distort", "distort"),)),
    Effect(("xsdelay", "tsdelay"), (Control("xsdelay", "xsdelay", 0.0, 1e6), Control("tsdelay", "tsdelay"))),
    Effect(("freeze",), (Control("freeze", "freeze"),)),
    Effect(("comb",), (Control("comb", "comb"),)),
    Effect(("smear",), (Control("smear", "smear"),)),
    Effect(("scram",), (Control("scram", "scram"),)),
    Effect(("binshift",), (Control("binshift", "binshift"),)),
    Effect(("hbrick", "lbrick"), (Control("hbrick", "brick_low"), Control("lbrick", "brick_high"))),
    Effect(("real", "imag"), (Control("real", "conformer"), Control("imag", "conformer_imag"))),
    Effect(("enhance",), (Control("enhance", "enhance"),)),
    Effect(("djf",), (Control("djf", "djf"),)),
)
_VOWEL_RESONANCE = Control("resonance", "vowel_resonance")
_PSHIFT = Control("psrate", "pshift", 0.0, 4.0), Control("psdisp", "pshift_scatter", 0.0, 0.2)
_TILT = Control("tilt", "tilt"), Control("plat", "plat"), Control("curve", "tilt_curve", -20.0, 20.0)
_SHIFT = Control("fshift", "fshift", -20000.0, 20000.0), Control("fshiftphase", "fshift_phase", -1.0, 1.0)
_KRUSH = Control("krush", "krush", 0.0, 100.0), Control("kcutoff", "krush_cutoff", 20.0, 10000.0)

# One of each of the effects that work on spectra
SPECTRAL = frozenset({"freeze", "comb", "smear", "scram", "binshift", "brick_low", "conformer", "enhance"})
_SUPERDIRT_FRAME = (2048 - 64) / 48000.0  # seconds until a frame of scsynth's FFT is heard
EFFECT_CONTROLS = frozenset(control.name for effect in EFFECTS for control in effect.controls) | {
    *(
        "vowel",
        "vowel_resonance",
        "pshift",
        "pshift_scatter",
        "pshift_window",
        "fshift",
        "fshift_phase",
        "krush",
        "krush_cutoff",
    ),
    *("tilt_attack", "tilt_hold", "tilt_release", "tilt_curve"),
}

# Of the orbit. A further global effect of 4.4 is a further row: an absent key
# stays None, unless SuperDirt's orbit gives it a default.
_ORBIT = (
    Control("delay", "delay", 0.0, 10.0),
    Control("delaytime", "delaytime", 0.0, _LONG),
    Control("delayfeedback", "delayfeedback", 0.0, 2.0),  # SuperDirt has no upper limit: above 1 it grows
    Control("lock", "lock"),
    Control("cps", "cps", 0.001, 1000.0),
    Control("room", "room", 0.0, 10.0),
    Control("size", "size"),
    Control("dry", "dry"),
    Control("leslie", "leslie"),
    Control("lrate", "lrate", 0.0, 20.0),
    Control("lsize", "lsize", 0.0, 10.0),
    Control("limitertype", "limiter", 0.0, 2.0),
)
_ORBIT_DEFAULTS = {"delay": 0.0, "lock": 0.0, "dry": 0.0}


_TRIGGERS = frozenset(trigger for effect in EFFECTS for trigger in effect.triggers) | {
    *("vowel", "psrate", "tilt", "fshift", "krush"),
}


def effect_controls(event: Event, sample_rate: float, sustain: float) -> dict[str, Value]:
    """The controls of every effect the event triggers; nothing of any other. ``sustain``: S, seconds."""
    if _TRIGGERS.isdisjoint(event):
        return {}  # most events
    controls = _vowel(event) | _pitch_shift(event, sustain) | _tilt(event, sustain) | _shift(event) | _krush(event)
    for effect in EFFECTS:
        if any(_is_on(event, trigger, effect.threshold) for trigger in effect.triggers):
            for control in effect.controls:
                value = number_or_bus(event, control.key)
                controls[control.name] = 0.0 if value is None else limited(value, control, sample_rate)
    return controls


def ahead(controls: Mapping[str, Value], sample_rate: float) -> float:
    """Seconds by which an event begins early, so that its spectral effects are as late as SuperDirt's and no later."""
    return len(SPECTRAL & controls.keys()) * max(latency(sample_rate) / sample_rate - _SUPERDIRT_FRAME, 0.0)


def _vowel(event: Event) -> dict[str, Value]:
    """The one effect whose key is a letter; other words do nothing."""
    letter = text(event, "vowel") or ""
    if len(letter) != 1 or letter not in _VOWELS:
        return {}
    return {"vowel": float(_VOWELS.index(letter)), "vowel_resonance": _given(event, _VOWEL_RESONANCE)}


def _pitch_shift(event: Event, sustain: float) -> dict[str, Value]:
    """Its grains are longer in longer events."""
    if number_or_bus(event, "psrate") is None:
        return {}
    share = min(max((sustain - 0.01) / (0.3 - 0.01), 0.0), 1.0)
    return {control.name: _given(event, control) for control in _PSHIFT} | {"pshift_window": 0.01 + 0.17 * share}


def _tilt(event: Event, sustain: float) -> dict[str, Value]:
    """An envelope in shares of the event: ``plat`` of it flat, ``tilt`` of the rest before that."""
    tilt, plat, curve = (_given(event, control) for control in _TILT)
    if number_or_bus(event, "tilt") is None or isinstance(tilt, BusMap) or isinstance(plat, BusMap):
        return {}
    rest = (1.0 - plat) * sustain
    return {
        "tilt_attack": tilt * rest,
        "tilt_hold": plat * sustain,
        "tilt_release": (1.0 - tilt) * rest,
        "tilt_curve": curve,
    }


def _shift(event: Event) -> dict[str, Value]:
    """By hertz, and by a share of the event's own frequency on top; the phase is in radians."""
    if number_or_bus(event, "fshift") is None:
        return {}
    shift, phase = _given(event, _SHIFT[0]), number(event, "fshiftphase") or 0.0
    share, freq = number(event, "fshiftnote"), synth_frequency(event)
    if share is not None and not isinstance(shift, BusMap):
        base = midi_to_hz(DEFAULT_MIDI) if freq is None or isinstance(freq, BusMap) else freq
        shift = min(max(shift + base * share, _SHIFT[0].low), _SHIFT[0].high)
    return {"fshift": shift, "fshift_phase": math.remainder(phase / math.tau, 1.0)}


def _krush(event: Event) -> dict[str, Value]:
    if number_or_bus(event, "krush") is None:
        return {}
    cutoff = number_or_bus(event, "kcutoff")
    if cutoff is None or (not isinstance(cutoff, BusMap) and cutoff <= 0.0):
        cutoff = _KRUSH_HERTZ
    return {"krush": _given(event, _KRUSH[0]), "krush_cutoff": limited(cutoff, _KRUSH[1], 0.0)}


def _given(event: Event, control: Control) -> Value:
    """Rule R1: 0 where the event says nothing."""
    value = number_or_bus(event, control.key)
    return 0.0 if value is None else limited(value, control, 0.0)


def orbit_controls(event: Event, sample_rate: float) -> dict[str, Value | None]:
    """All parameters of the orbit's effects; None for a key the event does not have."""
    controls: dict[str, Value | None] = {}
    for control in _ORBIT:
        value = number_or_bus(event, control.key)
        if control.key == "cps" and not isinstance(value, BusMap):
            value = tempo(event)
        if value is None:
            value = _ORBIT_DEFAULTS.get(control.key)
        controls[control.name] = None if value is None else limited(value, control, sample_rate)
    return controls


def limited(value: Value, control: Control, sample_rate: float) -> Value:
    """The value within the range of its control; a bus map as it is (kernels limit what they read from a bus)."""
    if isinstance(value, BusMap):
        return value
    if control.hertz:
        return min(max(abs(value), _LOWEST_HERTZ), sample_rate / 2.0)
    return min(max(value, control.low), control.high)


def _is_on(event: Event, trigger: str, threshold: float | None) -> bool:
    value = number_or_bus(event, trigger)
    if value is None:
        return False
    return threshold is None or isinstance(value, BusMap) or value > threshold
