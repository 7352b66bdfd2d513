"""The records of SuperDirt's parameters, a file for each of their stages."""
