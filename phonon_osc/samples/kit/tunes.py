"""Pitched folders of Dirt-Samples whose originals are long or strange: hoovers, sitars, rave chords, drones, cards from other countries.

Each says the note that it plays; those that have no more than their name to go by start on a C.
"""

from __future__ import annotations

from phonon_osc.samples.kit.arcade import Jingle
from phonon_osc.samples.kit.boxes import folder, swept
from phonon_osc.samples.kit.hands import bar
from phonon_osc.samples.kit.nature import Blast, Saucer, Wind
from phonon_osc.samples.kit.shape import PAD, Sound, between, between_octaves, hertz
from phonon_osc.samples.kit.tones import Additive, Analogue, Chord, Fm, String
from phonon_osc.samples.kit.treated import Reversed, Roomy
from phonon_osc.samples.kit.voices import Choir


def hoover(note: float, spread: float, hold: float) -> Analogue:
    """Pulses far apart in tune that slide up to their note: the sound of a vacuum cleaner, and of 1991."""
    return Analogue(
        note,
        "pulse",
        (-spread, -0.3 * spread, 0.35 * spread, spread),
        0.5,
        900.0,
        8_000.0,
        0.5,
        1.0,
        attack=0.02,
        hold=hold,
        release=0.3,
        glide=(-7.0, 0.05),
        drive=1.0,
    )


def sitar(note: float) -> String:
    """A long string over a bridge that buzzes."""
    return String(note, 1.2, 0.10, 0.07, 9_000.0, 3e-5, 2.2, ((250.0, 3.0, 0.6), (2_200.0, 2.0, 1.4)), 0.12, 1.8)


def muted(note: float) -> String:
    """A guitar's string under the palm."""
    return String(note, 0.07, 0.9, 0.15, 2_600.0, 4e-5, 0.8, ((180.0, 2.0, 0.8),), 0.25, 1.2)


def drone(root: float, corner: float, seconds: float) -> Chord:
    return Chord(
        tuple(
            Analogue(
                root + step,
                "saw",
                (-9.0, 0.0, 8.0),
                0.2,
                corner,
                3.0 * corner,
                1.4,
                1.0,
                attack=0.2,
                hold=seconds,
                release=1.2,
            )
            for step in (0, 7, 12)
        ),
        0.0,
        8_000.0,
        PAD,
    )


def _rave(k: int) -> Chord:
    """A minor chord of saws, an octave or a fifth more with every sound."""
    steps = ((0, 3, 7), (0, 3, 7, 12), (0, 3, 7, 10, 14), (0, 7, 12, 19))[k]
    voices = tuple(
        Analogue(57 + s, "saw", (-9.0, 9.0), 0.0, 700.0, 6_000.0, 0.2, 1.2, hold=0.22, tau=0.12) for s in steps
    )
    return Chord(voices, 1.0)


_FM_RATIOS = (1.0, 2.0, 3.0, 0.5, 1.5, 4.0, 3.5, 7.0, 1.41, 2.76)


def _fm(k: int) -> Fm:
    """Seventeen voices of an FM synthesizer on C: basses, bells, reeds, by turns."""
    ratio = _FM_RATIOS[k % 10]
    octave = (36.0, 48.0, 60.0)[k % 3]
    return Fm(
        octave,
        ((1.0, ratio, 0.8 + 0.25 * (k % 7), 1.0), (2.0, 1.0, 0.6, 0.25)),
        0.08 + 0.05 * (k % 4),
        0.25,
        0.05 * (k % 5),
        0.12 + 0.05 * (k % 6),
    )


