"""Describes parameters in words, for ``phonon-osc params``, protocol.md and docs/dirt.md."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from phonon_osc.dialects.parameters import LOWEST_HERTZ, Feed, Outside, Parameter

_HUGE = 1e9  # nobody reaches a bound this large, so it is not shown


def as_json(parameter: Parameter) -> dict[str, Any]:
    """All fields of the record in a form that JSON can hold, which has no infinite numbers."""
    return {
        "key": parameter.key,
        "aliases": list(parameter.aliases),
        "stage": parameter.stage.value,
        "doc": parameter.doc,
        "takes": parameter.reads.value,
        "unit": parameter.unit.value,
        "min": parameter.low if math.isfinite(parameter.low) else None,
        "max": parameter.high if math.isfinite(parameter.high) else None,
        "outside": parameter.outside.value if has_range(parameter) else None,
        "default": parameter.default,
        "built": parameter.is_built,
        "missing": parameter.missing or None,
        "feeds": [
            {
                "kind": feed.kind,
                "parameter": feed.parameter,
                "control": feed.control,
                "switches_on": feed.trigger,
                "above": feed.above,
                "computed": feed.computed or None,
            }
            for feed in parameter.feeds
        ],
    }


def list_rows(parameters: Iterable[Parameter]) -> list[tuple[str, Parameter]]:
    """The rows of a list of parameters: (label, parameter). A family has one row, labelled with its first and last key."""
    found: list[tuple[str, Parameter]] = []
    for parameter in parameters:
        if parameter.family and found and found[-1][1].family == parameter.family:
            found[-1] = (f"{found[-1][1].key} ... {parameter.key}", found[-1][1])
        else:
            found.append((parameter.key, parameter))
    return found


def has_range(parameter: Parameter) -> bool:
    return parameter.outside is Outside.HERTZ or math.isfinite(parameter.low) or math.isfinite(parameter.high)


def range_text(parameter: Parameter) -> str:
    """Range, unit and rule for numbers outside, such as ``0 to 1 s``; empty if every number is used unchanged."""
    if parameter.outside is Outside.HERTZ:
        return f"{LOWEST_HERTZ:g} Hz to half the sample rate; the sign does not count"
    low, high = (
        bound if abs(bound) < _HUGE else math.copysign(math.inf, bound) for bound in (parameter.low, parameter.high)
    )
    if math.isfinite(low) and math.isfinite(high):
        numbers = f"{low:.6g} to {high:.6g}"
    else:
        numbers = f"from {low:.6g}" if math.isfinite(low) else f"up to {high:.6g}" if math.isfinite(high) else ""
    rule = "" if parameter.outside is Outside.LIMIT else f"; outside: {parameter.outside.value}"
    return f"{numbers} {parameter.unit.value}".strip() + rule


def feed_text(feed: Feed) -> str:
    """What a feed does, such as ``switches rlpf on, its cutoff; control lpf``."""
    does = f"{feed.parameter} of {feed.kind}"
    if feed.trigger:
        above = "" if feed.above is None else f" above {feed.above:g}"
        does = f"switches {feed.kind} on{above}: its {feed.parameter}"
    by = " (computed by a rule)" if feed.computed else ""
    return f"{does}{by}; control {feed.control}"


def summary(parameter: Parameter) -> str:
    """What the parameter means, and what of it is not built yet."""
    return parameter.doc if parameter.is_built else f"{parameter.doc} Not built yet: {parameter.missing}."
