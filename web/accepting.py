"""Which of the media types that we have does a client like best, by its `Accept` header?"""

from __future__ import annotations

from collections.abc import Iterable


def best(accept: str, have: Iterable[str]) -> str | None:
    """The first of ours among those it likes best; None where it likes none (RFC 9110, 12.5.1)."""
    liked = _liked(accept)
    weighed = [(_weight(media_type, liked), -n, media_type) for n, media_type in enumerate(have)]
    weight, _, media_type = max(weighed, default=(0.0, 0, None))
    return media_type if weight > 0 else None


def _liked(accept: str) -> dict[str, float]:
    """Each range with its weight. Nothing said: everything is liked."""
    liked = {}
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        if name:
            liked[name] = _quality(parameters)
    return liked or {"*/*": 1.0}


def _quality(parameters: Iterable[str]) -> float:
    said = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
    try:
        return float(said)
    except ValueError:
        return 0.0


def _weight(media_type: str, liked: dict[str, float]) -> float:
    """That of the nearest range: the type itself, its kind, anything."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((liked[each] for each in ranges if each in liked), 0.0)
