"""A report as a document of tables, for whoever writes it down: on a terminal, as a page, a spreadsheet or a chart."""

from escalation.tabling.report import NoSuchTable, Tabled, tabled, when
from escalation.tabling.table import Bars, Cell, Column, Table

__all__ = ["Bars", "Cell", "Column", "NoSuchTable", "Table", "Tabled", "tabled", "when"]
