"""What every dirt voice has in common: SuperDirt's chain of effects, its gate, and the way out.

Reference: superdirt.md 4.1. Effects are optional steps in SuperDirt's order, one for each side, or one for both; an event that does not ask
for an effect does not pay for it. The names of the controls are what ``phonon_osc.osc.dirt_voice`` sends.
"""

from __future__ import annotations

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Ref, Wire

SECONDS = 3600.0


def _hz(default: float, doc: str) -> Param:
    return Param(default, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc=doc)


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, SECONDS, Unit.SECONDS, smoothing=0.0, doc=doc)


PAN = Param(0.0, -1.0, 1.0, smoothing=0.005, doc="-1 left, 1 right, equal power.")
AMP = Param(0.4, 0.0, 100.0, Unit.GAIN, smoothing=0.005, doc="Linear level.")
LEVEL = Param(
    1.0, 0.0, 1e6, Unit.GAIN, smoothing=0.005, doc="Level from gain and overgain: (min(gain, 2) + overgain)^4."
)
GATE = {
    "fade_in": _time(0.0, "Raised-cosine rise at the onset."),
    "hold_time": _time(1.0, "Time at full level."),
    "fade_out": _time(0.001, "Raised-cosine fall at the end."),
    "late": _time(0.0, "By how much the event begins ahead of what is heard of it: effects that take time."),
}
FREQ = Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Pitch.")
SPEED = Param(1.0, -1e3, 1e3, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch.")
ACCELERATE = Param(0.0, -1e3, 1e3, smoothing=0.0, doc="Relative change of pitch over the event.")
# effect: kind, trigger control, its parameter, then further parameters and controls; the order is SuperDirt's
EFFECTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("vowel", "vowel", "vowel", {"resonance": "vowel_resonance"}),
    ("shape", "shape", "amount", {}),
    ("rhpf", "hpf", "cutoff", {"resonance": "hpf_resonance"}),
    ("bpf", "bpf", "cutoff", {"q": "bpf_q"}),
    ("crush", "crush", "bits", {}),
    ("coarse", "coarse", "period", {}),
    ("rlpf", "lpf", "cutoff", {"resonance": "lpf_resonance"}),
    ("pitch_shift", "pshift", "ratio", {"scatter": "pshift_scatter", "window": "pshift_window"}),
    ("ahr_gain", "env_attack", "attack", {"hold": "env_hold", "release": "env_release", "curve": "env_curve"}),
    ("ahr_gain", "tilt_attack", "attack", {"hold": "tilt_hold", "release": "tilt_release", "curve": "tilt_curve"}),
    ("tremolo", "tremolo", "rate", {"depth": "tremolo_depth"}),
    ("dirt_phaser", "phaser", "rate", {"depth": "phaser_depth"}),
    ("waveloss", "waveloss", "amount", {}),
    ("squiz", "squiz", "ratio", {}),
    ("freq_shift", "fshift", "shift", {"phase": "fshift_phase"}),
    ("triode", "triode", "amount", {}),
    ("krush", "krush", "amount", {"cutoff": "krush_cutoff"}),
    ("octer", "octer", "amount", {"sub": "octer_sub", "sub_sub": "octer_subsub"}),
    ("ring", "ring", "amount", {"freq": "ring_freq", "sweep": "ring_sweep"}),
    ("crossover_distort", "distort", "amount", {}),
    ("spectral_delay", "xsdelay", "mask", {"time": "tsdelay"}),
    ("freeze", "freeze", "frozen", {}),
    ("spectral_comb", "comb", "amount", {}),
    ("smear", "smear", "amount", {}),
    ("scramble", "scram", "amount", {"reach": "scram"}),
    ("bin_shift", "binshift", "amount", {}),
    ("brick", "brick_low", "low", {"high": "brick_high"}),
    ("conformer", "conformer", "real", {"imag": "conformer_imag"}),
    ("enhance", "enhance", "amount", {}),
    ("djf", "djf", "value", {}),
)
FIXED: dict[str, dict[str, float]] = {  # what SuperDirt's effect does not let choose
    "pitch_shift": {"fade_in": 1.0},
    "ring": {"dry": 1.0},
}
CONTROLS = frozenset(  # of every dirt voice; the others are its source's own
    {"pan", "amp", "level", *GATE} | {name for _, trigger, _, more in EFFECTS for name in (trigger, *more.values())}
)
PARAMS = {
    "hpf": _hz(20.0, "Corner of the high-pass."),
    "bpf": _hz(1000.0, "Centre of the band-pass."),
    "lpf": _hz(20000.0, "Corner of the low-pass."),
}


def hold(g: Graph) -> ControlRef:
    """The event's sustain S: the time at full level of its gate."""
    return g.control("hold_time", GATE["hold_time"])


def pitch(g: Graph, freq: Ref | None = None) -> Wire:
    """freq times SuperDirt's frequency scale, which goes from |speed| to |speed| (accelerate + 1) over the event."""
    return g.one(
        "freq_scale",
        freq=g.control("freq", FREQ) if freq is None else freq,
        speed=g.control("speed", SPEED),
        accelerate=g.control("accelerate", ACCELERATE),
        sustain=hold(g),
        control_rate=True,
    )


def add_effects(g: Graph, left: Wire, right: Wire) -> tuple[Wire, Wire]:
    """Append the optional effects to both sides."""
    for kind_name, trigger, main, more in EFFECTS:
        spec = kinds()[kind_name].params
        controls = {main: g.control(trigger, PARAMS.get(trigger, spec[main]))}
        controls |= {param: g.control(name, spec[param]) for param, name in more.items()}
        fixed = FIXED.get(kind_name, {})
        if len(kinds()[kind_name].outs) == 2:
            left, right = g.add(kind_name, left, right, when=trigger, **controls, **fixed)
        else:
            left, right = (g.one(kind_name, side, when=trigger, **controls, **fixed) for side in (left, right))
    return left, right


def finish(g: Graph, left: Wire, right: Wire) -> Definition:
    """Effects, gate, level, out."""
    left, right = add_effects(g, left, right)
    times = {name: g.control(name, param) for name, param in GATE.items()}
    gate = g.one("event_gate", **times)
    loud = g.one("gain", gate, amp=g.control("amp", AMP))
    loud = g.one("gain", loud, amp=g.control("level", LEVEL))
    g.out(g.one("gain", left, amp=loud), g.one("gain", right, amp=loud))
    return g.build()


def finish_voice(g: Graph, sound: Wire | tuple[Wire, Wire]) -> Definition:
    """The chain around a source: one wire, which is panned, or left and right, which are balanced."""
    position = g.control("pan", PAN)
    left, right = (
        g.add("pan", sound, position=position)
        if isinstance(sound, Wire)
        else g.add("balance", *sound, position=position)
    )
    return finish(g, left, right)
