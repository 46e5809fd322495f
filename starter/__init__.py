"""The command line, case events in, rehearsals, and everything on one machine."""
