"""The rules of dispute resolution, pure: no clock, no I/O, no Temporal."""
