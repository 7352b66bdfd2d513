"""How close we are to SuperDirt's own sound, case by case: no verdict may fall below the value that was reached.

Above 0.95 two sounds are the same, above 0.8 close, above 0.6 similar (``judge.py``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
from reference_render import SMALL, Renderer, cases, compare

SAME = 0.99
FLOORS: dict[str, float] = {
    # the sampler and the gate
    **dict.fromkeys(
        """
        smp_bd smp_cut-1_same smp_cut1 smp_loop_begin0.5 smp_loop_unit_c smp_noise_att_rel_curve smp_noise_attack0.2
        smp_noise_fadeTime0.1 smp_noise_release0.3 smp_ramp smp_ramp_begin0.25_end0.75 smp_ramp_speed-1 smp_sn smp_stereo
        smp_stereo44 smp_stereo_pan0 smp_stereo_pan1 smp_tone smp_tone44 smp_tone_accelerate1 smp_tone_amp0.1
        smp_tone_channel1 smp_tone_freq440 smp_tone_gain0.5 smp_tone_gain0.8 smp_tone_lag0.05 smp_tone_n-1_wraps smp_tone_n1
        smp_tone_note7 smp_tone_octave4 smp_tone_pan0 smp_tone_pan0.25 smp_tone_pan0.75 smp_tone_pan1 smp_tone_speed2
        smp_tone_sustain0.2 smp_tone_velocity0.5
        """.split(),
        SAME,
    ),
    # 7 dB over full scale. Our limiter has no latency, so it clips the first quarter of a wave; theirs fades it down
    "smp_tone_gain3": 0.68,
    # effects
    **dict.fromkeys(
        """
        fx_bandf1000 fx_coarse4 fx_comb0.3 fx_crush4 fx_delay fx_distort0.5 fx_djf0.25 fx_djf0.5 fx_fshift150 fx_hbrick0.3 fx_hpf500
        fx_krush0.5 fx_lpf1000_noise fx_lpf1000_res0.3 fx_lpf800_res0.8 fx_octer1 fx_octersubsub1 fx_ring0.5 fx_room0.3_size0.3 fx_shape0.4
        fx_leslie fx_phaser fx_psrate1.5 fx_tremolo fx_triode0.5 fx_vowel_a fx_vowel_e fx_vowel_o fx_waveloss40 fx_xsdelay_tsdelay
        combo_bd_shape_crush_room combo_sn_hpf_delay_pan combo_stereo_begin_speed_bandf
        """.split(),
        SAME,
    ),
    **dict.fromkeys("fx_smear0.5 fx_enhance0.5 fx_binshift0.5 fx_freeze1 smp_loop_timescale2".split(), SAME),
    "fx_real_imag": 0.94,
    # exchanges bins at random
    "fx_scram0.3": 0.9,
    # synths
    "syn_supersaw_note0_sus1": SAME,
    "syn_supersaw_voice0_lpf": SAME,
    "combo_supersaw_lpf_shape_delay": SAME,
    "syn_supersquare_note0_sus1": SAME,
    "syn_supersquare_att_rel": SAME,
    "syn_superpwm_note0_sus1": SAME,
    "syn_superfm_note0_sus1": SAME,
    "syn_superfm_mod": SAME,
    **dict.fromkeys(
        """
        syn_soskick_n0_sus0.5 syn_supersiren_note0_sus1 syn_superzow_note0_sus1 syn_cyclo_note0_sus1
        syn_soshats_n0_sus0.5 syn_superhoover_note0_sus1 syn_supercomparator_note0_sus1
        """.split(),
        SAME,
    ),
    # noise: 0.905 to 1.0, depending on the seed
    "syn_superclap_n0_sus0.5": 0.9,
    # noise
    "syn_superhat_n0_sus0.5": 0.95,
    "syn_superkick_n0_sus0.5": 0.95,
    "syn_supersnare_n0_sus0.5": 0.95,
    "syn_gabor_note0_sus1": 0.97,
    # their limiter has a look-ahead of 20 ms, ours has none: the first half second is above the limit
    "syn_psin_note0_sus1": 0.95,
    "syn_superchip_note0_sus1": 0.97,
    # partly random: 0.9 to 1, depending on the seed
    "syn_imp_note0_sus1": 0.98,
    "syn_sossnare_n0_sus0.5": 0.9,
    "syn_sostoms_n0_sus0.5": 0.98,
    "syn_supernoise_note0_sus1": 0.98,
    # random: the level of one's thump over a range of 17 dB, the frequencies of the other's resonators. So the bounds are low
    "syn_superstatic_note0_sus1": 0.9,
    "syn_superwavemechanics_note0_sus1": 0.9,
    # pulses whose width depends on the output: nearly chaotic
    "syn_supertron_note0_sus1": 0.87,
    "syn_super808_n0_sus0.5": SAME,
    **dict.fromkeys(
        """
        syn_superfork_note0_sus1 syn_superhammond_note0_sus1 syn_superhammond_voice5_perc
        syn_supervibe_note0_sus1
        """.split(),
        SAME,
    ),
    "syn_superreese_note0_sus1": 0.98,
    "syn_superreese_detune_voice": 0.98,
    # noise: 0.84 to 1.0, depending on the seed
    "syn_supermandolin_note0_sus1": 0.88,
    # 15 dB over full scale: the limiter shapes the sound, and ours has no look-ahead
    "syn_superhex_note0_sus1": 0.76,
    # nine partials in a room: theirs have other levels, from the modes of the room
    "syn_superprimes_note0_sus1": 0.45,
    # a string model, compared with samples of a piano, in which each partial has its own level and decay
    "syn_superpiano_note0_sus1": 0.49,
    "syn_superpiano_velocity0.4": 0.53,
}


# The frame at which they play seeds their noise: each plays alone in a studio, so earlier cases have no influence.
ALONE = frozenset(
    """
    syn_superclap_n0_sus0.5 syn_superhat_n0_sus0.5 syn_superkick_n0_sus0.5 syn_supersnare_n0_sus0.5 syn_imp_note0_sus1
    syn_sossnare_n0_sus0.5 syn_sostoms_n0_sus0.5 syn_supernoise_note0_sus1 syn_superstatic_note0_sus1
    syn_superwavemechanics_note0_sus1 syn_supermandolin_note0_sus1 syn_supervibe_note0_sus1
    syn_superhammond_note0_sus1 syn_superhammond_voice5_perc
    """.split()
)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.close()


@pytest.mark.parametrize("name", [name for name in FLOORS if name in cases()])
def test_no_case_falls_below_its_floor(renderer: Renderer, name: str) -> None:
    with contextlib.closing(Renderer()) if name in ALONE else contextlib.nullcontext(renderer) as made:
        found = compare(name, made.render(cases()[name]))
    assert found.value >= FLOORS[name], found.penalties


def test_every_case_of_the_repository_has_a_floor() -> None:
    assert len(cases(SMALL)) == 58 and set(cases(SMALL)) <= set(FLOORS)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("syn_superpwm_note0_sus1", "syn_superzow_note0_sus1"),  # another synth, same pitch
        ("smp_tone", "smp_tone_note7"),  # another pitch
        ("fx_hpf500", "fx_djf0.25"),  # another effect
    ],
)
def test_another_sound_gets_a_low_verdict(renderer: Renderer, name: str, other: str) -> None:
    """The judge must be able to say no."""
    assert compare(name, renderer.render(cases()[other])).value < 0.3


def test_a_sound_too_soft_or_silent_gets_a_low_verdict(renderer: Renderer) -> None:
    sound = renderer.render(cases()["smp_tone"])
    assert compare("smp_tone", sound).value >= SAME
    assert compare("smp_tone", 0.5 * sound).value < 0.5
    assert compare("smp_tone", np.zeros_like(sound)).value == 0.0
