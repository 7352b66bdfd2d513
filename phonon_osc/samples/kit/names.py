"""What the kit holds: which family makes which bank, and how many sounds are in it.

Kept apart from the recipes so that a start need not read those: a family is imported when one of its sounds is first made. A
test compares both. A word that ends in an underscore is put before the names after it.
"""

from __future__ import annotations

from phonon_osc.samples.kit import default_set

_FAMILIES = {
    "tr909": """
        bd:24 sn:52 lt:16 mt:16 ht:16 cp:2 rm:2 hc:6 ho:6 oc:4 co:4 cc:6 cr:6 909:1
        RolandTR909_ bd:4 sd:16 cp:5 hh:4 oh:5 cr:3 rd:3 rim:3 lt:4 mt:4 ht:4
    """,
    "tr808": """
        808bd:25 808sd:25 808cy:25 808oh:5 808lt:5 808mt:5 808ht:5 808lc:5 808mc:5 808hc:5 808:6
        RolandTR808_ hh:1 cp:5 rim:1 cb:2 sh:2 perc:16
    """,
    "machines": """
        RhythmAce_ bd:3 sd:3 hh:1 oh:1 lt:1 ht:1 perc:6
        ViscoSpaceDrum_ bd:11 sd:3 lt:2 mt:2 ht:7 hh:6 oh:3 rim:1 cb:1 perc:2 misc:2
        RolandTR707_ bd:2 sd:2 lt:1 mt:1 ht:1 rim:1 cp:1 hh:1 oh:1 cr:1 cb:1 tb:1
        RolandTR505_ bd:1 sd:1 lt:1 mt:1 ht:1 rim:1 cp:1 hh:1 oh:1 cr:1 rd:1 cb:2 perc:3
        RolandCompurhythm1000_ bd:1 sd:1 lt:1 mt:1 ht:1 rim:1 cp:1 hh:1 oh:1 cr:1 rd:1 cb:1 perc:3
        CasioRZ1_ bd:1 sd:1 lt:1 mt:1 ht:1 rim:1 cp:1 hh:1 cr:1 rd:2 cb:1
        AkaiLinn_ bd:1 sd:1 lt:1 mt:1 ht:1 cp:1 hh:1 oh:1 cr:1 rd:1 cb:1 sh:1 tb:1
    """,
    "folders": """
        sd:2 hh:13 oh:6 rim:4 rs:1 cb:1 rd:3 sh:4 tb:3 perc:6 misc:5 kick:9 snare:6 clap:6 hi:4 lo:4 gabba:4 flick:17
        procshort:8 h:7 off:1
    """,
    "sets": """
        cpu:12 cpu2:12 gretsch:24 drum:6 drumtraks:13 odx:15 feel:7 jazz:8 house:8 techno:7 future:17 kurt:7 voodoo:5
        less:4 ul:10
    """,
    "hands": "tabla:26 tabla2:46 east:9 can:16 metal:10 tink:5 bottle:13 tok:4",
    "basses": "jvbass:13 bass:4 bass0:3 bass1:30 bass2:5 bass3:11 jungbass:20 dbass:3 moog:7 wobble:1",
    "melodies": """
        arpy:11 arp:2 dsynth:1 casio:3 control:2 juno:12 pad:3 pluck:17 gtr:3 notes:15 newnotes:15 simplesine:6 blip:2
        sid:12 psr:30 sax:22 trump:11 stab:23 rave:1 koy:2 latibro:8 diphone2:12
    """,
    "voices": "numbers:9 alphabet:26 mouth:15 crow:4 bev:2",
    "breaks": "breaks125:2 breaks152:1 breaks157:1 breaks165:1 amencutup:32 amen:1",
    "boxes": """
        bassdm:24 clubkick:5 popkick:10 hardkick:6 kicklinn:1 gab:10 gabbaloud:4 gabbalouder:4 ulgab:5 hardcore:12 stomp:10
        sundance:6 realclaps:4 hh27:13 linnhats:6 click:4 clak:2 chin:4 tablex:3 hand:17 peri:15 print:11 hit:6 ab:12 db:13 dr:42
        dr2:6 dr55:4 dr_few:8 e:8 em2:6 foo:27 if:5 ifdrums:3 incoming:8 jungle:13 made:7 made2:1 msg:9 sequential:8 sf:18 short:5
        tech:13 v:6 battles:2 bin:2 d:4 dork2:4 dorkbot:2 f:1 feelfx:8 fest:1 led:1 mash:2 mash2:4 proc:2 sheffield:1
    """,
    "arcade": """
        armora:7 bend:4 bleep:13 circus:3 coins:1 cosmicg:15 dist:16 glitch:8 glitch2:8 invaders:18 monsterb:6 noise2:8 seawolf:3
        speedupdown:9 subroc3d:11 tacscan:22 toys:13
    """,
    "tunes": """
        ade:10 ades2:9 ades3:7 ades4:6 alex:2 bassfoo:3 blue:2 fm:17 hoover:6 mute:28 padlong:1 ravemono:4 sine:6 sitar:8 uxay:3
        world:3 xmas:1
    """,
    "throats": """
        auto:11 baa:7 baa2:7 birds:10 breath:1 bubble:8 diphone:38 erk:1 fire:1 glasstap:3 haw:6 hmm:1 miniyeah:4 mp3:4 outdoor:8
        speakspell:12 speech:7 speechless:10 yeah:31
    """,
    "kin": default_set.MACHINES,
    "percussion": default_set.PERCUSSION,
    "orchestra": default_set.PITCHED,
    "wavetables": default_set.WAVETABLES,
    "nature": "wind:10 insect:3 birds3:19 pebbles:1 lighter:33 space:18 industrial:32 noise:1 fx:6",
}
_SAME = {  # other names of whole banks
    "ch": "hh",
    "RolandTR808_bd": "808bd",
    "RolandTR808_sd": "808sd",
    "RolandTR808_cr": "808cy",
    "RolandTR808_oh": "808oh",
    "RolandTR808_lt": "808lt",
    "RolandTR808_mt": "808mt",
    "RolandTR808_ht": "808ht",
}


def counts(words: str) -> dict[str, int]:
    """Names and counts of a list of words."""
    found, prefix = {}, ""
    for word in words.split():
        name, _, count = word.partition(":")
        if count:
            found[prefix + name] = int(count)
        else:
            prefix = name
    return found


def _aliases() -> dict[str, str]:
    found = dict(_SAME)
    for name in (*COUNTS, *_SAME):
        machine, _, drum = name.partition("_")
        if machine in default_set.SPELLINGS:
            found[f"{default_set.SPELLINGS[machine]}_{drum}"] = _SAME.get(name, name)
    return found


EXTRAS = ("kin", "percussion", "orchestra", "wavetables")  # families that are made only when they are asked for
FAMILY = {name: family for family, words in _FAMILIES.items() for name in counts(words)}
COUNTS = {name: count for words in _FAMILIES.values() for name, count in counts(words).items()}
ALIASES = _aliases()
