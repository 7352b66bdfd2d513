"""Every kind as an instrument of its own, so that nodes can be made of single kinds and patched together.

Inputs and parameters of the kind are controls (an input is a control that is 0 until something is patched into it), its outputs are
the outlets, and ``amp`` and ``pan`` say how it is heard on its orbit.
"""

from __future__ import annotations

from dsp.kind import Kind, Param, Unit
from phonon_osc.dialects.superdirt.chain import PAN
from phonon_osc.engine.definition import Definition, Graph, Ref

AMP = Param(0.2, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level on the orbit.")


def _free(kind: Kind, name: str) -> str:
    """A name for a control of the node's own that does not hide one of the kind's."""
    return name if name not in (*kind.ins, *kind.params) else f"out_{name}"


def single(kind: Kind, rate: float) -> Definition:
    """The instrument around one kind."""
    g = Graph(kind.name, kind.doc.partition("\n")[0], rate=rate)
    ins: list[Ref] = []
    for name in kind.ins:
        inlet = g.control(name, Param(0.0, -1e6, 1e6, smoothing=0.0, doc="Signal to be patched in."))
        ins.append(g.one("value", value=inlet))
    params = {name: g.control(name, spec) for name, spec in kind.params.items()}
    outs = g.add(kind.name, *ins, **params)
    amp = g.control(_free(kind, "amp"), AMP)
    position = g.control(_free(kind, "pan"), PAN)
    heard = [g.one("gain", wire, amp=amp) for wire in outs[:2]]
    left, right = (
        g.add("pan", *heard, position=position) if len(heard) == 1 else g.add("balance", *heard, position=position)
    )
    if "gate" in kind.params:
        g.gate("gate", "release" if "release" in kind.params else None)
    g.out(left, right, outlets=(outs[0], outs[-1 if len(outs) < 2 else 1]))
    return g.build()


def audio_bus(rate: float) -> Definition:
    """What is patched into ``in`` and ``right`` is added up; the outlets, and its orbit, have the sums."""
    g = Graph("bus", "An audio bus: it adds up what is patched into it.", rate=rate)
    inlet = Param(0.0, -1e6, 1e6, smoothing=0.0, doc="Signals to be patched in.")
    left, right = (g.one("value", value=g.control(name, inlet)) for name in ("in", "right"))
    amp = g.control("amp", Param(1.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level on the orbit."))
    g.out(g.one("gain", left, amp=amp), g.one("gain", right, amp=amp), outlets=(left, right))
    return g.build()
