"""Random numbers as hashes of a counter, so any sample can be computed without the ones before it."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline, shift_right, to_float, wrap_int


@inline
def hash32(i: Any) -> Any:
    """A well mixed 32-bit integer for each 32-bit integer, a one-to-one mapping.

    Source: C. Wellons, "Prospecting for Hash Functions" (2018), lowbias32 (public domain); bias 0.174.
    """
    x = wrap_int(i)
    x = wrap_int(wrap_int(x ^ shift_right(x, 16)) * 0x7FEB352D)
    x = wrap_int(wrap_int(x ^ shift_right(x, 15)) * -0x7B935975)  # 0x846CA68B as a signed number
    return x ^ shift_right(x, 16)


@inline
def uniform(i: Any) -> Any:
    """Evenly spread floats in -1..1 (1 excluded, steps of 2^-23) from the hash of an integer row."""
    return to_float(shift_right(hash32(i), 8)) * (2.0**-23) - 1.0
