"""Folders of basses. They start on the C two octaves below the middle one, or play the notes that their files' names say."""

from __future__ import annotations

from phonon_osc.samples.kit.shape import Sound
from phonon_osc.samples.kit.tones import Analogue, String
from phonon_osc.samples.kit.treated import Driven, Reversed


def jvbass(note: float) -> Analogue:
    return Analogue(note, "saw", (0.0, 6.0), 0.55, 170.0, 2_600.0, 0.075, 2.2, hold=0.14, tau=0.13, drive=1.1)


def sub(
    note: float, glide: tuple[float, float] = (0.0, 0.03), hold: float = 0.35, tau: float = 0.18, drive: float = 1.2
) -> Analogue:
    """A sine and what a driven amplifier adds: the bass of jungle."""
    return Analogue(note, "sine", floor=300.0, peak_hz=900.0, hold=hold, tau=tau, glide=glide, drive=drive, peak=0.6)


_BASS = (
    Analogue(36, "saw", (0.0,), 0.4, 220.0, 1_800.0, 0.10, 1.4, hold=0.18, tau=0.12, drive=0.8),
    Analogue(36, "square", (0.0,), 0.0, 180.0, 1_200.0, 0.06, 2.6, hold=0.12, tau=0.10),
    String(36, 0.30, 0.5, 0.20, 1_600.0, 1e-4, 0.0, ((110.0, 2.0, 0.8),), 0.12),
    Analogue(36, "saw", (-7.0, 7.0), 0.6, 300.0, 4_200.0, 0.14, 1.0, hold=0.22, tau=0.14, drive=1.6),
)


def _bass1() -> tuple[Sound, ...]:
    """Thirty synthesizer hits, 18 in C and 12 in F: filters from shut to open, envelopes from short to long."""
    out: list[Sound] = []
    for k in range(30):
        wave = ("saw", "square", "pulse")[k % 3]
        out.append(
            Analogue(
                36 if k < 18 else 41,
                wave,
                ((0.0,), (-5.0, 5.0), (-6.0, 0.0, 6.0))[(k // 3) % 3],
                (0.0, 0.5, 0.8, 0.2)[k % 4],
                130.0 + 45.0 * (k % 7),
                900.0 * 1.28 ** (k % 9),
                0.04 + 0.035 * (k % 5),
                (0.9, 1.8, 3.2, 5.0)[(k // 2) % 4],
                hold=0.06 + 0.05 * (k % 4),
                tau=0.06 + 0.03 * (k % 6),
                drive=(0.0, 1.2, 2.5)[(k // 5) % 3],
            )
        )
    return tuple(out)


_BASS2 = tuple(
    Driven(Analogue(note, wave, cents, 0.7, 260.0, corner, 0.20, 1.2, hold=0.18, tau=0.10), drive, 7_000.0, 0.6, note)
    for note, wave, cents, corner, drive in (
        (36.0, "saw", (-9.0, 9.0), 5_000.0, 3.0),
        (36.0, "square", (0.0, 7.0), 3_000.0, 6.0),
        (36.0, "pulse", (-14.0, 0.0, 14.0), 6_500.0, 4.0),
        (36.0, "saw", (0.0,), 1_800.0, 10.0),
        (36.0, "triangle", (-4.0, 4.0), 2_600.0, 14.0),
    )
)
_GROWL = Analogue(36, "saw", (-6.0, 6.0), 0.4, 240.0, 2_800.0, 0.30, 2.0, hold=0.35, tau=0.12, drive=1.2)


def _bass3() -> tuple[Sound, ...]:
    """Nine steps of the chromatic scale and two basses backwards."""
    steps = tuple(
        Analogue(36 + k, "saw", (-5.0, 5.0), 0.5, 200.0, 3_200.0, 0.11, 2.8, hold=0.20, tau=0.12) for k in range(9)
    )
    return (*steps, Reversed(_GROWL, 0.5, 36), Reversed(sub(36, hold=0.5), 0.5, 36))


_JUNGLE = (
    sub(28, hold=0.7, tau=0.30),
    sub(31, (9.0, 0.02), 0.5, 0.25, 2.2),
    Analogue(36, "triangle", (0.0, 8.0), 0.3, 180.0, 700.0, 0.30, 1.0, hold=0.5, tau=0.2),
    sub(36, (-12.0, 0.16), 0.5, 0.2),
    sub(33, (12.0, 0.20), 0.6, 0.25),
    sub(38, (19.0, 0.12), 0.3, 0.2),
    Analogue(36, "saw", (-10.0, 0.0, 10.0), 0.5, 200.0, 2_400.0, 0.25, 1.6, hold=0.5, tau=0.16, drive=1.0),
    sub(36, hold=0.6, drive=0.5),
    sub(40, hold=0.5, drive=0.5),
    sub(43, hold=0.4, drive=0.5),
    sub(36, (24.0, 0.30), 0.7, 0.3, 2.5),
    Analogue(33, "saw", (-16.0, 16.0), 0.6, 320.0, 900.0, 0.60, 1.2, attack=0.05, hold=0.6, tau=0.2, drive=3.0),
    sub(36, hold=0.08, tau=0.06),
    Analogue(36, "saw", (0.0, 7.0), 0.4, 140.0, 1_900.0, 0.02, 4.0, lfo=(2.5, 1.6), hold=0.7, tau=0.12),
    sub(48, hold=0.7, drive=1.8),
    sub(60, hold=0.6, drive=2.2),
    sub(24, hold=0.9, tau=0.3, drive=2.5),
    Analogue(36, "saw", (0.0, 5.0), 0.5, 2_200.0, 160.0, 0.45, 2.4, hold=0.8, tau=0.14),
    Analogue(36, "triangle", (0.0,), 0.4, 400.0, 1_200.0, 0.20, 1.0, hold=0.4, tau=0.2),
    sub(45, (4.0, 0.05), 0.3, 0.18, 0.8),
)

BANKS: dict[str, tuple[Sound, ...]] = {
    "jvbass": tuple(jvbass(36 + k) for k in range(13)),
    "bass": _BASS,
    "bass0": (
        sub(36, hold=0.12, tau=0.12),
        sub(36, (12.0, 0.02), 0.14, 0.10, 2.0),
        Analogue(36, "triangle", (0.0,), 0.5, 160.0, 600.0, 0.10, 1.0, hold=0.16, tau=0.10),
    ),
    "bass1": _bass1(),
    "bass2": _BASS2,
    "bass3": _bass3(),
    "jungbass": _JUNGLE,
    "dbass": tuple(
        Analogue(36, "saw", (-4.0, 4.0), 0.6, 220.0, 2_200.0, 0.14, 2.0, hold=hold, tau=0.12, drive=0.9)
        for hold in (0.08, 0.30, 0.80)
    ),
    "moog": tuple(
        Analogue(note, "saw", (-3.0, 0.0, 4.0), 0.35, 260.0, 4_800.0, 0.20, 2.6, hold=0.34, tau=0.16, drive=0.7)
        for note in (36, 48, 60, 31, 43, 55, 67)
    ),
    "wobble": (
        Analogue(
            36,
            "saw",
            (-7.0, 7.0),
            0.6,
            2_600.0,
            2_601.0,
            0.1,
            2.8,
            lfo=(3.6, 4.0),
            attack=0.01,
            hold=1.4,
            release=0.10,
            drive=1.2,
        ),
    ),
}
