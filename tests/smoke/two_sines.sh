#!/bin/sh
# Two sines, one bending the other, from a shell: the node protocol with nothing but oscsend.
#
#   phonon-osc serve --record OUT.wav --backend null &
#   sh tests/smoke/two_sines.sh [PORT] [REPLY_PORT]
#
# Every message may end in "reply PORT": the answer is sent there, where `oscdump PORT` shows it
# (oscsend itself uses a new port for every message and cannot hear one).
set -eu
port=${1:-57120}
answer=${2:-57199}
say() { echo "> $*"; oscsend localhost "$port" "$@"; sleep 0.1; }

# a sine we hear, and a slow one on no orbit, which will move the first one's pitch
say /node/new sisfsfsi sine 1 freq 440 amp 0.25 reply "$answer"
say /node/new sisfsisi sine 2 freq 5 orbit -1 reply "$answer"
sleep 0.4

# outlet of 2 -> freq of 1, times 100: the pitch swings 100 Hz up and down, five times a second
say /node/patch iisfsi 2 1 freq 100 reply "$answer"
sleep 1

# twice as fast
say /node/set isfsi 2 freq 10 reply "$answer"
sleep 1

# and away
say /node/free isi 1 reply "$answer"
say /node/free isi 2 reply "$answer"
sleep 0.3
