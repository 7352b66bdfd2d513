"""Pitched banks of General MIDI and of an orchestra: a few models with numbers for each programme.

A model is a function of a MIDI note. Sustained ones last two seconds, since an event that is longer hears silence after that.
"""

from __future__ import annotations

from collections.abc import Callable

from phonon_osc.samples.kit.default_set import NOTES
from phonon_osc.samples.kit.drums import Bars, Cymbal, Tom
from phonon_osc.samples.kit.hands import bar
from phonon_osc.samples.kit.machines import Zap, cowbell, wood
from phonon_osc.samples.kit.nature import Bird, Blast, Grains, Wind
from phonon_osc.samples.kit.shape import PAD, TONE, Sound, hertz
from phonon_osc.samples.kit.tones import Additive, Analogue, Chord, Fm, String
from phonon_osc.samples.kit.treated import Driven, Reversed, Roomy
from phonon_osc.samples.kit.voices import Choir

_HELD = 2.0  # seconds
Model = Callable[[float], Sound]

_ODD = (1.0, 0.04, 0.7, 0.05, 0.45, 0.08, 0.25, 0.1, 0.15)
_REED = (0.6, 1.0, 0.8, 0.9, 0.5, 0.6, 0.35, 0.3, 0.2, 0.15, 0.1)
_NASAL = (0.3, 0.6, 1.0, 0.9, 0.5, 0.25, 0.3, 0.2, 0.1)
_ORGAN = (1.0, 1.0, 0.6, 0.8, 0.0, 0.4, 0.0, 0.6)
_PIPES = (1.0, 0.8, 0.35, 0.6, 0.15, 0.25, 0.1, 0.4, 0.0, 0.1, 0.0, 0.15)
_FLUTE = (1.0, 0.35, 0.15, 0.05)
_BRASS = (1.0, 0.9, 0.8, 0.7, 0.55, 0.45, 0.35, 0.28, 0.2, 0.15, 0.1)


def _blown(
    harmonics: tuple[float, ...], attack: float, vibrato: float, breath: float, bloom: float = 0.0, hold: float = _HELD
) -> Model:
    return lambda note: Additive(note, harmonics, attack, hold, 0.12, (5.3, vibrato), breath, bloom)


def _bowed(attack: float, bright: float, players: int = 1, vibrato: float = 0.0) -> Model:
    apart = (0.0,) if players == 1 else tuple(9.0 * (k / (players - 1) - 0.5) * 2.0 for k in range(players))
    return lambda note: Analogue(
        note, "saw", apart, 0.0, min(4.0 * hertz(note), 6_000.0), bright, 0.4, 0.8, False, (vibrato, 5.2), attack, _HELD,
        release=0.25, wide=players > 1, peak=PAD,
    )  # fmt: skip


def _pad(
    wave: str, low: float, high: float, attack: float = 0.35, lfo: tuple[float, float] = (0.0, 0.0), sub: float = 0.0
) -> Model:
    return lambda note: Analogue(
        note, wave, (-7.0, 0.0, 8.0), sub, low, high, 1.2, 1.0, False, lfo, attack, _HELD, release=0.8, wide=True, peak=PAD
    )  # fmt: skip


def _lead(
    wave: str, low: float, high: float, detune: tuple[float, ...] = (0.0,), drive: float = 0.0, sub: float = 0.0
) -> Model:
    return lambda note: Analogue(
        note, wave, detune, sub, low, high, 0.3, 1.2, True, (0.0, 0.0), 0.006, _HELD, release=0.08, drive=drive
    )


def _plucked(
    tau: float, dull: float, pick: float, soft: float, stiff: float = 5e-5, tick: float = 0.08, beat: float = 1.2
) -> Model:
    return lambda note: String(note, tau * (261.6 / hertz(note)) ** 0.4, dull, pick, soft, stiff, beat, (), tick)


def _driven(drive: float, top: float, tau: float = 1.2) -> Model:
    return lambda note: Driven(String(note, tau, 0.12, 0.11, 3_500.0), drive, top, TONE, note)


