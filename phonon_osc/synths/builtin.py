"""The built-in synths and the parts they share: texts in the folders beside this file. Each is read when it is first needed."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from dsp.kind import kinds
from phonon_osc.defs import instrument as instruments
from phonon_osc.defs.instrument import Instrument
from phonon_osc.defs.source import Source, source_of
from phonon_osc.dialects.strudel.chain import PREFIX as SONG_PREFIX
from phonon_osc.dialects.strudel.chain import TOO_LARGE
from phonon_osc.dialects.strudel.chain import chain as song_chain
from phonon_osc.dialects.superdirt.chain import PREFIX, SAMPLER, STRETCHED, chain
from phonon_osc.engine.definition import Definition
from phonon_osc.synths import song
from phonon_osc.synths.nodes import audio_bus, single
from phonon_osc.synths.sampler import sampler, stretched

FAMILIES = ("superdirt", "strudel", "gm", "parts")
PARTS = "parts"
_ALIAS = re.compile(r"^\s*alias\s+(\w[\w ]*)", re.MULTILINE)


@functools.cache
def files() -> dict[str, Path]:
    """The files of the texts by name, family by family."""
    return {file.stem: file for family in FAMILIES for file in sorted((Path(__file__).parent / family).glob("*.def"))}


def text(name: str) -> str:
    """The text of a built-in definition. Raises KeyError."""
    return files()[name].read_text(encoding="utf-8")


@functools.cache
def synths() -> frozenset[str]:
    """Names of the definitions that events can play; the others are parts."""
    return frozenset(name for name, file in files().items() if file.parent.name != PARTS)


@functools.cache
def aliases() -> dict[str, str]:
    """The synth for each alias. It searches the texts for aliases without parsing them."""
    return {alias: name for name in sorted(synths()) for words in _ALIAS.findall(text(name)) for alias in words.split()}


def meaning(word: str) -> str | None:
    """The synth with this name or alias, or None."""
    return word if word in synths() else aliases().get(word)


@functools.cache
def source(name: str) -> Source:
    return source_of(name, text(name), SOURCES)


class Sources(Mapping[str, Source]):
    """What definitions may use: a client's ``own``, then the built-in ones, which are read when they are used."""

    def __init__(self, own: Mapping[str, Source] = MappingProxyType({})) -> None:
        self._own = own

    def __getitem__(self, name: str) -> Source:
        return self._own[name] if name in self._own else source(name)

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in files()

    def __iter__(self) -> Iterator[str]:
        return iter({**self._own, **files()})

    def __len__(self) -> int:
        return len({**self._own, **files()})


SOURCES = Sources()


def read(name: str, text: str, rate: float, known: Mapping[str, Source] = SOURCES) -> Instrument:
    """The instrument that ``text`` describes; its voices have SuperDirt's chain. ``rate``: Hz. Raises TextError."""
    return instruments.read(name, text, rate, chain(), known)


@functools.cache
def song_instrument(name: str, rate: float) -> Instrument:
    """A built-in synth in Strudel's chain; the engine calls it ``strudel.NAME``. ``rate``: Hz. Raises KeyError."""
    return instruments.read(name, text(name), rate, song_chain(), SOURCES).under(SONG_PREFIX + name)


@functools.cache
def instrument(name: str, rate: float) -> Instrument:
    """A built-in instrument; the engine calls a synth ``dirt.NAME``. ``rate``: Hz. Raises KeyError."""
    made = read(name, text(name), rate)
    return made if made.definition is None else made.under(PREFIX + name)


def read_all(rate: float) -> Iterator[object]:
    """Make the definitions of all synths, one per step, before anybody needs them."""
    aliases()
    for make in song.makers(rate).values():
        yield make()
    for name in sorted(synths()):
        yield instrument(name, rate)
        if name not in TOO_LARGE:
            yield song_instrument(name, rate)


def definition(name: str, rate: float) -> Definition:
    """The definition of a synth. ``rate``: Hz. Raises KeyError."""
    made = instrument(name, rate).definition
    assert made is not None
    return made


def makers(rate: float) -> dict[str, Callable[[], Definition]]:
    """Functions that make the built-in definitions, by name in the engine: one node per kind, the bus, the samplers, the synths."""
    made: dict[str, Callable[[], Definition]] = {
        kind.name: functools.partial(single, kind, rate)
        for kind in kinds().values()
        if kind.outs and "engine" not in kind.tags
    }
    made |= {
        "bus": functools.partial(audio_bus, rate),
        SAMPLER: functools.partial(sampler, rate),
        STRETCHED: functools.partial(stretched, rate),
    }
    made |= {PREFIX + name: functools.partial(definition, name, rate) for name in sorted(synths())}
    return (
        made
        | {SONG_PREFIX + name: functools.partial(_song, name, rate) for name in sorted(synths() - TOO_LARGE)}
        | song.makers(rate)
    )


def _song(name: str, rate: float) -> Definition:
    made = song_instrument(name, rate).definition
    assert made is not None
    return made
