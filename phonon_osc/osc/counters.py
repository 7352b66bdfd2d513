"""What the network front counts: every way an input can be lost or bent has a number of its own."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.counters import Counters


@dataclass(slots=True)
class UdpCounters(Counters):
    """What one socket saw.

    Attributes:
        datagrams: taken from the kernel, refused and dropped ones included.
        bytes: their payloads.
        refused: from a sender outside the allow-list.
        dropped: allowed, but their sender had too much waiting already.
        kernel_drops: lost before we saw them because the receive buffer was full.
        handler_errors: exceptions the handler let through, each a bug.
        receive_errors: errors of the socket itself.
        sent: datagrams handed to the kernel.
        send_errors: datagrams the kernel did not take.
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
    """What the packets held.

    Attributes:
        packets: decoded.
        messages: decoded.
        malformed: packets that are no Open Sound Control.
        dropped: messages over the limit of one packet.
        unknown_address: messages nobody handles.
        bad_arguments: messages whose arguments do not fit their address.
        bad_key: key/value pairs left out: no value, a key that is no string, too many.
        bad_value: values replaced by a default or clamped to their range.
        late: events whose time had passed when they arrived.
        beyond_horizon: events too far ahead to be true, played at a fixed latency.
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
    queue_full: int = 0
