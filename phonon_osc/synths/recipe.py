"""How a built-in synth is declared: a function that adds its sound to a graph, found by walking this folder."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phonon_osc.engine.definition import Definition, Graph, Wire
from phonon_osc.synths.chain import CONTROLS, voice

Source = Callable[[Graph], Wire | tuple[Wire, Wire]]


@dataclass(frozen=True)
class Synth:
    """A synth as an event finds it: its definition, and the controls that are its own."""

    definition: str
    controls: frozenset[str]
    uses_pitch: bool


@dataclass(frozen=True)
class Recipe:
    """A declared synth. ``uses_pitch``: an event without pitch plays MIDI 60, and not the default of ``freq``."""

    name: str
    source: Source
    uses_pitch: bool
    aliases: tuple[str, ...]

    @property
    def doc(self) -> str:
        return inspect.cleandoc(self.source.__doc__ or "")

    def build(self, rate: float) -> Definition:
        """The definition; its name is kept apart from those of the kinds."""
        return voice(f"dirt.{self.name}", self.doc, rate, self.source)


RECIPES: dict[str, Recipe] = {}


def synth(*, uses_pitch: bool = True, aliases: tuple[str, ...] = ()) -> Callable[[Source], Source]:
    """Declare the decorated function as the synth of its name. It returns one wire, or left and right."""

    def declare(source: Source) -> Source:
        name = source.__name__
        if name in RECIPES and RECIPES[name].source.__module__ != source.__module__:
            raise TypeError(f"synth {name} is declared in {RECIPES[name].source.__module__} and in {source.__module__}")
        RECIPES[name] = Recipe(name, source, uses_pitch, aliases)
        return source

    return declare


@functools.cache
def recipes() -> dict[str, Recipe]:
    """All declared synths by name; adding one is adding a function, or a file beside this one."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{__package__}.{module.name}")
    return dict(sorted(RECIPES.items()))


@functools.cache
def voices(rate: float) -> dict[str, Definition]:
    """Definitions that events play, by the name an event uses."""
    return {name: recipe.build(rate) for name, recipe in recipes().items()}


def playable(rate: float) -> dict[str, Synth]:
    """Names of synths that events may use, aliases too."""
    found: dict[str, Synth] = {}
    for name, definition in voices(rate).items():
        own = frozenset(c for c in definition.controls if c not in CONTROLS and not c.startswith("_"))
        for each in (name, *recipes()[name].aliases):
            found[each] = Synth(definition.name, own, recipes()[name].uses_pitch)
    return found
