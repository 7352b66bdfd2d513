"""Every kind as an instrument of its own, so that nodes can be made of single kinds and patched together.

Inputs and parameters of the kind become controls (an input is 0 until something is patched into it), its outputs become the outlets.
``amp`` and ``pan`` set level and position on the orbit.
"""

from __future__ import annotations

from dsp.kind import Kind, Param, Unit
from phonon_osc.dialects.superdirt.chain import PAN
from phonon_osc.engine.definition import Definition, Graph, Ref

AMP = Param(0.2, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level on the orbit.")


def _free(kind: Kind, name: str) -> str:
    """A name for a control of the node that is not a name of the kind's inputs and parameters."""
    return name if name not in (*kind.ins, *kind.params) else f"out_{name}"


def single(kind: Kind, rate: float) -> Definition:
    """The definition that plays one kind. ``rate``: Hz."""
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
    """A node that adds up what is patched into ``in`` and into ``right``; the sums go to its outlets and its orbit. ``rate``: Hz."""
    g = Graph("bus", "An audio bus: it adds up what is patched into it.", rate=rate)
    inlet = Param(0.0, -1e6, 1e6, smoothing=0.0, doc="Signals to be patched in.")
    left, right = (g.one("value", value=g.control(name, inlet)) for name in ("in", "right"))
    amp = g.control("amp", Param(1.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level on the orbit."))
    g.out(g.one("gain", left, amp=amp), g.one("gain", right, amp=amp), outlets=(left, right))
    return g.build()
