"""Session logs: every command with the frame at which it was carried out, so that a session can be rendered again to the bit.

A log is lines of JSON. The first is the header (``Header``). Every other one says by ``do`` what it is: a command or a change (see
``format``), ``use`` (which definition a key means, by a hash of it), ``sample`` (which sound a number means) or, last, ``end`` (how many
frames were played). Commands come in the order in which they were carried out; what they use is named before. A log is checked whole
before any of it is played.
"""

from phonon_osc.session.header import FORMAT, Header, read_header
from phonon_osc.session.reader import Replay, read_session
from phonon_osc.session.writer import SessionWriter

__all__ = ["FORMAT", "Header", "Replay", "SessionWriter", "read_header", "read_session"]