def texture(u: float) -> Sound:
    """Something long from a laptop of 2000: a drone, a sweep, wind, a reversed hit."""
    kind = int(4 * (u % 1.0))
    if kind == 0:
        return drone(36.0 + int(12 * (3 * u % 1.0)), between_octaves(5 * u, 250.0, 900.0), 0.8)
    if kind == 1:
        return Saucer(
            between_octaves(3 * u, 80.0, 900.0),
            between_octaves(5 * u, 80.0, 2_000.0),
            between(7 * u, 0.4, 9.0),
            between(11 * u, 0.1, 0.9),
            1.3,
        )
    if kind == 2:
        return Wind(
            between_octaves(3 * u, 120.0, 600.0),
            1.8,
            between(5 * u, 0.5, 3.0),
            between(7 * u, 1.2, 6.0),
            between(11 * u, 0.0, 1.0),
        )
    return Reversed(Roomy(Blast(between_octaves(3 * u, 600.0, 3_000.0), 1.2, 0.06), 0.08, 0.7), 0.5)


def fragment(u: float) -> Sound:
    """The same, short."""
    if u % 1.0 < 0.5:
        return Fm(
            float(round(between(3 * u, 40.0, 80.0))),
            ((1.0, between(5 * u, 1.0, 4.0), between(7 * u, 1.0, 5.0), 1.0),),
            0.05,
            0.2,
            0.02,
            between(11 * u, 0.04, 0.2),
        )
    return swept(u)


def whistle(note: float) -> Additive:
    return Additive(note, (1.0, 0.25, 0.12, 0.06), 0.04, 1.2, 0.2, (5.6, 18.0), 0.12, 0.04)


BANKS: dict[str, tuple[Sound, ...]] = {
    "ade": folder(10, 0.14, texture),
    "ades2": folder(9, 0.28, fragment),
    "ades3": folder(7, 0.42, fragment),
    "ades4": folder(6, 0.62, fragment),
    "alex": (
        Jingle(48.0, (0.0, 3.0, 7.0, 10.0) * 2, 0.2, "saw"),
        Jingle(50.0, (0.0, None, 5.0, 7.0) * 2, 0.2, "triangle"),
    ),
    "bassfoo": (
        Analogue(36, "saw", (-5.0, 5.0), 0.6, 180.0, 2_400.0, 0.10, 2.4, hold=0.2, tau=0.12, drive=2.0),
        Analogue(36, "square", (0.0,), 0.0, 220.0, 1_500.0, 0.16, 1.6, hold=0.3, tau=0.12),
        Fm(36, ((1.0, 1.0, 2.2, 1.0), (0.5, 1.0, 0.8, 0.5)), 0.12, 0.3, 0.15, 0.16),
    ),
    "blue": (drone(45.0, 500.0, 0.9), drone(50.0, 800.0, 0.7)),
    "fm": tuple(_fm(k) for k in range(17)),
    "hoover": tuple(
        hoover(*numbers)
        for numbers in (
            (48, 22.0, 0.8),
            (51, 30.0, 0.6),
            (55, 18.0, 1.0),
            (60, 34.0, 0.5),
            (43, 26.0, 1.2),
            (46, 40.0, 0.7),
        )
    ),
    "mute": tuple(muted(40.0 + k) for k in range(28)),
    "padlong": (
        Chord(
            tuple(
                Analogue(
                    n,
                    "saw",
                    (-10.0, 2.0, 9.0),
                    0.0,
                    450.0,
                    1_600.0,
                    2.0,
                    1.0,
                    attack=0.5,
                    hold=2.2,
                    release=1.6,
                    lfo=(0.5, 0.2),
                )
                for n in (48, 55, 60, 64)
            ),
            0.0,
            9_000.0,
            PAD,
        ),
    ),
    "ravemono": tuple(_rave(k) for k in range(4)),
    "sine": tuple(
        Analogue(note, "sine", floor=9_000.0, peak_hz=9_500.0, hold=0.9, tau=0.05) for note in (60, 62, 64, 65, 67, 69)
    ),
    "sitar": tuple(sitar(note) for note in (48, 50, 51, 53, 55, 56, 58, 60)),
    "uxay": (whistle(74.0), whistle(77.0), whistle(69.0)),
    "world": (sitar(52.0), whistle(76.0), Choir(57.0, ("a", "o", "a"), 4, 1.4, 0.15, 0.5)),
    "xmas": (Roomy(bar(hertz(84.0), 0.4, note=84.0), 0.3, 0.3, peak=0.5, note=84.0),),
}
