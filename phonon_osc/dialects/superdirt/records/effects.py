"""Parameters of the effects on an event, in the order of the chain.

A voice has an effect only if the event triggers it. Then every absent parameter of the effect is 0, never a default.
"""

from __future__ import annotations

from dsp.kind import Curve, Param, Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Feed, Outside, Parameter, Rule, Stage
from phonon_osc.dialects.superdirt import rules

_BELOW_ONE = 1.0 - 2.0**-24  # the largest 32-bit float below 1
_LONG = 3600.0


def _corner(default: float, doc: str) -> Param:
    return Param(default, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc=doc)


def _effect(
    key: str,
    doc: str,
    *feeds: Feed,
    low: float = 0.0,
    high: float = 1.0,
    unit: Unit = Unit.NONE,
    reads: Reads = Reads.FOLLOWING,
    outside: Outside = Outside.LIMIT,
    aliases: tuple[str, ...] = (),
) -> Parameter:
    return Parameter(key, Stage.EFFECT, doc, reads, unit, low, high, outside, aliases=aliases, feeds=feeds)


def _hertz(key: str, doc: str, *feeds: Feed, aliases: tuple[str, ...] = ()) -> Parameter:
    return _effect(key, doc, *feeds, unit=Unit.HZ, outside=Outside.HERTZ, aliases=aliases)


def _on(kind: str, parameter: str, control: str, *, step: str = "", rule: Rule | None = None) -> Feed:
    return Feed(kind, parameter, control, trigger=True, step=step, rule=rule)


