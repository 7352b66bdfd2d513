"""Folders of pitched sounds. Where the originals' notes are known from their names (moog, pluck, sax, bass1), these play the same;
the others start on a C, so that ``note`` and the folder's own ``n`` are in tune with the synths.
"""

from __future__ import annotations

from phonon_osc.samples.kit.nature import Blast
from phonon_osc.samples.kit.shape import PAD, Sound
from phonon_osc.samples.kit.tones import Additive, Analogue, Chord, Fm, String, glass
from phonon_osc.samples.kit.treated import Driven
from phonon_osc.samples.kit.voices import Choir

_ARPEGGIO = (60, 64, 67, 72, 76, 79, 84, 88, 91, 96, 100)  # C major
_SCALE = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83, 84)


def _as_sorted(count: int, first: int = 0) -> list[int]:
    """Numbers in the order of their files: 0, 1, 10, 11, ..., 2, 3."""
    return sorted(range(first, first + count), key=str)


# --- strings, keys, winds ---------------------------------------------------------------------------------------------
_PLUCK = (
    46,
    33,
    57,
    35,
    59,
    48,
    51,
    38,
    62,
    28,
    40,
    29,
    53,
    44,
    31,
    43,
    55,
)  # A#2 A1 A3 B1 B3 C3 D#3 D2 D4 E1 E2 F1 F3 G#2 G1 G2 G3
_SAX = (
    69,
    69,
    71,
    70,
    70,
    72,
    72,
    73,
    73,
    74,
    76,
    76,
    75,
    75,
    65,
    65,
    66,
    66,
    67,
    67,
    68,
    68,
)  # a a b b-flat ... g-sharp
_REED = (1.0, 0.62, 0.55, 0.40, 0.34, 0.20, 0.16, 0.10, 0.08, 0.06, 0.04, 0.03)


def upright(note: float) -> String:
    """Double bass, plucked: soft finger, long fundamental, a box that speaks at 60 and 110 Hz."""
    return String(
        note, 0.24, 0.30, 0.24, 900.0, 6e-5, 0.8, ((62.0, 3.0, 0.8), (108.0, 4.0, 0.7), (230.0, 3.0, 0.4)), 0.06
    )


def sax(note: float, soft: bool) -> Additive:
    """A held note of two seconds and more, with the lips' vibrato."""
    hold, breath = (2.3, 0.10) if soft else (2.0, 0.05)
    return Additive(note, _REED, 0.045 if soft else 0.02, hold, 0.25, (5.4, 14.0), breath, 0.05, 0.9)


def trumpets(notes: tuple[float, ...], hold: float) -> Chord:
    """A brass section's stab: three players a note, each a little off."""
    brass = (1.0, 0.95, 0.85, 0.72, 0.55, 0.42, 0.30, 0.22, 0.16, 0.12, 0.09, 0.06, 0.05, 0.04)
    return Chord(
        tuple(
            Additive(note + off, brass, 0.022, hold, 0.06, (5.5, 8.0), 0.03, 0.03)
            for note in notes
            for off in (0.0, 0.05, -0.04)
        ),
        0.8,
        9_000.0,
    )


