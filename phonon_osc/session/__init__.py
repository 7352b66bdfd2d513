"""Session logs: every command with the frame at which it was carried out. A log renders to the same bits as the session.

A log consists of lines of JSON. The first line is the header (``Header``). Each other line has ``do``, which says what it is: a command
or a change (see ``format``), ``use`` (the definition that a key means, with its hash), ``sample`` (the sound that a number means), or
``end``, the last line (how many frames were played). Commands come in the order in which they were carried out. A line that a command
refers to comes before the command. The whole log is checked before anything is played.
"""

from phonon_osc.session.header import FORMAT, Header, read_header
from phonon_osc.session.reader import Replay, read_session
from phonon_osc.session.writer import SessionWriter

__all__ = ["FORMAT", "Header", "Replay", "SessionWriter", "read_header", "read_session"]