EFFECTS = (
    Parameter(
        "vowel",
        Stage.EFFECT,
        "a, e, i, o or u: the formants of a voice.",
        Reads.TEXT,
        feeds=(_on("vowel", "vowel", "vowel", rule=rules.vowel),),
    ),
    _effect("shape", "Amount of a waveshaping distortion.", _on("shape", "amount", "shape"), high=_BELOW_ONE),
    _hertz(
        "hcutoff",
        "Corner of the high-pass.",
        Feed("rhpf", "cutoff", "hpf", True, param=_corner(20.0, "Corner of the high-pass.")),
        aliases=("hpf",),
    ),
    _effect("hresonance", "Resonance of the high-pass.", Feed("rhpf", "resonance", "hpf_resonance"), aliases=("hpq",)),
    _hertz(
        "bandf",
        "Centre of the band-pass.",
        Feed("bpf", "cutoff", "bpf", True, param=_corner(1000.0, "Centre of the band-pass.")),
        aliases=("bpf",),
    ),
    _effect("bandq", "Q of the band-pass; below 1 it is 1.", Feed("bpf", "q", "bpf_q"), high=1000.0, aliases=("bpq",)),
    _effect("crush", "Bits that each sample keeps.", _on("crush", "bits", "crush"), high=24.0, unit=Unit.BITS),
    _effect(
        "coarse",
        "How many frames a sample is held.",
        Feed("coarse", "period", "coarse", True, above=1.0),
        low=1.0,
        high=65536.0,
        unit=Unit.FRAMES,
    ),
    _hertz(
        "cutoff",
        "Corner of the low-pass.",
        Feed("rlpf", "cutoff", "lpf", True, param=_corner(20000.0, "Corner of the low-pass.")),
        aliases=("lpf", "ctf"),
    ),
    _effect(
        "resonance",
        "Resonance of the low-pass, and how sharp a vowel is.",
        Feed("rlpf", "resonance", "lpf_resonance"),
        Feed("vowel", "resonance", "vowel_resonance"),
        aliases=("lpq",),
    ),
    _effect(
        "psrate",
        "Factor of the pitch; the length stays.",
        Feed("pitch_shift", "ratio", "pshift", True, rule=rules.pitch_shift, fixed={"fade_in": 1.0}),
        high=4.0,
        unit=Unit.RATIO,
    ),
    _effect(
        "psdisp",
        "How far the grains of the pitch shift are scattered.",
        Feed("pitch_shift", "scatter", "pshift_scatter"),
        Feed("pitch_shift", "window", "pshift_window", computed=True),
        high=0.2,
        unit=Unit.SECONDS,
    ),
    _effect(
        "attack",
        "Rise of the envelope. The envelope ends at 0, so attack alone is followed by silence.",
        _on("ahr_gain", "attack", "env_attack", step="env"),
        high=_LONG,
        unit=Unit.SECONDS,
        reads=Reads.NUMBER,
        aliases=("att",),
    ),
    _effect(
        "hold",
        "Time at full level of the envelope.",
        Feed("ahr_gain", "hold", "env_hold", step="env"),
        high=_LONG,
        unit=Unit.SECONDS,
        reads=Reads.NUMBER,
    ),
    _effect(
        "release",
        "Fall of the envelope.",
        _on("ahr_gain", "release", "env_release", step="env"),
        high=_LONG,
        unit=Unit.SECONDS,
        reads=Reads.NUMBER,
        aliases=("rel",),
    ),
    _effect(
        "tilt",
        "An envelope in shares of the event: the share of its slopes that lies before the flat part.",
        _on("ahr_gain", "attack", "tilt_attack", step="tilt", rule=rules.tilt),
        reads=Reads.NUMBER,
    ),
    _effect(
        "plat",
        "Share of the event that is flat in the envelope of tilt.",
        Feed("ahr_gain", "hold", "tilt_hold", step="tilt"),
        Feed("ahr_gain", "release", "tilt_release", step="tilt", computed=True),
        reads=Reads.NUMBER,
    ),
    _effect(
        "curve",
        "Bend of both envelopes; 0 is straight.",
        Feed("ahr_gain", "curve", "env_curve", step="env"),
        Feed("ahr_gain", "curve", "tilt_curve", step="tilt"),
        low=-20.0,
        high=20.0,
        reads=Reads.NUMBER,
    ),
    _effect(
        "tremolorate",
        "Rate of a tremolo.",
        _on("tremolo", "rate", "tremolo"),
        high=1000.0,
        unit=Unit.HZ,
        aliases=("tremr",),
    ),
    _effect(
        "tremolodepth",
        "Depth of the tremolo; absent: none.",
        Feed("tremolo", "depth", "tremolo_depth"),
        aliases=("tremdp",),
    ),
    _effect(
        "phaserrate",
        "Rate of a phaser.",
        _on("dirt_phaser", "rate", "phaser"),
        high=1000.0,
        unit=Unit.HZ,
        aliases=("phasr",),
    ),
    _effect(
        "phaserdepth",
        "Depth of the phaser; absent: none.",
        Feed("dirt_phaser", "depth", "phaser_depth"),
        aliases=("phasdp",),
    ),
    _effect(
        "waveloss",
        "Chance in per cent that a piece between two zero crossings is left out.",
        _on("waveloss", "amount", "waveloss"),
        high=100.0,
    ),
    _effect(
        "squiz",
        "Factor of the pitch of the pieces between zero crossings; silence fills the rest.",
        _on("squiz", "ratio", "squiz"),
        low=1.0,
        high=64.0,
        unit=Unit.RATIO,
    ),
    _effect(
        "fshift",
        "Shift of all frequencies.",
        _on("freq_shift", "shift", "fshift", rule=rules.freq_shift),
        low=-rules.FARTHEST_SHIFT,
        high=rules.FARTHEST_SHIFT,
        unit=Unit.HZ,
    ),
    _effect(
        "fshiftnote",
        "Shift of all frequencies as a factor of the event's frequency; added to fshift.",
        Feed("freq_shift", "shift", "fshift", computed=True),
        low=-rules.FARTHEST_SHIFT,
        high=rules.FARTHEST_SHIFT,
        unit=Unit.RATIO,
    ),
    _effect(
        "fshiftphase",
        "Phase of the shifting wave in radians.",
        Feed("freq_shift", "angle", "fshift_phase"),
        low=-1000.0,
        high=1000.0,
    ),
    _effect("triode", "Amount of a distortion like a tube's.", _on("triode", "amount", "triode"), high=100.0),
    _effect(
        "krush",
        "Amount of a distortion that makes quiet parts louder.",
        _on("krush", "amount", "krush", rule=rules.krush),
        high=100.0,
    ),
    _effect(
        "kcutoff",
        f"Corner of the low-pass of krush; absent or 0: {rules.KRUSH_HERTZ:g} Hz.",
        Feed("krush", "cutoff", "krush_cutoff"),
        low=20.0,
        high=10000.0,
        unit=Unit.HZ,
    ),
    _effect("octer", "Level of the octave above.", _on("octer", "amount", "octer"), high=10.0, unit=Unit.GAIN),
    _effect(
        "octersub", "Level of the octave below.", _on("octer", "sub", "octer_sub"), low=-10.0, high=10.0, unit=Unit.GAIN
    ),
    _effect(
        "octersubsub",
        "Level of two octaves below.",
        _on("octer", "sub_sub", "octer_subsub"),
        low=-10.0,
        high=10.0,
        unit=Unit.GAIN,
    ),
    _effect("ring", "Amount of a ring modulation.", Feed("ring", "amount", "ring", True, fixed={"dry": 1.0})),
    _hertz("ringf", "Frequency of the ring modulation.", Feed("ring", "freq", "ring_freq")),
    _effect(
        "ringdf",
        "Change of the ring modulation's frequency within a second.",
        Feed("ring", "sweep", "ring_sweep"),
        low=-20000.0,
        high=20000.0,
        unit=Unit.HZ,
    ),
    _effect("distort", "Amount of a crunchy distortion.", _on("crossover_distort", "amount", "distort")),
    _effect(
        "xsdelay",
        "Bit pattern that sets the delay of each band.",
        _on("spectral_delay", "mask", "xsdelay"),
        high=1e6,
    ),
    _effect("tsdelay", "Length of the delays of xsdelay.", _on("spectral_delay", "time", "tsdelay")),
    _effect("freeze", "Above 0, holds the spectrum.", _on("freeze", "frozen", "freeze")),
    _effect("comb", "Filters the spectrum with comb teeth.", _on("spectral_comb", "amount", "comb")),
    _effect("smear", "Blurs the spectrum.", _on("smear", "amount", "smear")),
    _effect("scram", "Scrambles the spectrum.", _on("scramble", "amount", "scram"), Feed("scramble", "reach", "scram")),
    _effect("binshift", "Shifts and stretches the spectrum.", _on("bin_shift", "amount", "binshift")),
    _effect("hbrick", "Share of the spectrum that is removed at the low end.", _on("brick", "low", "brick_low")),
    _effect("lbrick", "Share of the spectrum that is removed at the high end.", _on("brick", "high", "brick_high")),
    _effect("real", "Real part of a conformal map of the spectrum.", _on("conformer", "real", "conformer")),
    _effect("imag", "Imaginary part of a conformal map of the spectrum.", _on("conformer", "imag", "conformer_imag")),
    _effect("enhance", "Adds harmonics to the spectrum.", _on("enhance", "amount", "enhance")),
    _effect("djf", "One knob for two filters: below 0.5 a low-pass, above a high-pass.", _on("djf", "value", "djf")),
)
