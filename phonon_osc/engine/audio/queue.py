"""RT: the queue. Commands come through a ring and wait in a heap ordered by (frame, sequence). Notices go back through another ring."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, store_i64

from .tables import (
    COUNT,
    FRAME,
    MORE,
    NOTICE,
    NOTICE_HEAD,
    NOTICE_TAIL,
    PAIRS,
    RECORD,
    RING_HEAD,
    RING_TAIL,
    SEQ,
)

DRAIN_PER_BLOCK = 512  # most commands taken from the ring in one block, so that the work of a block is bounded


@inline
def copy_record(destination: Any, to: int, source: Any, at: int) -> None:
    for k in range(PAIRS + source[at + COUNT]):
        destination[to + k] = source[at + k]


@inline
def next_record(queue: Any, at: int) -> int:
    """Place of the command's next record in the pool; -1: there is none."""
    following = queue.pool[at + MORE]
    return int((following - 1) * RECORD) if following > 0 else -1


@inline
def before(queue: Any, a: int, b: int) -> bool:
    """Whether pool record a is due before b. Commands of the same frame keep the order in which they were sent."""
    fa, fb = queue.pool[a * RECORD + FRAME], queue.pool[b * RECORD + FRAME]
    return bool(fa < fb or (fa == fb and queue.pool[a * RECORD + SEQ] < queue.pool[b * RECORD + SEQ]))


@inline
def heap_push(queue: Any, record: int) -> None:
    at = queue.heap_count
    queue.heap_count = at + 1
    while at > 0:
        parent = (at - 1) >> 1
        above = queue.heap[parent]
        if before(queue, above, record):
            break
        queue.heap[at] = above
        at = parent
    queue.heap[at] = record


@inline
def heap_pop(queue: Any) -> int:
    top = queue.heap[0]
    count = queue.heap_count - 1
    queue.heap_count = count
    if count > 0:
        last = queue.heap[count]
        at = 0
        while True:
            child = 2 * at + 1
            if child >= count:
                break
            if child + 1 < count and before(queue, queue.heap[child + 1], queue.heap[child]):
                child += 1
            if before(queue, last, queue.heap[child]):
                break
            queue.heap[at] = queue.heap[child]
            at = child
        queue.heap[at] = last
    return int(top)


@inline
def take_record(queue: Any, position: int) -> int:
    """Copy a record of the ring to the pool. Returns its number there."""
    queue.pool_free -= 1
    record = int(queue.free_records[queue.pool_free])
    copy_record(queue.pool, record * RECORD, queue.ring, (position % queue.ring_size) * RECORD)
    return record


@inline
def drain_ring(queue: Any) -> None:
    """Move commands from the ring to the heap. Commands without a free place stay in the ring."""
    head = queue.shared[RING_HEAD]
    tail = atomic_load(queue.shared, RING_TAIL)
    budget = DRAIN_PER_BLOCK
    while head != tail and budget > 0:
        more = queue.ring[(head % queue.ring_size) * RECORD + MORE]
        if queue.pool_free <= more:
            break
        first = take_record(queue, head)
        last = first
        for k in range(more):
            record = take_record(queue, head + 1 + k)
            queue.pool[last * RECORD + MORE] = record + 1
            last = record
        queue.pool[last * RECORD + MORE] = 0
        heap_push(queue, first)
        head += 1 + more
        budget -= 1
    atomic_store(queue.shared, RING_HEAD, head)


@inline
def is_blocked(queue: Any) -> bool:
    """Whether commands wait in the ring because the heap has no place for them."""
    head = queue.shared[RING_HEAD]
    if head == atomic_load(queue.shared, RING_TAIL):
        return False
    return bool(queue.pool_free <= queue.ring[(head % queue.ring_size) * RECORD + MORE])


@inline
def release_record(queue: Any, record: int) -> None:
    """Free the records of a finished command."""
    following = record + 1
    while following > 0:
        record = following - 1
        following = queue.pool[record * RECORD + MORE]
        queue.free_records[queue.pool_free] = record
        queue.pool_free += 1


@inline
def notice_room(queue: Any) -> int:
    """Number of notices that fit until the control side reads some."""
    return int(queue.notice_size - (queue.shared[NOTICE_TAIL] - atomic_load(queue.shared, NOTICE_HEAD)))


@inline
def notify(queue: Any, kind: int, subject: int, frame: int, value: int) -> None:
    """Send a notice. There is room: commands wait for it (``execute_due``), and each node number has a reserved place."""
    tail = queue.shared[NOTICE_TAIL]
    if tail - atomic_load(queue.shared, NOTICE_HEAD) >= queue.notice_size:
        queue.notices_lost += 1
        return
    at = (tail % queue.notice_size) * NOTICE
    queue.notices[at] = kind
    queue.notices[at + 1] = subject
    queue.notices[at + 2] = frame
    queue.notices[at + 3] = value
    atomic_store(queue.shared, NOTICE_TAIL, tail + 1)


@inline
def push_record(queue: Any) -> None:
    """Control side: move the records of a command from ``scratch_record`` to the ring. ``push_result`` is 0 if there was no room."""
    tail = queue.shared[RING_TAIL]
    count = 1 + queue.scratch_record[MORE]
    if tail + count - atomic_load(queue.shared, RING_HEAD) > queue.ring_size:
        queue.push_result = 0
        return
    for k in range(count):
        copy_record(queue.ring, ((tail + k) % queue.ring_size) * RECORD, queue.scratch_record, k * RECORD)
    atomic_store(queue.shared, RING_TAIL, tail + count)  # the audio thread sees the whole command or nothing
    queue.push_result = 1


@inline
def read_word(words: Any, word: int, to: int) -> None:
    """Control side: read a word of the audio thread with acquire, and store it at an address."""
    store_i64(to, atomic_load(words, word))


@inline
def write_word(words: Any, word: int, value: int) -> None:
    """Control side: write a word for the audio thread with release."""
    atomic_store(words, word, value)
