"""Strudel's effects of an orbit, behind SuperDirt's: delay, reverb, DJ filter, duck. Each runs once an event has used it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsp.kind import kinds
from phonon_osc.engine.definition import Graph, Ref, Wire

# step -> its kind, and control -> parameter of the kind; the first control switches the step on
STEPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "echo": (
        "song_echo",
        {"song_delay": "send", "song_delaytime": "time", "song_delayfeedback": "feedback", "song_dry": "dry"},
    ),
    "space": (
        "song_space",
        {
            "song_room": "send",
            "song_roomsize": "decay",
            "song_roomhigh": "high_decay",
            "song_roomcrossover": "crossover",
            "song_roomfade": "fade",
            "song_roomlevel": "level",
        },
    ),
    "djf": ("song_djf", {"song_djf": "value"}),
    "duck": (
        "duck",
        {"duck_trigger": "trigger", "duck_depth": "depth", "duck_onset": "onset", "duck_attack": "attack"},
    ),
}


def add_steps(g: Graph, mix: Sequence[Wire], dry: Sequence[Wire]) -> Sequence[Wire]:
    """Add the steps to the mix of an orbit. ``dry``: the sum of its voices."""
    for kind, names in STEPS.values():
        specs = kinds()[kind].params
        controls: dict[str, Ref] = {parameter: g.control(name, specs[parameter]) for name, parameter in names.items()}
        ins = [*mix, *dry] if len(kinds()[kind].ins) == 4 else mix
        mix = g.add(kind, *ins, when=next(iter(names)), **controls)
    return mix
