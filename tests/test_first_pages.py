"""The first pages of Tidal's and Strudel's documentation, as the real front ends send them: everything sounds without samples.

``tests/clients/first_pages`` holds the patterns, ``tests/data/first_pages`` what Tidal 1.7.10 and Strudel 1.2.6 sent
for them (recorded by ``tests.clients.record_first_pages``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pytest

from phonon_osc.studio import Studio
from tests.clients import pages
from tests.clients.alone import bare_studio, bus_values, due_at, event_of, listen, together

PAGES = [(client, page) for client in pages.CLIENTS for page in dict.fromkeys(p.page for p in pages.patterns(client))]


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    made = bare_studio()
    yield made
    made.close()


@functools.cache
def recorded(client: str) -> list[pages.Recorded]:
    return pages.read(client)


def on_page(client: str, page: str) -> list[pages.Recorded]:
    return [one for one in recorded(client) if one.page == page]


@pytest.mark.parametrize("client", pages.CLIENTS)
def test_every_pattern_is_recorded_or_says_why_not(client: str) -> None:
    written = [pattern.text for pattern in pages.patterns(client) if not pattern.cannot]
    assert written == [one.pattern for one in recorded(client)]


@pytest.mark.parametrize(("client", "page"), PAGES)
def test_every_event_sounds(client: str, page: str, studio: Studio) -> None:
    """Each event sounds alone, from the frame of its timetag on. Repeated events are played only once."""
    silent, heard_before = [], set()
    for one in on_page(client, page):
        for packet in one.packets:
            asks = frozenset((key, value) for key, value in event_of(packet).items() if key not in ("_id_", "cycle"))
            if not asks or asks in heard_before:
                continue
            heard_before.add(asks)
            heard = listen(studio, packet, bus_values(one.packets, due_at(packet)))
            assert np.isfinite(heard.sound).all(), one.pattern
            if heard.off is None:
                silent.append((heard.name, one.pattern))
            else:
                assert heard.in_time, f"{heard.name} in {one.pattern!r} begins {heard.off} frames after its timetag"
    assert heard_before
    assert not silent


@pytest.mark.parametrize(("client", "page"), PAGES)
def test_a_pattern_as_a_whole_is_neither_silent_nor_clipped(client: str, page: str, studio: Studio) -> None:
    for one in on_page(client, page):
        out = together(studio, one.packets)
        assert np.isfinite(out).all(), one.pattern
        assert 0.02 < np.abs(out).max() < 1.0, one.pattern
        assert studio.engine.tables.slabs.counts.refused == 0 and studio.engine.tables.slabs.counts.stolen == 0, (
            one.pattern
        )
