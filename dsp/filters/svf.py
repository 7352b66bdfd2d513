"""State-variable filters in the zero-delay-feedback form."""

from __future__ import annotations

from dsp.kind import Param, Unit, kind


@kind(ins=("x",), outs=("y",), state=("z1", "z2"), reference="t",
    cutoff=Param(1000.0, 20.0, 20000.0, Unit.HZ), resonance=Param(0.0, 0.0, 1.0))
def lowpass(x, cutoff, resonance, y, state, n, env):
    """Test."""
    z1, z2 = state.z1, state.z2
    r = 2.0 - 1.98 * resonance[0]
    g = cutoff[0] * 3.14159265 * env.dt
    h = 1.0 / (1.0 + r * g + g * g)
    for i in range(n):
        hp = (x[i] - (r + g) * z1 - z2) * h
        bp = g * hp + z1
        z1 = g * hp + bp
        lp = g * bp + z2
        z2 = g * bp + lp
        y[i] = lp
    state.z1 = z1
    state.z2 = z2
