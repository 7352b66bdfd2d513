"""Six operators with envelopes in one kind; each can modulate the phase of all."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float
from dsp.math.phase import from_phase, phase_step
from dsp.math.trig import sin_cycles, sin_phase

_RADIAN = 0.15915494309189535  # in cycles
_OPERATORS = range(1, 7)
_RATES = (10.0, 0.3, 0.1, 0.1)
_MOST = 16.0  # largest amplitude of an operator
_BEND = 1000.0  # radians

_PARAMS = {
    "freq": Param(440.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Pitch that the ratios multiply."),
    "sustain": Param(1.0, 0.001, 3600.0, Unit.SECONDS, smoothing=0.0, doc="Time that the envelopes fill."),
    "lfofreq": Param(1.0, 0.0, 100.0, Unit.HZ, doc="Frequency of the vibrato."),
    "lfodepth": Param(0.0, 0.0, 1.0, doc="Depth of the vibrato, as a share of the pitch."),
    "feedback": Param(0.0, 0.0, 16.0, Unit.GAIN, doc="Factor of mod11, mod22 ... mod66."),
}
for _i in _OPERATORS:
    _PARAMS |= {
        f"amp{_i}": Param(1.0, -_MOST, _MOST, Unit.GAIN, doc=f"Level of operator {_i} in the output."),
        f"ratio{_i}": Param(
            1.0, 0.0, 256.0, Unit.RATIO, doc=f"Frequency of operator {_i}, as a multiple of the pitch."
        ),
        f"detune{_i}": Param(0.0, -1000.0, 1000.0, Unit.HZ, doc=f"Added to the frequency of operator {_i}."),
    }
    for _k in range(1, 5):
        _PARAMS[f"eglevel{_i}{_k}"] = Param(
            1.0, 0.0, _MOST, Unit.GAIN, smoothing=0.0, doc=f"Level of operator {_i} after segment {_k} of its envelope."
        )
    for _k, _rate in enumerate(_RATES, 1):
        _PARAMS[f"egrate{_i}{_k}"] = Param(
            _rate, 0.0, 1000.0, Unit.RATIO, smoothing=0.0,
            doc=f"Speed of segment {_k} of operator {_i}'s envelope; the segment takes 0.1 / rate of `sustain`.",
        )  # fmt: skip
for _i in _OPERATORS:
    for _k in _OPERATORS:
        _PARAMS[f"mod{_i}{_k}"] = Param(
            0.0, -100.0, 100.0, doc=f"Radians by which operator {_k} modulates operator {_i}."
        )


@inline
def _length(rate: Any) -> Any:
    """Length of a segment, as a share of `sustain`."""
    return fmin(fmax(0.1 / fmax(rate, 1e-4), 0.001), 1000.0)


@inline
def _height(level: Any) -> Any:
    return fmin(fmax(level, -_MOST), _MOST)


@inline
def _envelope(levels: Any, rates: Any, i: Any) -> Any:
    """Lengths and slopes of the four segments; the first one begins at 0."""
    t1, t2 = _length(rates[0][i]), _length(rates[1][i])
    t3, t4 = _length(rates[2][i]), _length(rates[3][i])
    a, b, c, d = _height(levels[0][i]), _height(levels[1][i]), _height(levels[2][i]), _height(levels[3][i])
    return t1, t2, t3, t4, a / t1, (b - a) / t2, (c - b) / t3, (d - c) / t4


@inline
def _level(u: Any, envelope: Any) -> Any:
    """The level of an envelope after the share u of `sustain`."""
    t1, t2, t3, t4, s1, s2, s3, s4 = envelope
    level = s1 * fmin(u, t1) + s2 * fmin(fmax(u - t1, 0.0), t2)
    u = u - (t1 + t2)
    return level + s3 * fmin(fmax(u, 0.0), t3) + s4 * fmin(fmax(u - t3, 0.0), t4)


@inline
def _moves(levels: Any, rates: Any) -> bool:
    still = not (levels[0].moving or levels[1].moving or levels[2].moving or levels[3].moving)
    return not still or rates[0].moving or rates[1].moving or rates[2].moving or rates[3].moving


@inline
def _bend(mods: Any, last: Any, i: Any) -> Any:
    """Radians by which the operators' last samples modulate one operator."""
    total = mods[0][i] * last[0] + mods[1][i] * last[1] + mods[2][i] * last[2]
    total = total + (mods[3][i] * last[3] + mods[4][i] * last[4] + mods[5][i] * last[5])
    return total


