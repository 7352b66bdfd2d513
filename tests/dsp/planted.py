"""Kernels that must not reach the audio thread. They are not in a test file, since pytest rewrites ``assert`` there."""

from __future__ import annotations

from typing import Any

import numpy as np


def calls_the_c_library(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    for i in range(n):
        y[i] = x[i] * np.sin(env.dt)


def calls_power(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    for i in range(n):
        y[i] = x[i] * env.rate**0.3


def writes_to_the_terminal(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    print(n)  # noqa: T201
    for i in range(n):
        y[i] = x[i]


def allocates_an_array(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    table = np.zeros(64)
    for i in range(n):
        y[i] = x[i] + table[i]


def allocates_a_list(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    table = [1.0] * n
    for i in range(n):
        y[i] = x[i] + table[i]


def takes_the_sine_of_a_row(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    for i in range(n):
        y[i] = np.sin(x[i])


def raises_an_error(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    if n > 64:
        raise ValueError("too many")
    for i in range(n):
        y[i] = x[i]


def asserts_something(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    assert n <= 64
    for i in range(n):
        y[i] = x[i]
