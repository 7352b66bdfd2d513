"""Drum machines without a recipe of their own: each sounds like its nearest kin, tuned and sampled in its own way.

A machine's line says whose drums it has, how it samples them (Hz and bits; 0: not at all) and how many semitones higher they are. A drum
that the kin has not is taken from the next of ``_ELSEWHERE``. Where a machine has more sounds of a drum than its kin, the further ones are
tuned apart.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit import folders, tr808, tr909
from phonon_osc.samples.kit.default_set import MACHINES as NAMES
from phonon_osc.samples.kit.machines import MACHINES
from phonon_osc.samples.kit.shape import Signal, Sound
from phonon_osc.samples.kit.treated import Through

_TR808 = {"bd": "808bd", "sd": "808sd", "cr": "808cy", "oh": "808oh", "lt": "808lt", "mt": "808mt", "ht": "808ht"}
_SETS: dict[str, Mapping[str, tuple[Sound, ...]]] = {
    "808": {
        **{drum: tr808.BANKS[name] for drum, name in _TR808.items()},
        **{name.partition("_")[2]: bank for name, bank in tr808.BANKS.items() if name.startswith("RolandTR808_")},
    },
    "909": {name.partition("_")[2]: bank for name, bank in tr909.BANKS.items() if name.startswith("RolandTR909_")},
    "ace": MACHINES["RhythmAce"],
    "space": MACHINES["ViscoSpaceDrum"],
    "707": MACHINES["RolandTR707"],
    "505": MACHINES["RolandTR505"],
    "cr1000": MACHINES["RolandCompurhythm1000"],
    "rz1": MACHINES["CasioRZ1"],
    "linn": MACHINES["AkaiLinn"],
    "set": {**folders.BANKS, "bd": folders.KICKS, "sd": folders.SNARES, "cp": folders.CLAPS},
}
_ELSEWHERE = ("linn", "707", "set")
_MACHINES = """
    AJKPercusyn space 0 0 2          AkaiMPC60 linn 40000 12 0         AkaiXR10 set 32000 12 0          AlesisHR16 set 44000 13 1
    AlesisSR16 set 44000 13 0        BossDR110 808 0 0 3               BossDR220 505 24000 8 0          BossDR55 ace 0 0 1
    BossDR550 707 32000 10 0         CasioSK1 rz1 9400 8 0             CasioVL1 ace 0 0 7               DoepferMS404 space 0 0 -2
    EmuDrumulator linn 24000 8 -2    EmuModular space 0 0 -5           EmuSP12 linn 26000 12 0          KorgDDM110 linn 20000 7 1
    KorgKPR77 808 0 0 2              KorgKR55 ace 0 0 -1               KorgKRZ 707 24000 8 -1           KorgM1 set 44000 14 0
    KorgMinipops ace 0 0 0           KorgPoly800 rz1 22000 8 2         KorgT3 set 44000 14 -1           Linn9000 linn 37000 8 0
    LinnDrum linn 28000 8 0          LinnLM1 linn 28000 8 -1           LinnLM2 linn 30000 8 1           MFB512 linn 22000 8 2
    MPC1000 909 44000 15 0           MoogConcertMateMG1 space 0 0 -7   OberheimDMX linn 24000 8 1       RhodesPolaris 707 25000 8 -2
    RolandCompurhythm78 808 0 0 -2   RolandCompurhythm8000 808 0 0 1   RolandD110 set 32000 12 1        RolandD70 set 32000 14 -1
    RolandDDR30 space 0 0 -3         RolandJD990 909 44000 14 1        RolandMC202 808 0 0 5            RolandMC303 909 44000 14 0
    RolandMT32 707 32000 10 1        RolandR8 set 44000 14 -2          RolandS50 707 30000 12 -1        RolandSH09 space 0 0 -4
    RolandSystem100 space 0 0 -6     RolandTR606 808 0 0 4             RolandTR626 707 28000 9 2        RolandTR727 505 25000 8 3
    SakataDPM48 linn 20000 8 -3      SequentialCircuitsDrumtracks linn 24000 8 0
    SequentialCircuitsTom linn 24000 8 -2
    SergeModular space 0 0 4         SimmonsSDS400 space 0 0 1         SimmonsSDS5 space 0 0 -1         SoundmastersR88 ace 0 0 3
    UnivoxMicroRhythmer12 ace 0 0 5  XdrumLM8953 linn 20000 7 -1       YamahaRM50 set 44000 15 0        YamahaRX21 707 25000 10 -1
    YamahaRX5 707 25000 12 0         YamahaRY30 set 44000 15 1         YamahaTG33 set 44000 14 -3
"""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A sound played ``semitones`` higher, and so much shorter."""

    sound: Sound
    semitones: float
    note: float | None = None

    @property
    def peak(self) -> float:
        return self.sound.peak

    def render(self, seed: int) -> Signal:
        x = self.sound.render(seed)
        at = np.arange(0.0, len(x) - 1.0, 2.0 ** (self.semitones / 12.0))
        out: Signal = np.interp(at, np.arange(len(x)), x)
        return out


def _machines() -> dict[str, tuple[str, float, float, float]]:
    words = _MACHINES.split()
    rows = zip(words[::5], *(words[k::5] for k in (1, 2, 3, 4)), strict=True)
    return {name: (kin, float(rate), float(bits), float(up)) for name, kin, rate, bits, up in rows}


def _drums(kin: str, drum: str) -> tuple[Sound, ...]:
    wanted = drum if any(drum in _SETS[name] for name in (kin, *_ELSEWHERE)) else "misc"
    return next(_SETS[name][wanted] for name in (kin, *_ELSEWHERE) if wanted in _SETS[name])


def _bank(name: str, count: int) -> tuple[Sound, ...]:
    machine, _, drum = name.rpartition("_")
    kin, rate, bits, up = _machines()[machine]
    drums = _drums(kin, drum)
    # A machine's drums are a few cents away from its kin's, each in its own direction.
    apart = zlib.crc32(name.encode()) % 7 * 0.25 - 0.75
    found: list[Sound] = []
    for n in range(count):
        again, k = divmod(n, len(drums))
        tuned: Sound = Tuned(drums[k], up + apart + (again * 5 % 9 - 4 if again else 0))
        found.append(Through(tuned, rate, bits) if rate else tuned)
    return tuple(found)


def _banks() -> dict[str, tuple[Sound, ...]]:
    from phonon_osc.samples.kit.names import counts

    return {name: _bank(name, count) for name, count in counts(NAMES).items()}


BANKS = _banks()
