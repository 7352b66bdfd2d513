"""Dialects: what an event means. Front ends give the same keys different meanings.

An event walks through this package in one direction: `player` takes the message, `recognise` says which dialect its sender speaks,
`event.read` turns its pairs into one typed event by the dialect's table of parameters (`parameters`), the dialect translates the
event into a voice, and the player hands the voice to the engine. A dialect is a folder beside this file, or in the user's own folder
(`registry`). This package knows nothing of sockets, files or samples. The caller passes in what it needs of them (`sounds`).
"""
