"""Sounds by name, and the events that wait for one: where samples and synths meet the dialects."""
