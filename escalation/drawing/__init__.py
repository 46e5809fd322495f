"""A flowchart drawn as SVG: real text, one column for the ladder and one for what stands beside it."""

from escalation.drawing.svg import svg

__all__ = ["svg"]
