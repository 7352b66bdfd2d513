#!/bin/sh
# Two sines, one of which bends the pitch of the other: the node protocol from a shell, with oscsend alone.
#
#   phonon-osc serve --record OUT.wav --backend null &
#   sh tests/smoke/two_sines.sh [PORT] [REPLY_PORT]
#
# A message may end with "reply PORT". The answer goes to that port, and `oscdump PORT` shows it
# (oscsend itself uses a new port for every message and cannot receive answers).
set -eu
port=${1:-57120}
answer=${2:-57199}
say() { echo "> $*"; oscsend localhost "$port" "$@"; sleep 0.1; }

# an audible sine, and a slow one on no orbit, which will move its pitch
say /node/new sisfsfsi sine 1 freq 440 amp 0.25 reply "$answer"
say /node/new sisfsisi sine 2 freq 5 orbit -1 reply "$answer"
sleep 0.4

# outlet of 2 -> freq of 1, times 100: the pitch swings 100 Hz up and down, five times a second
say /node/patch iisfsi 2 1 freq 100 reply "$answer"
sleep 1

# twice as fast
say /node/set isfsi 2 freq 10 reply "$answer"
sleep 1

# free both
say /node/free isi 1 reply "$answer"
say /node/free isi 2 reply "$answer"
sleep 0.3
