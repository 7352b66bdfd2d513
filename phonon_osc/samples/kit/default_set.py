"""Names and counts of Strudel's default set beyond those of Dirt-Samples: drum machines, an orchestra, General MIDI.

Only the names are theirs. A drum machine without a recipe of its own sounds like its nearest kin (``kin``). A pitched bank has a sound
every six semitones over its range; the nearest note is played, so ``n`` counts among the sounds of one note.
"""

from __future__ import annotations

MACHINES = """
        AJKPercusyn_ bd:1 cb:2 ht:1 sd:1
        AkaiMPC60_ bd:2 cp:1 cr:1 hh:1 ht:1 lt:1 misc:2 mt:1 oh:1 perc:5 rd:1 rim:1 sd:3
        AkaiXR10_ bd:10 cb:1 cp:1 cr:3 hh:2 ht:1 lt:2 misc:4 mt:2 oh:1 perc:15 rd:1 rim:2 sd:10 sh:1 tb:1
        AlesisHR16_ bd:1 cp:1 hh:1 ht:1 lt:1 oh:1 perc:8 rim:1 sd:1 sh:3
        AlesisSR16_ bd:13 cb:1 cp:1 cr:2 hh:3 misc:3 oh:4 perc:7 rd:3 rim:1 sd:12 sh:1 tb:1
        BossDR110_ bd:1 cp:1 cr:1 hh:1 oh:1 rd:1 sd:1
        BossDR220_ bd:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 perc:1 rd:1 sd:1
        BossDR55_ bd:2 hh:2 rim:1 sd:8
        BossDR550_ bd:5 cb:2 cp:1 cr:1 hh:2 ht:3 lt:3 misc:3 mt:2 oh:2 perc:11 rd:2 rim:1 sd:6 sh:2 tb:1
        CasioSK1_ bd:1 hh:1 ht:1 mt:1 oh:1 sd:1
        CasioVL1_ bd:1 hh:1 sd:1
        DoepferMS404_ bd:2 hh:1 lt:1 oh:1 sd:1
        EmuDrumulator_ bd:1 cb:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 perc:1 rim:1 sd:1
        EmuModular_ bd:2 misc:1 perc:2
        EmuSP12_ bd:14 cb:1 cp:1 cr:1 hh:2 ht:6 lt:6 misc:7 mt:4 oh:1 perc:1 rd:1 rim:2 sd:21
        KorgDDM110_ bd:1 cp:1 cr:1 hh:1 ht:2 lt:2 oh:1 rim:1 sd:1
        KorgKPR77_ bd:1 cp:1 hh:1 oh:1 sd:1
        KorgKR55_ bd:1 cb:1 cr:1 hh:1 ht:1 oh:1 perc:2 rim:1 sd:1
        KorgKRZ_ bd:1 cr:1 fx:2 hh:1 ht:1 lt:1 misc:1 oh:1 rd:1 sd:2
        KorgM1_ bd:3 cb:1 cp:1 cr:1 hh:2 ht:2 misc:16 mt:1 oh:2 perc:7 rd:1 rim:1 sd:4 sh:1 tb:1
        KorgMinipops_ bd:7 hh:4 misc:4 oh:4 sd:13
        KorgPoly800_ bd:4
        KorgT3_ bd:5 cp:1 hh:2 misc:4 oh:2 perc:4 rim:1 sd:5 sh:3
        Linn9000_ bd:1 cb:2 cr:2 hh:1 ht:2 lt:2 mt:1 oh:1 perc:3 rd:2 rim:1 sd:1 tb:1
        LinnDrum_ bd:1 cb:1 cp:1 cr:1 hh:3 ht:2 lt:2 mt:1 oh:1 perc:6 rd:1 rim:3 sd:3 sh:1 tb:1
        LinnLM1_ bd:4 cb:1 cp:1 hh:1 ht:1 lt:1 oh:1 perc:3 rim:1 sd:1 sh:1 tb:1
        LinnLM2_ bd:4 cb:1 cp:1 cr:1 hh:2 ht:1 lt:1 mt:1 oh:2 rd:1 rim:2 sd:4 sh:1 tb:1
        MFB512_ bd:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 sd:1
        MPC1000_ bd:5 cp:1 hh:4 oh:1 perc:1 sd:4 sh:1
        MoogConcertMateMG1_ bd:3 sd:2
        OberheimDMX_ :3 bd:3 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 rd:1 rim:1 sd:3 sh:1 tb:1
        RhodesPolaris_ bd:4 misc:4 sd:4
        RolandCompurhythm78_ bd:1 cb:1 hh:2 misc:4 oh:2 perc:8 sd:1 tb:1
        RolandCompurhythm8000_ bd:1 cb:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 perc:2 rim:1 sd:1
        RolandD110_ bd:1 cb:2 cr:1 hh:1 lt:1 oh:2 perc:3 rd:1 rim:1 sd:3 sh:1 tb:1
        RolandD70_ bd:4 cb:1 cp:1 cr:1 hh:1 lt:1 mt:1 oh:1 perc:1 rd:1 rim:1 sd:5 sh:1
        RolandDDR30_ bd:8 ht:4 lt:4 sd:8
        RolandJD990_ bd:10 cb:1 cp:1 cr:1 hh:4 ht:1 lt:5 misc:12 mt:2 oh:2 perc:6 rd:1 sd:15 tb:1
        RolandMC202_ bd:5 ht:3 perc:1
        RolandMC303_ bd:16 cb:2 cp:8 fx:2 hh:6 ht:5 lt:5 misc:8 mt:6 oh:5 perc:39 rd:2 rim:6 sd:26 sh:7 tb:5
        RolandMT32_ bd:1 cb:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:2 perc:13 rd:1 rim:1 sd:2 sh:2 tb:1
        RolandR8_ bd:7 cb:1 cp:1 cr:1 hh:2 ht:4 lt:4 mt:4 oh:1 perc:8 rd:2 rim:2 sd:12 sh:2 tb:1
        RolandS50_ bd:4 cb:1 cp:1 cr:2 ht:1 lt:2 misc:6 mt:1 oh:1 perc:14 rd:1 sd:3 sh:4 tb:2
        RolandSH09_ bd:43
        RolandSystem100_ bd:15 hh:2 misc:2 oh:3 perc:19 sd:21
        RolandTR606_ bd:1 cr:1 hh:1 ht:1 lt:1 oh:1 sd:1
        RolandTR626_ bd:2 cb:1 cp:1 cr:2 hh:1 ht:2 lt:2 mt:2 oh:1 perc:8 rd:2 rim:1 sd:3 sh:1 tb:1
        RolandTR727_ perc:10 sh:2
        SakataDPM48_ bd:3 cp:1 cr:1 hh:2 ht:1 lt:2 mt:1 oh:1 perc:2 rd:1 rim:1 sd:2 sh:2
        SequentialCircuitsDrumtracks_ bd:1 cb:1 cp:1 cr:1 hh:1 ht:1 oh:1 rd:1 rim:1 sd:1 sh:1 tb:1
        SequentialCircuitsTom_ bd:1 cp:1 cr:1 hh:1 ht:2 oh:1 sd:1
        SergeModular_ bd:1 misc:1 perc:5
        SimmonsSDS400_ ht:3 lt:6 mt:8 sd:3
        SimmonsSDS5_ bd:12 hh:5 ht:3 lt:8 mt:6 oh:2 rim:7 sd:21
        SoundmastersR88_ bd:1 cr:1 hh:1 oh:1 sd:2
        UnivoxMicroRhythmer12_ bd:1 hh:1 oh:1 sd:1
        XdrumLM8953_ bd:3 cr:1 hh:2 ht:2 lt:2 mt:2 oh:1 rd:1 rim:2 sd:5 tb:1
        YamahaRM50_ bd:103 cb:6 cp:2 cr:22 hh:18 ht:25 lt:49 misc:28 mt:34 oh:12 perc:56 rd:13 sd:108 sh:6 tb:3
        YamahaRX21_ bd:1 cp:1 cr:1 hh:1 ht:1 lt:1 mt:1 oh:1 sd:1
        YamahaRX5_ bd:2 cb:1 fx:1 hh:1 lt:1 oh:1 rim:1 sd:3 sh:1 tb:1
        YamahaRY30_ bd:13 cb:2 cp:1 cr:2 hh:4 ht:3 lt:3 misc:8 mt:2 oh:4 perc:13 rd:3 rim:2 sd:21 sh:2 tb:1
        YamahaTG33_ bd:4 cb:3 cp:1 cr:3 fx:1 ht:2 lt:2 misc:10 mt:2 oh:1 perc:12 rd:2 rim:1 sd:5 sh:1 tb:1
"""
SPELLINGS = dict(  # the machines as others write them
    word.split(":")
    for word in """
    AJKPercusyn:Percysyn AkaiLinn:Linn AkaiMPC60:MPC60 AkaiXR10:XR10 AlesisHR16:HR16 AlesisSR16:SR16 BossDR110:DR110
    BossDR220:DR220 BossDR55:DR55 BossDR550:DR550 CasioRZ1:RZ1 CasioSK1:SK1 CasioVL1:VL1 DoepferMS404:MS404
    EmuDrumulator:Drumulator EmuSP12:SP12 KorgDDM110:DDM110 KorgKPR77:KPR77 KorgKR55:KR55 KorgKRZ:KRZ KorgM1:M1
    KorgMinipops:Minipops KorgPoly800:Poly800 KorgT3:T3 Linn9000:9000 LinnLM1:LM1 LinnLM2:LM2
    MoogConcertMateMG1:ConcertMateMG1 OberheimDMX:DMX RhodesPolaris:Polaris RhythmAce:Ace
    RolandCompurhythm1000:Compurhythm1000 RolandCompurhythm78:Compurhythm78 RolandCompurhythm8000:Compurhythm8000
    RolandD110:D110 RolandD70:D70 RolandDDR30:DDR30 RolandJD990:JD990 RolandMC202:MC202 RolandMC303:MC303
    RolandMT32:MT32 RolandR8:R8 RolandS50:S50 RolandSH09:SH09 RolandSystem100:System100 RolandTR505:TR505
    RolandTR606:TR606 RolandTR626:TR626 RolandTR707:TR707 RolandTR727:TR727 RolandTR808:TR808 RolandTR909:TR909
    SakataDPM48:DPM48 SequentialCircuitsDrumtracks:CircuitsDrumtracks SequentialCircuitsTom:CircuitsTom
    SimmonsSDS400:SDS400 SimmonsSDS5:SDS5 SoundmastersR88:R88 UnivoxMicroRhythmer12:MicroRhythmer12
    ViscoSpaceDrum:SpaceDrum XdrumLM8953:LM8953 YamahaRM50:RM50 YamahaRX21:RX21 YamahaRX5:RX5 YamahaRY30:RY30
    YamahaTG33:TG33
    """.split()
)
PERCUSSION = """
    ballwhistle:2 bassdrum1:8 bassdrum2:30 bongo:28 conga:34 darbuka:20 framedrum:18 snare_modern:72 snare_hi:8 snare_low:20
    snare_rim:4 timpani:30 timpani_roll:10 timpani2:204 tom_mallet:8 tom_stick:8 tom_rim:6 tom2_mallet:8 tom2_stick:8 tom2_rim:6
    trainwhistle:6 siren:5 didgeridoo:12 agogo:5 anvil:9 brakedrum:17 cabasa:6 cajon:18 clash:10 clash2:5 clave:6 cowbell:13
    fingercymbal:1 flexatone:8 gong:7 gong2:6 guiro:5 handbells:3 hihat:15 marktrees:6 oceandrum:3 ratchet:8 shaker_large:6
    shaker_small:16 slapstick:5 sleighbells:6 slitdrum:6 sus_cymbal:25 sus_cymbal2:23 tambourine:7 tambourine2:7 triangles:37
    vibraslap:4 woodblock:10 brk:1
    mridangam_ gumki:14 ka:12 nam:8 ta:9 ki:7 dhin:8 na:12 chaapu:13 dhum:7 ardha:20 thom:7 dhi:7 tha:7
"""
WAVETABLES = """
    wt_ digital:5 digital_bad_day:1 digital_basique:1 digital_crickets:1 digital_curses:1 digital_echoes:1 vgame:11
"""
_STEP = 6  # semitones between two sounds of a pitched bank
_RANGES = {  # lowest and highest MIDI note
    (36, 96): """
        gm_epiano2 gm_harpsichord gm_clavinet gm_percussive_organ gm_rock_organ gm_reed_organ gm_harmonica gm_bandoneon gm_synth_strings_2
        gm_string_ensemble_2 gm_tremolo_strings gm_synth_choir gm_orchestra_hit gm_synth_brass_1 gm_synth_brass_2 gm_orchestral_harp
        gm_lead_1_square gm_lead_3_calliope gm_lead_4_chiff gm_lead_5_charang gm_lead_6_voice gm_lead_7_fifths gm_lead_8_bass_lead
        gm_pad_new_age gm_pad_poly gm_pad_choir gm_pad_bowed gm_pad_metallic gm_pad_halo gm_pad_sweep gm_fx_rain gm_fx_soundtrack
        gm_fx_crystal gm_fx_atmosphere gm_fx_brightness gm_fx_goblins gm_fx_echoes gm_fx_sci_fi gm_dulcimer gm_steel_drums gm_bagpipe
    """,
    (48, 108): "gm_celesta gm_music_box gm_tinkle_bell gm_piccolo gm_whistle gm_tubular_bells gm_kalimba",
    (40, 88): """
        gm_electric_guitar_jazz gm_overdriven_guitar gm_distortion_guitar gm_guitar_harmonics gm_sitar gm_banjo gm_shamisen gm_koto
    """,
    (28, 64): """
        gm_electric_bass_pick gm_fretless_bass gm_slap_bass_1 gm_slap_bass_2 gm_synth_bass_2 gm_contrabass gm_tuba gm_timpani
        gm_taiko_drum gm_melodic_tom gm_synth_drum
    """,
    (
        36,
        84,
    ): "gm_cello gm_trombone gm_french_horn gm_baritone_sax gm_tenor_sax gm_bassoon super64 super64_acc super64_vib",
    (52, 100): """
        gm_violin gm_viola gm_fiddle gm_trumpet gm_muted_trumpet gm_soprano_sax gm_alto_sax gm_oboe gm_english_horn gm_clarinet
        gm_recorder gm_pan_flute gm_shakuhachi gm_ocarina gm_shanai gm_agogo gm_woodblock
    """,
    (60, 60): """
        gm_reverse_cymbal gm_guitar_fret_noise gm_breath_noise gm_seashore gm_bird_tweet gm_telephone gm_helicopter gm_applause
        gm_gunshot
    """,
    (53, 77): "recorder_alto_stacc recorder_alto_vib recorder_alto_sus",
    (41, 65): "recorder_bass_stacc recorder_bass_vib recorder_bass_sus kalimba5",
    (60, 84): "recorder_soprano_stacc recorder_soprano_sus",
    (48, 72): "recorder_tenor_stacc recorder_tenor_vib recorder_tenor_sus kalimba",
    (69, 87): "ocarina_small_stacc ocarina_small",
    (57, 75): "ocarina ocarina_vib psaltery_pluck psaltery_spiccato psaltery_bow",
    (24, 54): "pipeorgan_loud_pedal pipeorgan_quiet_pedal",
    (24, 84): "pipeorgan_loud pipeorgan_quiet organ_4inch organ_8inch organ_full folkharp",
    (48, 84): "harmonica harmonica_soft harmonica_vib handchimes",
    (46, 76): "saxello saxello_stacc saxello_vib balafon_hard balafon_soft balafon",
    (32, 74): "sax_stacc sax_vib dantranh dantranh_tremolo dantranh_vibrato strumstick kalimba3 kalimba4",
    (28, 100): "harp",
    (12, 96): "kawai clavisynth fmpiano piano1",
    (24, 102): "steinway",
    (63, 75): "wineglass wineglass_slow",
    (72, 84): "belltree",
    (31, 85): "kalimba2",
    (48, 66): "tubularbells",
    (60, 78): "tubularbells2",
    (41, 77): "vibraphone_soft vibraphone_bowed",
    (55, 97): """
        xylophone_hard_pp xylophone_hard_ff xylophone_medium_ff xylophone_medium_pp xylophone_soft_pp xylophone_soft_ff
    """,
}
NOTES: dict[str, tuple[int, ...]] = {  # the MIDI notes of the sounds of a pitched bank
    name: tuple(range(low, high + 1, _STEP)) for (low, high), names in _RANGES.items() for name in names.split()
}
PITCHED = " ".join(f"{name}:{len(notes)}" for name, notes in NOTES.items())
