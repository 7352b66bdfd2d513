"""Places of a delay memory that stay where they are, for kinds with more state than one would give names to.

A cell is a place of the ring in absolute terms, 0 up to its length less 1. Whoever uses cells may not use the memory as a
delay line too, and must not read a cell before it was written: what an earlier voice left is still there.
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline


@inline
def get_cell(memory: Any, env: Any, cell: Any) -> Any:
    """What was put into a cell, the same cell in all lanes."""
    return memory.read_line(0, 0, cell - env.frame)


@inline
def put_cell(memory: Any, env: Any, cell: Any, value: Any) -> None:
    """Put a row into a cell."""
    memory.write_line(0, value, cell - env.frame)
