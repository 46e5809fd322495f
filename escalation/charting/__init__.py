"""The flowchart of a procedure: which boxes stand on it, which arrows lead where, and the same in words."""

from escalation.charting.boxes import CLOSED, HOLD, START, chart, charts
from escalation.charting.chart import Arrow, Box, Chart, Span
from escalation.charting.mermaid import mermaid

__all__ = ["CLOSED", "HOLD", "START", "Arrow", "Box", "Chart", "Span", "chart", "charts", "mermaid"]
