"""Rehearsals: a scenario in, a transcript out, by the real workflow, activities, templates and register."""