@inline
def _sample(angle: Any, bend: Any, level: Any) -> Any:
    """An operator's output."""
    return level * sin_cycles(from_phase(angle) + fmin(fmax(bend, -_BEND), _BEND) * _RADIAN)


@kind(
    state=("last1", "last2", "last3", "last4", "last5", "last6"),
    ints=("angle1", "angle2", "angle3", "angle4", "angle5", "angle6", "vibrato"),
    tags=("chaotic",),
    reference="Chowning, 'The synthesis of complex audio spectra by means of frequency modulation' (JAES 21, 1973); "
    "SuperDirt's superfm; every modulation path has a delay of one sample",
    **_PARAMS,
)
def fm6(
    freq: Any, sustain: Any, lfofreq: Any, lfodepth: Any, feedback: Any,
    amp1: Any, ratio1: Any, detune1: Any,
    eglevel11: Any, eglevel12: Any, eglevel13: Any, eglevel14: Any,
    egrate11: Any, egrate12: Any, egrate13: Any, egrate14: Any,
    amp2: Any, ratio2: Any, detune2: Any,
    eglevel21: Any, eglevel22: Any, eglevel23: Any, eglevel24: Any,
    egrate21: Any, egrate22: Any, egrate23: Any, egrate24: Any,
    amp3: Any, ratio3: Any, detune3: Any,
    eglevel31: Any, eglevel32: Any, eglevel33: Any, eglevel34: Any,
    egrate31: Any, egrate32: Any, egrate33: Any, egrate34: Any,
    amp4: Any, ratio4: Any, detune4: Any,
    eglevel41: Any, eglevel42: Any, eglevel43: Any, eglevel44: Any,
    egrate41: Any, egrate42: Any, egrate43: Any, egrate44: Any,
    amp5: Any, ratio5: Any, detune5: Any,
    eglevel51: Any, eglevel52: Any, eglevel53: Any, eglevel54: Any,
    egrate51: Any, egrate52: Any, egrate53: Any, egrate54: Any,
    amp6: Any, ratio6: Any, detune6: Any,
    eglevel61: Any, eglevel62: Any, eglevel63: Any, eglevel64: Any,
    egrate61: Any, egrate62: Any, egrate63: Any, egrate64: Any,
    mod11: Any, mod12: Any, mod13: Any, mod14: Any, mod15: Any, mod16: Any,
    mod21: Any, mod22: Any, mod23: Any, mod24: Any, mod25: Any, mod26: Any,
    mod31: Any, mod32: Any, mod33: Any, mod34: Any, mod35: Any, mod36: Any,
    mod41: Any, mod42: Any, mod43: Any, mod44: Any, mod45: Any, mod46: Any,
    mod51: Any, mod52: Any, mod53: Any, mod54: Any, mod55: Any, mod56: Any,
    mod61: Any, mod62: Any, mod63: Any, mod64: Any, mod65: Any, mod66: Any,
    y: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """FM synthesis: six sines with envelopes. A matrix of indices says how much each modulates the phase of each."""
    dt = env.dt
    levels1, rates1 = (eglevel11, eglevel12, eglevel13, eglevel14), (egrate11, egrate12, egrate13, egrate14)
    levels2, rates2 = (eglevel21, eglevel22, eglevel23, eglevel24), (egrate21, egrate22, egrate23, egrate24)
    levels3, rates3 = (eglevel31, eglevel32, eglevel33, eglevel34), (egrate31, egrate32, egrate33, egrate34)
    levels4, rates4 = (eglevel41, eglevel42, eglevel43, eglevel44), (egrate41, egrate42, egrate43, egrate44)
    levels5, rates5 = (eglevel51, eglevel52, eglevel53, eglevel54), (egrate51, egrate52, egrate53, egrate54)
    levels6, rates6 = (eglevel61, eglevel62, eglevel63, eglevel64), (egrate61, egrate62, egrate63, egrate64)
    shifting = sustain.moving or _moves(levels1, rates1) or _moves(levels2, rates2) or _moves(levels3, rates3)
    shifting = shifting or _moves(levels4, rates4) or _moves(levels5, rates5) or _moves(levels6, rates6)
    e1, e2, e3 = _envelope(levels1, rates1, 0), _envelope(levels2, rates2, 0), _envelope(levels3, rates3, 0)
    e4, e5, e6 = _envelope(levels4, rates4, 0), _envelope(levels5, rates5, 0), _envelope(levels6, rates6, 0)
    pace = dt / fmin(fmax(sustain[0], 1e-3), 1e4)

    gliding = freq.moving or lfodepth.moving or any_lane(lfodepth[0] != 0.0)
    gliding = gliding or ratio1.moving or ratio2.moving or ratio3.moving or detune1.moving or detune2.moving
    gliding = gliding or ratio4.moving or ratio5.moving or ratio6.moving or detune3.moving or detune4.moving
    gliding = gliding or detune5.moving or detune6.moving
    f = freq[0]
    d1, d2 = phase_step(f * ratio1[0] + detune1[0], dt), phase_step(f * ratio2[0] + detune2[0], dt)
    d3, d4 = phase_step(f * ratio3[0] + detune3[0], dt), phase_step(f * ratio4[0] + detune4[0], dt)
    d5, d6 = phase_step(f * ratio5[0] + detune5[0], dt), phase_step(f * ratio6[0] + detune6[0], dt)

    mods1, mods2 = (mod11, mod12, mod13, mod14, mod15, mod16), (mod21, mod22, mod23, mod24, mod25, mod26)
    mods3, mods4 = (mod31, mod32, mod33, mod34, mod35, mod36), (mod41, mod42, mod43, mod44, mod45, mod46)
    mods5, mods6 = (mod51, mod52, mod53, mod54, mod55, mod56), (mod61, mod62, mod63, mod64, mod65, mod66)
    a1, a2, a3, a4, a5, a6 = state.angle1, state.angle2, state.angle3, state.angle4, state.angle5, state.angle6
    o1, o2, o3, o4, o5, o6 = state.last1, state.last2, state.last3, state.last4, state.last5, state.last6
    vibrato = state.vibrato
    for i in range(n):
        if shifting:
            e1, e2, e3 = _envelope(levels1, rates1, i), _envelope(levels2, rates2, i), _envelope(levels3, rates3, i)
            e4, e5, e6 = _envelope(levels4, rates4, i), _envelope(levels5, rates5, i), _envelope(levels6, rates6, i)
            pace = dt / fmin(fmax(sustain[i], 1e-3), 1e4)
        if gliding:
            f = freq[i] * (1.0 + fmin(fmax(lfodepth[i], -1e3), 1e3) * sin_phase(vibrato))
            d1, d2 = phase_step(f * ratio1[i] + detune1[i], dt), phase_step(f * ratio2[i] + detune2[i], dt)
            d3, d4 = phase_step(f * ratio3[i] + detune3[i], dt), phase_step(f * ratio4[i] + detune4[i], dt)
            d5, d6 = phase_step(f * ratio5[i] + detune5[i], dt), phase_step(f * ratio6[i] + detune6[i], dt)
        vibrato = vibrato + phase_step(lfofreq[i], dt)
        u = to_float(env.age + i) * pace
        fed = feedback[i] - 1.0
        last = (o1, o2, o3, o4, o5, o6)
        n1 = _sample(a1, _bend(mods1, last, i) + fed * mod11[i] * o1, _level(u, e1))
        n2 = _sample(a2, _bend(mods2, last, i) + fed * mod22[i] * o2, _level(u, e2))
        n3 = _sample(a3, _bend(mods3, last, i) + fed * mod33[i] * o3, _level(u, e3))
        n4 = _sample(a4, _bend(mods4, last, i) + fed * mod44[i] * o4, _level(u, e4))
        n5 = _sample(a5, _bend(mods5, last, i) + fed * mod55[i] * o5, _level(u, e5))
        n6 = _sample(a6, _bend(mods6, last, i) + fed * mod66[i] * o6, _level(u, e6))
        o1, o2, o3, o4, o5, o6 = n1, n2, n3, n4, n5, n6
        a1, a2, a3, a4, a5, a6 = a1 + d1, a2 + d2, a3 + d3, a4 + d4, a5 + d5, a6 + d6
        total = _height(amp1[i]) * o1 + _height(amp2[i]) * o2 + _height(amp3[i]) * o3
        y[i] = total + (_height(amp4[i]) * o4 + _height(amp5[i]) * o5 + _height(amp6[i]) * o6)
    state.angle1, state.angle2, state.angle3, state.angle4, state.angle5, state.angle6 = a1, a2, a3, a4, a5, a6
    state.last1, state.last2, state.last3, state.last4, state.last5, state.last6 = o1, o2, o3, o4, o5, o6
    state.vibrato = vibrato
