"""What an event means, whoever sent it.

An event walks through this package in one direction: `player` takes the message, `recognise` says which dialect its sender speaks,
`event.read` turns its pairs into one typed event by the dialect's table of parameters (`parameters`), the dialect translates the
event into a voice, and the player hands that to the engine. A dialect is a folder beside this file, or in the user's own folder
(`registry`). Nothing here knows of sockets, files or samples: what is needed of them is handed in (`sounds`).
"""
