"""docs/strudel.md: what Strudel's keys mean as this server plays them. Written by ``make docs``; a test keeps the file fresh."""

from __future__ import annotations

import sys

from phonon_osc.dialects.parameters import Stage
from phonon_osc.dialects.strudel.chain import STEPS, TOO_LARGE
from phonon_osc.dialects.strudel.effects import CURVES, SHAPES
from phonon_osc.dialects.strudel.envelope import FILTER, PITCH, SAMPLE, SYNTH, Adsr
from phonon_osc.dialects.strudel.parameters import table
from phonon_osc.dialects.strudel.sources import NOISES, OPERATORS, PARTIALS, WAVES, ZZFX
from phonon_osc.dialects.superdirt.docs import keys_of


def _row(name: str, a: Adsr) -> str:
    return f"| {name} | {a.attack:g} s | {a.decay:g} s | {a.sustain:g} | {a.release:g} s |\n"


HEAD = f"""# What an event of Strudel means

This page says what each of Strudel's keys means in phonon-osc. The aim is the sound of superdough, the engine of Strudel in the browser. `make docs`
writes the page from `phonon_osc/dialects/strudel/`. `phonon-osc params --dialect strudel NAME` shows one key. docs/dirt.md says which events are read
in this dialect.

## The order of a voice

The source with its envelope, `stretch`, then {", ".join(f"`{step}`" for step in STEPS)}, then the orbit: delay, reverb, DJ filter, duck. An effect
runs only for the events that have it. `gain` lies in front of the effects, so a soft event is distorted less; `post` lies behind them.

Superdough's levels are kept within this dialect. The whole dialect is 9.03 dB softer than the browser, so that a plain sample is as loud as in
SuperDirt's dialect.

## Envelope

`sustain` is a level here. The release begins when the event ends, from wherever the level is. If none of the four keys is given, the sound's own
envelope holds. If some are given, attack and decay become 0.001 s, release 0.01 s, and sustain 1, or 0.001 if `decay` is given.

| without the four keys | attack | decay | sustain | release |
|---|---|---|---|---|
{_row("synths", SYNTH)}{_row("samples", SAMPLE)}{_row("filters (with env alone)", FILTER)}{_row("pitch (with penv alone)", PITCH)}
A sample sounds as long as its part from `begin` to `end`, unless the event has `clip`, `loop` or `release`: then as long as the event.

## Sources

`{"`, `".join(WAVES)}`, the noises `{"`, `".join(NOISES)}`, `sbd`, and ZzFX: `{"`, `".join(ZZFX)}`. An event without `s` but with a note is a
triangle. `n` or `partials` gives an oscillator a number of partials (at most {PARTIALS}); as a list, `partials` has their amplitudes and `phases` their
phases. {OPERATORS} FM operators stand in a row: each moves the one before it, the first moves the oscillator. All other names are samples, then the
built-in synths, which get this dialect's envelope and effects ({", ".join(sorted(TOO_LARGE))} and your own definitions: level, place and length only).

Shapes of slow waves: {", ".join(f"`{name}`" for name in SHAPES)}. Curves of `distort`: {", ".join(f"`{name}`" for name in CURVES)}.

## Orbit

Delay, reverb and DJ filter belong to the orbit. The last event that has such a key sets them. (In the browser each event has a send of its own.)
"""


def text() -> str:
    """The whole document."""
    own = table()
    parts = [HEAD]
    for stage in Stage:
        rows = own.in_stage(stage)
        if rows:
            parts += [f"\n## Keys: {stage.value}\n", keys_of(own, stage)]
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
