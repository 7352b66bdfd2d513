"""SuperDirt's superfm: six operators, every parameter a key of the event (reference superdirt.md 5.2).

SuperDirt draws the detunings, and the patches behind ``voice`` 1 to 5, at random whenever it starts; here they are
fixed.
"""

from __future__ import annotations

from dataclasses import replace

from dsp.kind import Param, kinds
from phonon_osc.engine.definition import Graph, Ref, Wire
from phonon_osc.synths.parts import FREQ, hold, knob, plateau
from phonon_osc.synths.recipe import synth

_LEVEL = 10.0 ** (-15.0 / 20.0)
_DETUNE = dict(detune1=-0.07, detune2=0.04, detune3=-0.02, detune4=0.09, detune5=-0.05, detune6=0.06)  # Hz
# Operators 1, 3 and 5 are heard; 2, 4 and 6 modulate them. What a patch does not name stays as the event has it.
_PATCHES: dict[str, tuple[float, float, float, float, float]] = {
    # voice:   electric piano, bell, brass, bass, glass
    "ratio2": (14.0, 3.5, 1.0, 1.0, 3.0),
    "ratio3": (1.002, 1.0, 1.002, 0.5, 2.0),
    "ratio4": (1.0, 3.53, 1.0, 2.0, 5.0),
    "ratio5": (1.0, 2.76, 1.0, 1.0, 4.0),
    "ratio6": (1.0, 5.4, 2.0, 3.0, 1.0),
    "amp1": (1.5, 1.25, 1.5, 1.5, 1.25),
    "amp2": (0.0, 0.0, 0.0, 0.0, 0.0),
    "amp3": (1.5, 1.25, 1.25, 1.25, 1.0),
    "amp4": (0.0, 0.0, 0.0, 0.0, 0.0),
    "amp5": (0.5, 0.75, 1.0, 0.75, 0.5),
    "amp6": (0.0, 0.0, 0.0, 0.0, 0.0),
    "mod12": (0.5, 2.0, 2.0, 3.5, 0.5),
    "mod34": (1.5, 1.25, 1.5, 0.75, 0.5),
    "mod56": (0.0, 0.5, 1.0, 1.25, 1.0),
    "mod22": (0.0, 0.0, 1.0, 1.0, 0.0),
    "feedback": (0.0, 0.0, 0.75, 0.25, 0.0),
    "eglevel12": (0.1, 0.0, 0.9, 0.5, 1.0),
    "eglevel32": (0.1, 0.0, 0.9, 0.5, 0.9),
    "eglevel52": (0.1, 0.0, 0.9, 0.1, 0.5),
    "egrate12": (0.1, 0.1, 0.1, 0.1, 0.1),
    "egrate32": (0.1, 0.1, 0.1, 0.1, 0.1),
    "egrate52": (0.1, 0.1, 0.1, 0.1, 0.1),
    "eglevel22": (0.0, 0.1, 0.75, 0.1, 1.0),
    "eglevel23": (0.0, 0.1, 0.75, 0.1, 1.0),
    "eglevel24": (0.0, 0.1, 0.75, 0.1, 1.0),
    "egrate22": (1.0, 0.15, 0.5, 0.5, 0.1),
    "eglevel42": (0.25, 0.1, 0.75, 0.5, 0.5),
    "eglevel43": (0.1, 0.1, 0.75, 0.5, 0.5),
    "eglevel44": (0.1, 0.1, 0.75, 0.5, 0.5),
    "egrate42": (0.5, 0.15, 0.5, 0.5, 0.15),
}


@synth(uses_pitch=False)
def superfm(g: Graph) -> Wire:
    """FM synthesis with six operators; ``voice`` 1 to 5 are an electric piano, a bell, brass, a bass and glass."""
    voice = knob(g, "voice", 0.0, 0.0, 5.0, "0: as the other controls say; 1 to 5: a patch of its own.")
    params: dict[str, Ref] = {"freq": g.control("freq", FREQ), "sustain": hold(g)}
    for name, param in kinds()["fm6"].params.items():
        if name not in params:
            params[name] = _patched(g, name, replace(param, default=_DETUNE.get(name, param.default)), voice)
    return g.one("multiply", g.one("fm6", **params), plateau(g, 0.01, _LEVEL))


def _patched(g: Graph, name: str, param: Param, voice: Wire) -> Ref:
    """The control of this name, or what the patch has in its place."""
    given = g.control(name, param)
    if name not in _PATCHES:
        return given
    values = {f"v{number}": value for number, value in enumerate(_PATCHES[name], 1)}
    return g.one("choose", index=voice, v0=given, **values, control_rate=True)