def _fm(
    pairs: tuple[tuple[float, float, float, float], ...],
    fall: float,
    tau: float,
    hold: float = 0.0,
    attack: float = 0.001,
) -> Model:
    return lambda note: Fm(note, pairs, fall, 0.2, hold, min(tau * (261.6 / hertz(note)) ** 0.4, 1.0), attack)


def _struck(ratios: tuple[float, ...], levels: tuple[float, ...], tau: float, stick: float = 0.2) -> Model:
    def make(note: float) -> Sound:
        hz, ring = hertz(note), min(tau * (261.6 / hertz(note)) ** 0.5, 0.9)
        return Bars(
            tuple(hz * r for r in ratios), levels, tuple(min(ring / r**0.8, 1.0) for r in ratios), (stick, 4_000.0), 0.5, TONE, note
        )  # fmt: skip

    return make


def _sung(*vowels: str, attack: float = 0.12) -> Model:
    return lambda note: Choir(note, vowels, 5, _HELD, attack, 0.4)


def _hit(note: float) -> Sound:
    return Chord(
        tuple(
            Analogue(note + k, "saw", (-8.0, 8.0), 0.3, 400.0, 5_000.0, 0.2, hold=0.2, tau=0.25) for k in (0, 7, 12, 16)
        )
    )


def _fifths(note: float) -> Sound:
    return Chord(
        tuple(
            Analogue(note + k, "saw", (-5.0, 5.0), 0.0, 1_500.0, 4_000.0, 0.5, hold=_HELD, release=0.1) for k in (0, 7)
        )
    )


def _unpitched(sound: Sound) -> Model:
    return lambda note: sound


_PIANO = _plucked(1.1, 0.16, 0.12, 2_600.0, 3e-4, 0.15, 0.9)
_HARP = _plucked(0.9, 0.25, 0.30, 2_800.0)
_KALIMBA = _struck((1.0, 5.4, 9.1), (1.0, 0.15, 0.06), 0.35, 0.25)
_TUBES = _struck((0.5, 1.0, 1.49, 2.0, 2.74, 3.76), (0.25, 1.0, 0.5, 0.8, 0.35, 0.2), 1.1)
_XYLOPHONE = ((1.0, 3.0, 6.1), (1.0, 0.4, 0.15), 0.14)
_VIBES = ((1.0, 3.98, 9.9), (1.0, 0.2, 0.08))

