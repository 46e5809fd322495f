"""Which characters of a text that somebody else wrote does nobody see, though they change what is seen?"""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of the text after them: with them words can be made to read backwards."""


def without(text: str, instead: str = "") -> str:
    """The text without them; `instead` stands where a control was, of which tab and line break are none."""
    return _CONTROLS.sub(instead, _DIRECTIONS.sub("", text))
