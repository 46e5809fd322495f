"""What does every OpenDocument spreadsheet of ours hold beside its cells?"""

from __future__ import annotations

from documents.reports.sheets import WORDS_WIDE

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = " ".join(
    [
        *(
            f'xmlns:{name}="{_OASIS}:{long}:1.0"'
            for name, long in {
                "office": "office", "style": "style", "text": "text", "table": "table", "number": "datastyle",
                "meta": "meta", "config": "config", "fo": "xsl-fo-compatible",
            }.items()
        ),
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'office:version="1.3"',
    ]
)  # fmt: skip
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _width(characters: int) -> str:
    return (
        f'<style:style style:name="wide-{characters}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{characters * 0.22:.2f}cm"/></style:style>'
    )


def _look(name: str, cell: str = "", text: str = "", more: str = "", side: str = "") -> str:
    aligned = f'<style:paragraph-properties fo:text-align="{side}"/>' if side else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{more}>'
        f'<style:table-cell-properties style:vertical-align="top"{cell}/>{aligned}'
        f"<style:text-properties{text}/></style:style>"
    )


_BOLD = ' fo:font-weight="bold"'
_WRAPPED = ' fo:wrap-option="wrap"'
_AWAY = ' fo:padding-right="0.25cm"'
"""Of a number from what begins at the left of the next column: 0 beside 14 May is not 014 May."""
_AUTOMATIC = (
    '<style:style style:name="sheet" style:family="table" style:master-page-name="Default">'
    '<style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="row" style:family="table-row">'
    '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
    '<number:date-style style:name="long-date"><number:day/><number:text> </number:text>'
    '<number:month number:style="long" number:textual="true"/><number:text> </number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<number:number-style style:name="grouped"><number:number number:min-integer-digits="1" number:decimal-places="2" '
    'number:min-decimal-places="0" number:grouping="true"/></number:number-style>'
    + "".join(_width(characters) for characters in range(1, WORDS_WIDE + 1))
    + _look("title", "", f'{_BOLD} fo:font-size="16pt"')
    + _look("line")
    + _look("name", _WRAPPED, _BOLD)
    + _look("heading", f'{_WRAPPED} fo:border-bottom="0.75pt solid #0b0c0c"', _BOLD)
    + _look("number-heading", f'{_WRAPPED}{_AWAY} fo:border-bottom="0.75pt solid #0b0c0c"', _BOLD, "", "end")
    + _look("text", _WRAPPED)
    + _look("number", _AWAY, "", ' style:data-style-name="grouped"', "end")
    + _look("day", "", "", ' style:data-style-name="long-date"', "start")
)

CONTENT = (
    f"{_XML}<office:document-content {_NAMES}><office:automatic-styles>{_AUTOMATIC}</office:automatic-styles>"
    "<office:body><office:spreadsheet>{tables}<table:database-ranges>{ranges}</table:database-ranges>"
    "</office:spreadsheet></office:body></office:document-content>"
)
STYLES = (
    f"{_XML}<office:document-styles {_NAMES}><office:font-face-decls/><office:styles>"
    '<style:default-style style:family="table-cell"><style:text-properties fo:font-family="Arial" fo:font-size="11pt" '
    'fo:language="en" fo:country="GB"/></style:default-style>'
    '<style:style style:name="Default" style:family="table-cell"/></office:styles><office:automatic-styles>'
    '<style:page-layout style:name="landscape"><style:page-layout-properties style:print-orientation="landscape" '
    'fo:page-width="29.7cm" fo:page-height="21cm" style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout>'
    '</office:automatic-styles><office:master-styles><style:master-page style:name="Default" '
    'style:page-layout-name="landscape"/></office:master-styles></office:document-styles>'
)
META = (
    f"{_XML}<office:document-meta {_NAMES}><office:meta><meta:generator>Twentydays</meta:generator>"
    "<dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{creator}</dc:creator>"
    "<meta:creation-date>{made}</meta:creation-date><dc:date>{made}</dc:date><dc:language>en-GB</dc:language>"
    "</office:meta></office:document-meta>"
)
SETTINGS = (
    f"{_XML}<office:document-settings {_NAMES}><office:settings>"
    '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
    '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
    '</config:config-item><config:config-item-map-named config:name="Tables">{views}'
    "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
    "</config:config-item-set></office:settings></office:document-settings>"
)
VIEW = (
    "<config:config-item-map-entry config:name={name}>"
    '<config:config-item config:name="HorizontalSplitMode" config:type="short">2</config:config-item>'
    '<config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item>'
    '<config:config-item config:name="HorizontalSplitPosition" config:type="int">1</config:config-item>'
    '<config:config-item config:name="VerticalSplitPosition" config:type="int">{head}</config:config-item>'
    '<config:config-item config:name="ActiveSplitRange" config:type="short">3</config:config-item>'
    '<config:config-item config:name="PositionRight" config:type="int">1</config:config-item>'
    '<config:config-item config:name="PositionBottom" config:type="int">{head}</config:config-item>'
    "</config:config-item-map-entry>"
)
MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")
    )
    + "</manifest:manifest>"
)