_MODELS: dict[str, Model] = {
    # General MIDI
    "gm_epiano2": _fm(((1.0, 1.0, 1.6, 1.0), (1.0, 14.0, 0.4, 0.25)), 0.15, 0.7),
    "gm_harpsichord": _plucked(0.6, 0.10, 0.06, 9_000.0, 4e-5, 0.25),
    "gm_clavinet": _plucked(0.35, 0.12, 0.05, 6_000.0, 4e-5, 0.2),
    "gm_celesta": _struck((1.0, 4.0, 10.0), (1.0, 0.25, 0.1), 0.5, 0.1),
    "gm_music_box": _struck((1.0, 6.3, 8.2), (1.0, 0.2, 0.15), 0.6, 0.15),
    "gm_tubular_bells": _TUBES,
    "gm_dulcimer": _plucked(0.7, 0.12, 0.09, 6_000.0, 6e-5, 0.2, 3.0),
    "gm_percussive_organ": lambda note: Additive(note, (1.0, 0.5, 0.9), 0.004, _HELD, 0.05),
    "gm_rock_organ": lambda note: Additive(note, _ORGAN, 0.005, _HELD, 0.06, (6.4, 9.0), drive=1.6),
    "gm_reed_organ": _blown(_REED, 0.06, 0.0, 0.03),
    "gm_harmonica": _blown(_REED, 0.04, 10.0, 0.05),
    "gm_bandoneon": _blown((0.8, 1.0, 0.7, 0.8, 0.5, 0.5, 0.3, 0.25), 0.05, 4.0, 0.02),
    "gm_electric_guitar_jazz": _plucked(0.9, 0.40, 0.22, 1_400.0),
    "gm_overdriven_guitar": _driven(6.0, 4_500.0),
    "gm_distortion_guitar": _driven(18.0, 5_000.0),
    "gm_guitar_harmonics": lambda note: String(note + 12.0, 1.2, 0.3, 0.5, 5_000.0),
    "gm_electric_bass_pick": _plucked(0.7, 0.22, 0.10, 3_000.0, 8e-5, 0.25),
    "gm_fretless_bass": _bowed(0.03, 900.0),
    "gm_slap_bass_1": _plucked(0.6, 0.10, 0.05, 7_000.0, 1e-4, 0.5),
    "gm_slap_bass_2": _plucked(0.5, 0.14, 0.07, 6_000.0, 1e-4, 0.6),
    "gm_synth_bass_2": _lead("square", 180.0, 1_600.0, (0.0,), 1.5, 0.5),
    "gm_violin": _bowed(0.06, 7_000.0, 1, 0.15),
    "gm_viola": _bowed(0.07, 4_500.0, 1, 0.15),
    "gm_cello": _bowed(0.08, 3_500.0, 1, 0.15),
    "gm_contrabass": _bowed(0.10, 2_200.0, 1, 0.1),
    "gm_tremolo_strings": _bowed(0.08, 5_000.0, 4, 1.2),
    "gm_orchestral_harp": _HARP,
    "gm_timpani": lambda note: Tom(hertz(note), 0.05, 0.6, 0.08, 1.0, note=note),
    "gm_string_ensemble_2": _bowed(0.18, 4_000.0, 5),
    "gm_synth_strings_2": _pad("saw", 900.0, 3_500.0, 0.3),
    "gm_synth_choir": _sung("a", "O"),
    "gm_orchestra_hit": _hit,
    "gm_trumpet": _blown(_BRASS, 0.03, 6.0, 0.02, 0.05),
    "gm_trombone": _blown((1.0, 0.8, 0.65, 0.5, 0.35, 0.25, 0.15), 0.05, 4.0, 0.02, 0.08),
    "gm_tuba": _blown((1.0, 0.6, 0.35, 0.2, 0.1), 0.06, 0.0, 0.03, 0.06),
    "gm_muted_trumpet": _blown(_NASAL, 0.03, 6.0, 0.03),
    "gm_french_horn": _blown((1.0, 0.7, 0.4, 0.2, 0.1, 0.05), 0.07, 3.0, 0.02, 0.12),
    "gm_synth_brass_1": _lead("saw", 500.0, 3_500.0, (-7.0, 7.0)),
    "gm_synth_brass_2": _lead("saw", 700.0, 2_400.0, (-12.0, 0.0, 12.0)),
    "gm_soprano_sax": _blown((1.0, 0.7, 0.5, 0.5, 0.35, 0.3, 0.2, 0.1), 0.03, 9.0, 0.10),
    "gm_alto_sax": _blown((1.0, 0.9, 0.6, 0.5, 0.45, 0.3, 0.2, 0.15), 0.03, 9.0, 0.12),
    "gm_tenor_sax": _blown((1.0, 1.0, 0.8, 0.55, 0.5, 0.35, 0.25, 0.15), 0.04, 8.0, 0.14),
    "gm_baritone_sax": _blown((0.9, 1.0, 0.9, 0.7, 0.5, 0.45, 0.3, 0.2), 0.04, 6.0, 0.14),
    "gm_oboe": _blown(_NASAL, 0.03, 8.0, 0.03),
    "gm_english_horn": _blown((0.5, 0.9, 1.0, 0.6, 0.35, 0.2), 0.04, 8.0, 0.03),
    "gm_bassoon": _blown((0.6, 1.0, 0.9, 0.5, 0.4, 0.2), 0.04, 3.0, 0.03),
    "gm_clarinet": _blown(_ODD, 0.03, 2.0, 0.03),
    "gm_piccolo": _blown((1.0, 0.2, 0.08), 0.03, 10.0, 0.12),
    "gm_recorder": _blown((1.0, 0.12, 0.25, 0.05), 0.03, 3.0, 0.08),
    "gm_pan_flute": _blown((1.0, 0.1, 0.12), 0.05, 5.0, 0.35),
    "gm_shakuhachi": _blown((1.0, 0.3, 0.15, 0.05), 0.09, 18.0, 0.4),
    "gm_whistle": _blown((1.0, 0.03), 0.04, 14.0, 0.06),
    "gm_ocarina": _blown((1.0, 0.05, 0.03), 0.04, 6.0, 0.10),
    "gm_lead_1_square": _lead("square", 3_000.0, 6_000.0),
    "gm_lead_3_calliope": _blown((1.0, 0.3, 0.1), 0.03, 4.0, 0.3),
    "gm_lead_4_chiff": _blown((1.0, 0.1, 0.3), 0.01, 0.0, 0.5),
    "gm_lead_5_charang": _lead("saw", 1_500.0, 6_000.0, (-4.0, 4.0), 4.0),
    "gm_lead_6_voice": _sung("a", attack=0.04),
    "gm_lead_7_fifths": _fifths,
    "gm_lead_8_bass_lead": _lead("saw", 400.0, 4_000.0, (-6.0, 6.0), 2.0, 0.6),
    "gm_pad_new_age": _fm(((1.0, 2.0, 1.0, 1.0), (2.0, 3.0, 0.6, 0.3)), 0.6, 0.8, 1.5, 0.05),
    "gm_pad_poly": _pad("saw", 1_200.0, 3_000.0, 0.15),
    "gm_pad_choir": _sung("O", "a", attack=0.3),
    "gm_pad_bowed": _pad("triangle", 2_000.0, 4_000.0, 0.5),
    "gm_pad_metallic": _fm(((1.0, 1.41, 1.5, 1.0), (1.0, 3.37, 0.8, 0.5)), 0.8, 0.8, 1.5, 0.2),
    "gm_pad_halo": _pad("square", 700.0, 2_600.0, 0.5, (1.0, 0.4)),
    "gm_pad_sweep": _pad("saw", 300.0, 5_000.0, 0.5, (3.0, 0.3)),
    "gm_fx_rain": lambda note: Grains(2.0 * hertz(note), 60, 2.0, 0.03, 1.0, note=note),
    "gm_fx_soundtrack": _pad("saw", 500.0, 2_500.0, 0.8, sub=0.4),
    "gm_fx_crystal": _fm(((1.0, 3.5, 1.2, 1.0), (4.0, 7.0, 0.8, 0.4)), 0.3, 0.9),
    "gm_fx_atmosphere": _fm(((1.0, 1.0, 0.8, 1.0), (1.0, 5.0, 0.5, 0.5)), 0.5, 1.0, 0.8),
    "gm_fx_brightness": _pad("pulse", 2_500.0, 9_000.0, 0.05),
    "gm_fx_goblins": _pad("square", 300.0, 2_000.0, 0.6, (2.5, 1.3)),
    "gm_fx_echoes": lambda note: Roomy(Fm(note, ((1.0, 2.0, 1.0, 1.0),), 0.1, 0.2, 0.0, 0.2), 0.5, 0.8, peak=TONE, note=note),
    "gm_fx_sci_fi": _fm(((1.0, 1.73, 3.0, 1.0), (1.5, 0.37, 2.0, 0.5)), 1.0, 0.8, 0.8, 0.1),
    "gm_sitar": _plucked(0.9, 0.06, 0.04, 9_000.0, 2e-5, 0.2, 6.0),
    "gm_banjo": _plucked(0.28, 0.12, 0.07, 7_000.0, 5e-5, 0.3),
    "gm_shamisen": _plucked(0.22, 0.14, 0.05, 6_000.0, 5e-5, 0.5),
    "gm_koto": _plucked(0.6, 0.16, 0.08, 5_000.0, 4e-5, 0.2),
    "gm_kalimba": _KALIMBA,
    "gm_bagpipe": _blown((0.5, 1.0, 1.0, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3), 0.03, 0.0, 0.02),
    "gm_fiddle": _bowed(0.03, 8_000.0, 1, 0.1),
    "gm_shanai": _blown(_NASAL, 0.02, 20.0, 0.05),
    "gm_tinkle_bell": lambda note: bar(hertz(note), 0.5, 0.1, note),
    "gm_agogo": lambda note: cowbell(hertz(note), 1.51, 0.15),
    "gm_steel_drums": _fm(((1.0, 2.0, 1.2, 1.0), (2.0, 2.01, 0.8, 0.5)), 0.1, 0.35),
    "gm_woodblock": lambda note: wood(hertz(note + 12.0), 0.02),
    "gm_taiko_drum": lambda note: Tom(0.5 * hertz(note), 0.3, 0.35, 0.2, 1.6, note=note),
    "gm_melodic_tom": lambda note: Tom(hertz(note), 0.3, 0.22, 0.25, 1.3, note=note),
    "gm_synth_drum": lambda note: Zap(4.0 * hertz(note), hertz(note), 0.08, 0.2, note=note),
    "gm_reverse_cymbal": _unpitched(Reversed(Cymbal(0.5, 500.0, 15_000.0, 0.6))),
    "gm_guitar_fret_noise": _unpitched(Grains(3_200.0, 60, 0.25, 0.004)),
    "gm_breath_noise": _unpitched(Blast(2_400.0, 0.3, 0.18, rise=0.05, rumble=0.0)),
    "gm_seashore": _unpitched(Wind(700.0, 3.0, 0.5, 0.8)),
    "gm_bird_tweet": _unpitched(Bird(((3_400.0, 4_600.0, 0.08, 0.05, 0.0), (4_800.0, 3_600.0, 0.10, 0.06, 40.0)) * 3)),
    "gm_telephone": _unpitched(Fm(84.0, ((1.0, 0.02, 0.5, 1.0), (1.19, 0.02, 0.5, 0.8)), 1.0, 1.0, 0.9, 0.1, 0.01, (20.0, 0.9))),
    "gm_helicopter": _unpitched(Blast(500.0, 0.2, 0.8, 11.0)),
    "gm_applause": _unpitched(Grains(1_500.0, 400, 2.5, 0.006, 0.8)),
    "gm_gunshot": _unpitched(Roomy(Blast(1_800.0, 2.5, 0.12), 0.3, 0.4)),
    # an orchestra
    "recorder": _blown((1.0, 0.12, 0.25, 0.05), 0.03, 0.0, 0.08),
    "recorder_stacc": _blown((1.0, 0.12, 0.25, 0.05), 0.015, 0.0, 0.1, 0.0, 0.12),
    "recorder_vib": _blown((1.0, 0.12, 0.25, 0.05), 0.03, 14.0, 0.08),
    "ocarina": _blown((1.0, 0.05, 0.03), 0.04, 0.0, 0.10),
    "ocarina_stacc": _blown((1.0, 0.05, 0.03), 0.015, 0.0, 0.12, 0.0, 0.12),
    "ocarina_vib": _blown((1.0, 0.05, 0.03), 0.04, 14.0, 0.10),
    "pipeorgan_loud": _blown(_PIPES, 0.05, 0.0, 0.02),
    "pipeorgan_quiet": _blown((1.0, 0.3, 0.1, 0.1), 0.07, 0.0, 0.03),
    "organ_4inch": _blown((0.2, 1.0, 0.0, 0.4), 0.04, 0.0, 0.02),
    "organ_8inch": _blown((1.0, 0.4, 0.15, 0.1), 0.04, 0.0, 0.02),
    "organ_full": _blown(_PIPES, 0.04, 0.0, 0.02),
    "harmonica": _blown(_REED, 0.04, 0.0, 0.05),
    "harmonica_vib": _blown(_REED, 0.04, 16.0, 0.05),
    "super64": _blown(_REED, 0.05, 0.0, 0.04),
    "super64_acc": _blown(_REED, 0.015, 0.0, 0.08, 0.04),
    "super64_vib": _blown(_REED, 0.05, 16.0, 0.04),
    "saxello": _blown((1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2), 0.03, 0.0, 0.1),
    "saxello_stacc": _blown((1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2), 0.015, 0.0, 0.12, 0.0, 0.12),
    "saxello_vib": _blown((1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2), 0.03, 14.0, 0.1),
    "sax_stacc": _blown((1.0, 1.0, 0.8, 0.55, 0.5, 0.35, 0.25), 0.015, 0.0, 0.14, 0.0, 0.12),
    "sax_vib": _blown((1.0, 1.0, 0.8, 0.55, 0.5, 0.35, 0.25), 0.03, 16.0, 0.14),
    "harp": _HARP,
    "folkharp": _plucked(0.7, 0.2, 0.25, 3_500.0),
    "strumstick": _plucked(0.4, 0.14, 0.10, 6_000.0, tick=0.2),
    "dantranh": _plucked(0.5, 0.12, 0.07, 7_000.0, beat=2.0),
    "dantranh_tremolo": _plucked(0.5, 0.12, 0.07, 7_000.0, beat=14.0),
    "dantranh_vibrato": _plucked(0.5, 0.12, 0.07, 7_000.0, beat=8.0),
    "kawai": _PIANO,
    "steinway": _plucked(1.3, 0.14, 0.12, 3_200.0, 2.5e-4, 0.12, 0.8),
    "piano1": _plucked(1.0, 0.2, 0.14, 2_200.0, 3e-4, 0.15, 1.0),
    "psaltery_pluck": _plucked(0.8, 0.12, 0.12, 7_000.0),
    "psaltery_spiccato": _plucked(0.3, 0.12, 0.10, 7_000.0, tick=0.3),
    "psaltery_bow": _bowed(0.08, 6_000.0),
    "clavisynth": _plucked(0.4, 0.1, 0.05, 7_000.0, 4e-5, 0.15),
    "fmpiano": _fm(((1.0, 1.0, 1.4, 1.0), (1.0, 14.0, 0.5, 0.3)), 0.12, 0.6),
    "wineglass": _blown((1.0, 0.02), 0.2, 6.0, 0.02),
    "wineglass_slow": _blown((1.0, 0.02), 0.6, 6.0, 0.02),
    "balafon": _struck((1.0, 2.9, 5.6), (1.0, 0.3, 0.15), 0.16, 0.4),
    "belltree": lambda note: bar(hertz(note), 0.4, 0.15, note),
    "handchimes": _struck((1.0, 5.4), (1.0, 0.1), 0.8, 0.05),
    "kalimba": _KALIMBA,
    "tubularbells": _TUBES,
    "vibraphone_soft": _struck(*_VIBES, 0.8, 0.05),
    "vibraphone_bowed": _blown((1.0, 0.0, 0.0, 0.12), 0.4, 0.0, 0.0),
    "xylophone_hard": _struck(*_XYLOPHONE, 0.5),
    "xylophone_medium": _struck(*_XYLOPHONE, 0.25),
    "xylophone_soft": _struck(*_XYLOPHONE, 0.1),
}  # fmt: skip
_ENDINGS = ("_stacc", "_vib", "_acc")


def _model(name: str) -> Model:
    """The model of a bank. Names of one family differ by a size (alto, small), and by how they are played (_stacc)."""
    ending = next((e for e in _ENDINGS if name.endswith(e)), "")
    words = name.removesuffix(ending).split("_")
    for count in range(len(words), 0, -1):
        found = "_".join(words[:count]).rstrip("12345")
        for candidate in ("_".join(words) + ending, found + ending, "_".join(words[:count]), found):
            if candidate in _MODELS:
                return _MODELS[candidate]
    raise KeyError(name)


BANKS: dict[str, tuple[Sound, ...]] = {
    name: tuple(_model(name)(note) for note in notes) for name, notes in NOTES.items()
}
