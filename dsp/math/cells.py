"""Fixed cells in a delay memory, for kinds with too much state for single names.

A cell is a fixed place in the ring, from 0 to its length minus 1. A kind that uses cells cannot use the memory as a delay line
as well. It must write a cell before it reads it, since an earlier voice's value is still there.
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline


@inline
def get_cell(memory: Any, env: Any, cell: Any) -> Any:
    """The value of a cell; the cell is the same in all lanes."""
    return memory.read_line(0, 0, cell - env.frame)


@inline
def put_cell(memory: Any, env: Any, cell: Any, value: Any) -> None:
    """Write a row to a cell."""
    memory.write_line(0, value, cell - env.frame)