def _stab(k: int) -> Sound:
    """Rave chords: minor and major triads of saws, filters and lengths by turns."""
    root = 60 + (0, 3, 5, 7, 10)[k % 5]
    shape = ((0, 3, 7, 12), (0, 4, 7), (0, 3, 7, 10), (0, 7, 12), (0, 5, 7))[(k // 2) % 5]
    wave = ("saw", "pulse", "square")[k % 3]
    return Chord(
        tuple(
            Analogue(
                root + step,
                wave,
                (-8.0, 8.0),
                0.0,
                350.0 + 90.0 * (k % 4),
                1_800.0 * 1.22 ** (k % 8),
                0.08 + 0.02 * (k % 6),
                1.2 + 0.4 * (k % 3),
                hold=0.05 + 0.02 * (k % 4),
                tau=0.07 + 0.02 * (k % 5),
            )
            for step in shape
        ),
        (0.0, 1.5, 0.8)[k % 3],
    )


def _psr(k: int) -> Sound:
    """Thirty voices of a home keyboard, one after another on C: FM bells and reeds, organs, strings, plucks."""
    group, step = divmod(k, 6)
    if group == 0:
        return Fm(
            60,
            ((1.0, (1.0, 14.0, 3.0, 2.0, 7.0, 3.5)[step], 0.9 + 0.3 * step, 1.0), (1.0, 1.0, 0.6, 0.5)),
            0.10,
            0.3,
            0.0,
            0.13,
        )
    if group == 1:
        bars = (
            (1, 0.8, 0.6),
            (1, 0, 0.7, 0, 0.5),
            (0.6, 1, 0, 0.8),
            (1, 0.3, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1),
            (0.4, 0.2, 1),
            (1, 0.9, 0.8, 0.7, 0.6, 0.5),
        )[step]
        return Additive(60, bars, 0.01, 0.45, 0.08, (6.4, 5.0))
    if group == 2:
        return Analogue(
            60,
            ("saw", "pulse", "square")[step % 3],
            (-10.0, 0.0, 9.0),
            0.0,
            900.0 + 300.0 * step,
            2_500.0,
            0.3,
            0.8,
            attack=0.05 + 0.03 * step,
            hold=0.35,
            release=0.15,
        )
    if group == 3:
        return String(60, 0.18, 0.10 + 0.10 * step, 0.08 + 0.06 * step, 2_500.0 + 900.0 * step)
    return Fm(
        60 + 12 * (step % 2), ((1.0, 1.41 + 0.7 * step, 1.6, 1.0), (2.0, 3.01 + step, 1.0, 0.4)), 0.20, 0.15, 0.0, 0.17
    )


_SID = (
    Analogue(36, "pulse", (0.0,), 0.0, 500.0, 4_000.0, 0.10, 2.0, False, hold=0.10, tau=0.08),
    Analogue(36, "saw", (0.0,), 0.0, 400.0, 2_500.0, 0.06, 3.0, False, hold=0.12, tau=0.06),
    Driven(
        Analogue(36, "pulse", (0.0, 3.0), 0.0, 700.0, 3_000.0, 0.08, 3.0, False, hold=0.14, tau=0.08),
        6.0,
        8_000.0,
        0.5,
        36,
    ),
    Fm(84, ((1.0, 1.0, 0.4, 1.0),), 0.02, 1.0, 0.03, 0.020),
    Fm(91, ((1.0, 1.0, 0.4, 1.0),), 0.02, 1.0, 0.03, 0.020),
    Analogue(84, "pulse", (0.0,), 0.0, 6_000.0, 9_000.0, 0.1, 0.8, False, hold=0.18, tau=0.05),
    Analogue(79, "square", (0.0,), 0.0, 6_000.0, 9_000.0, 0.1, 0.8, False, lfo=(0.8, 7.0), hold=0.22, tau=0.05),
    Blast(9_000.0, 0.0, 0.018, rumble=0.0),
    Blast(6_500.0, 0.0, 0.030, rumble=0.0),
    Blast(1_800.0, 2.0, 0.110, 15.0, 2.5),
    Blast(2_600.0, 1.0, 0.070, 55.0, 2.0),
    Analogue(48, "triangle", (0.0,), 0.0, 2_000.0, 5_000.0, 0.05, 0.8, False, hold=0.02, tau=0.07, glide=(24.0, 0.03)),
)


def _juno() -> tuple[Sound, ...]:
    def raw(note: float, wide: bool = False, release: float = 0.10) -> Analogue:
        cents = (-9.0, 9.0) if wide else (0.0,)
        return Analogue(
            note, "saw", cents, 0.6, 1_500.0, 4_500.0, 0.5, 0.9, attack=0.008, hold=0.55, release=release, wide=wide
        )

    def pad(corner: float, top: float) -> Chord:
        voices = tuple(
            Analogue(note, "saw", (-8.0, 8.0), 0.3, corner, top, 0.9, 1.6, attack=0.25, hold=0.9, release=0.7)
            for note in (48, 51, 55, 60)
        )
        return Chord(voices, 0.0, 14_000.0, PAD)

    ranges = (36, 48, 60)
    return (
        *(raw(n) for n in ranges),
        *(raw(n, True) for n in ranges),
        *(raw(n, True, 0.7) for n in ranges),
        pad(300.0, 3_000.0),
        pad(5_000.0, 6_000.0),
        pad(500.0, 1_200.0),
    )


BANKS: dict[str, tuple[Sound, ...]] = {
    "arpy": tuple(glass(note, 0.24) for note in _ARPEGGIO),
    "arp": (glass(72, 0.18), glass(60, 0.32)),
    "dsynth": (Analogue(60, "saw", (-9.0, 0.0, 9.0), 0.2, 700.0, 6_000.0, 0.25, 1.6, hold=0.25, tau=0.16),),
    "casio": (
        Analogue(72, "pulse", (0.0,), 0.0, 5_000.0, 7_000.0, 0.2, 0.8, False, hold=0.16, tau=0.06),
        Analogue(48, "pulse", (0.0,), 0.0, 3_500.0, 5_000.0, 0.2, 0.8, False, hold=0.22, tau=0.07),
        Blast(5_200.0, 0.0, 0.060, drive=0.9, rumble=0.0),
    ),
    "control": (
        Fm(60, ((1.0, 0.5, 2.2, 1.0), (1.5, 2.01, 1.4, 0.4)), 0.4, 0.4, 0.25, 0.18),
        Fm(67, ((1.0, 1.51, 3.0, 1.0), (0.5, 0.5, 2.0, 0.6)), 0.3, 0.3, 0.20, 0.20),
    ),
    "juno": _juno(),
    "pad": (
        Chord(
            tuple(
                Analogue(
                    n,
                    "saw",
                    (-11.0, 3.0, 9.0),
                    0.0,
                    500.0,
                    1_400.0,
                    1.2,
                    1.2,
                    attack=0.45,
                    hold=0.8,
                    release=1.0,
                    lfo=(0.6, 0.35),
                )
                for n in (48, 55, 62)
            ),
            0.0,
            9_000.0,
            PAD,
        ),
        Choir(60, ("a", "O", "u"), 6, 1.2, 0.5, 1.0, PAD),
        Chord(
            tuple(
                Fm(n, ((1.0, 3.5, 0.5, 1.0), (2.0, 7.01, 0.4, 0.3)), 1.2, 0.4, 0.4, 0.26, 0.30)
                for n in (60, 67, 72, 74)
            ),
            0.0,
            0.0,
            PAD,
        ),
    ),
    "pluck": tuple(upright(note) for note in _PLUCK),
    "gtr": (
        String(48, 0.30, 0.16, 0.14, 3_600.0),
        String(48, 0.32, 0.12, 0.12, 4_200.0, drive=3.0),
        String(48, 0.34, 0.10, 0.10, 5_000.0, drive=9.0),
    ),
    "notes": tuple(
        Fm(_SCALE[k], ((1.0, 2.0, 1.4, 1.0), (3.0, 1.0, 0.8, 0.2)), 0.10, 0.2, 0.0, 0.16) for k in _as_sorted(15)
    ),
    "newnotes": tuple(String(_SCALE[k], 0.16, 0.08, 0.11, 6_000.0, 2e-4) for k in _as_sorted(15)),
    "simplesine": tuple(
        Analogue(60 + 4 * k - (k > 1), "sine", floor=9_000.0, peak_hz=9_500.0, hold=0.20, tau=0.06) for k in range(6)
    ),
    "blip": (
        Fm(84, ((1.0, 1.0, 0.8, 1.0),), 0.02, 0.5, 0.03, 0.020),
        Fm(96, ((1.0, 0.5, 0.8, 1.0),), 0.02, 0.5, 0.02, 0.015),
    ),
    "sid": _SID,
    "psr": tuple(_psr(k) for k in range(30)),
    "sax": tuple(sax(note, k % 2 == 1) for k, note in enumerate(_SAX)),
    "trump": (
        trumpets((71,), 0.07),
        trumpets((59,), 0.07),
        trumpets((76,), 0.07),
        trumpets((67,), 0.07),
        trumpets((71, 74, 78), 0.22),
        trumpets((71,), 0.20),
        trumpets((59,), 0.20),
        trumpets((76,), 0.20),
        trumpets((67,), 0.20),
        trumpets((64, 67, 71, 74), 0.20),
        trumpets((64, 67, 71, 74), 0.07),
    ),
    "stab": tuple(_stab(k) for k in range(23)),
    "rave": (
        Analogue(
            60,
            "pulse",
            (-30.0, 0.0, 24.0),
            0.5,
            900.0,
            7_000.0,
            0.35,
            1.0,
            attack=0.01,
            hold=0.35,
            release=0.15,
            glide=(-5.0, 0.06),
            drive=0.8,
        ),
    ),
    "koy": (Choir(58, ("o", "a"), 3, 0.8, 0.10, 0.4), Choir(62, ("u", "E"), 3, 0.8, 0.10, 0.4)),
    "latibro": tuple(
        Chord(
            (
                Fm(60 + step, ((1.0, 1.0 + 0.5 * k, 0.8 + 0.3 * k, 1.0),), 0.2, 0.4, 0.12, 0.10 + 0.02 * k),
                glass(72 + step, 0.12),
            )
        )
        for k, step in enumerate((0, 2, 3, 5, 7, 8, 10, 12))
    ),
    "diphone2": tuple(
        Choir(50 + k % 5, pair, 1, 0.12, 0.02, 0.06)
        for k, pair in enumerate(
            (
                ("a", "i"),
                ("o", "e"),
                ("u", "a"),
                ("E", "o"),
                ("i", "u"),
                ("a", "u"),
                ("O", "i"),
                ("e", "a"),
                ("V", "o"),
                ("I", "a"),
                ("u", "E"),
                ("@", "i"),
            )
        )
    ),
}
