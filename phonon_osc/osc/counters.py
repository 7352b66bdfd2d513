"""Counters of the network front: each way in which an input can be lost or changed has its own."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.counters import Counters


@dataclass(slots=True)
class UdpCounters(Counters):
    """Counters of one socket.

    Attributes:
        datagrams: datagrams received, including refused and dropped ones.
        bytes: bytes of their payloads.
        refused: datagrams from a sender outside the allow-list.
        dropped: datagrams of allowed senders that had too much waiting already.
        kernel_drops: datagrams that the kernel lost because the receive buffer was full.
        handler_errors: exceptions that left the handler; each is a bug.
        receive_errors: errors of the socket itself.
        sent: datagrams handed to the kernel.
        send_errors: datagrams that the kernel did not take.
    """

    datagrams: int = 0
    bytes: int = 0
    refused: int = 0
    dropped: int = 0
    kernel_drops: int = 0
    handler_errors: int = 0
    receive_errors: int = 0
    sent: int = 0
    send_errors: int = 0


@dataclass(slots=True)
class OscCounters(Counters):
    """Counters of the packets' contents.

    Attributes:
        packets: packets decoded.
        messages: messages decoded.
        malformed: packets that are not Open Sound Control.
        dropped: messages above the limit of one packet.
        unknown_address: messages to an address without a handler.
        bad_arguments: messages whose arguments do not fit their address.
        bad_key: key/value pairs left out: no value, a key that is not a string, too many.
        bad_value: values replaced by a default or limited to their range.
        late: events whose time had passed when they arrived.
        beyond_horizon: events whose timetag was too far away, so that they were played at a fixed latency.
        too_late: events dropped because their time had passed long ago, or because no audio ran.
        queue_full: events refused because too many were waiting.
    """

    packets: int = 0
    messages: int = 0
    malformed: int = 0
    dropped: int = 0
    unknown_address: int = 0
    bad_arguments: int = 0
    bad_key: int = 0
    bad_value: int = 0
    late: int = 0
    beyond_horizon: int = 0
    too_late: int = 0
    queue_full: int = 0
