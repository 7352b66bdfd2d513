"""The audio thread. RT: every function here is compiled; none may allocate, lock, raise, or meet Python."""
