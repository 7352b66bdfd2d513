"""RT: commands come in through a ring, wait in a heap ordered by (frame, sequence), and notices go back through a ring."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, store_i64

from .tables import (
    COUNT,
    FRAME,
    NOTICE,
    NOTICE_HEAD,
    NOTICE_TAIL,
    PAIRS,
    RECORD,
    RING_HEAD,
    RING_TAIL,
    SEQ,
)

DRAIN_PER_BLOCK = 512  # commands taken from the ring per block: bounds the work one block can be asked to do


@inline
def copy_record(destination: Any, to: int, source: Any, at: int) -> None:
    for k in range(PAIRS + source[at + COUNT]):
        destination[to + k] = source[at + k]


@inline
def before(e: Any, a: int, b: int) -> bool:
    """Whether pool record a is due before b; ties keep the order they were sent in."""
    fa, fb = e.pool[a * RECORD + FRAME], e.pool[b * RECORD + FRAME]
    return bool(fa < fb or (fa == fb and e.pool[a * RECORD + SEQ] < e.pool[b * RECORD + SEQ]))


@inline
def heap_push(e: Any, record: int) -> None:
    at = e.heap_count
    e.heap_count = at + 1
    while at > 0:
        parent = (at - 1) >> 1
        above = e.heap[parent]
        if before(e, above, record):
            break
        e.heap[at] = above
        at = parent
    e.heap[at] = record


@inline
def heap_pop(e: Any) -> int:
    top = e.heap[0]
    count = e.heap_count - 1
    e.heap_count = count
    if count > 0:
        last = e.heap[count]
        at = 0
        while True:
            child = 2 * at + 1
            if child >= count:
                break
            if child + 1 < count and before(e, e.heap[child + 1], e.heap[child]):
                child += 1
            if before(e, last, e.heap[child]):
                break
            e.heap[at] = e.heap[child]
            at = child
        e.heap[at] = last
    return int(top)


@inline
def drain_ring(e: Any) -> None:
    """Move commands from the ring into the heap; what finds no place stays in the ring."""
    head = e.shared[RING_HEAD]
    tail = atomic_load(e.shared, RING_TAIL)
    budget = DRAIN_PER_BLOCK
    while head != tail and e.pool_free > 0 and budget > 0:
        e.pool_free -= 1
        record = int(e.free_records[e.pool_free])
        copy_record(e.pool, record * RECORD, e.ring, (head % e.ring_size) * RECORD)
        heap_push(e, record)
        head += 1
        budget -= 1
    atomic_store(e.shared, RING_HEAD, head)


@inline
def release_record(e: Any, record: int) -> None:
    e.free_records[e.pool_free] = record
    e.pool_free += 1


@inline
def notify(e: Any, kind: int, subject: int, frame: int, value: int) -> None:
    """Tell the control side; a full ring loses the notice and counts it."""
    tail = e.shared[NOTICE_TAIL]
    if tail - atomic_load(e.shared, NOTICE_HEAD) >= e.notice_size:
        e.notices_lost += 1
        return
    at = (tail % e.notice_size) * NOTICE
    e.notices[at] = kind
    e.notices[at + 1] = subject
    e.notices[at + 2] = frame
    e.notices[at + 3] = value
    atomic_store(e.shared, NOTICE_TAIL, tail + 1)


@inline
def push_record(e: Any) -> None:
    """Control side: put ``scratch_record`` into the ring; ``push_result`` says whether there was room."""
    tail = e.shared[RING_TAIL]
    if tail - atomic_load(e.shared, RING_HEAD) >= e.ring_size:
        e.push_result = 0
        return
    copy_record(e.ring, (tail % e.ring_size) * RECORD, e.scratch_record, 0)
    atomic_store(e.shared, RING_TAIL, tail + 1)
    e.push_result = 1


@inline
def read_word(e: Any, word: int, to: int) -> None:
    """Control side: a word of ``shared``, read with acquire, to an address."""
    store_i64(to, atomic_load(e.shared, word))


@inline
def write_word(e: Any, word: int, value: int) -> None:
    """Control side: a word of ``shared``, written with release."""
    atomic_store(e.shared, word, value)
