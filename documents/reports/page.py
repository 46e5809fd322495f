"""A report as one page of HTML that needs nothing else: charts and tables side by side, on a screen and in print."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from documents.reports.bars import bar_chart
from documents.reports.cells import NUMERIC, say
from escalation.tabling import Tabled

TEMPLATES = Path(__file__).parents[1] / "templates"
STYLE = (TEMPLATES / "report.css").read_text(encoding="utf-8")


def page(report: Tabled) -> str:
    """The whole file. What stands in the tables is escaped; the charts escape what stands in them."""
    charts = {
        table.key: Markup(bar_chart(table, headed=False).svg)  # noqa: S704 - our own SVG, its words escaped
        for table in report.charted
    }
    given = {"report": report, "charts": charts, "style": Markup(STYLE), "numeric": NUMERIC, "say": say}  # noqa: S704
    return _template().render(given)


@cache
def _template() -> Template:
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return pages.get_template("report.html")
