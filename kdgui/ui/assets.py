"""Where the window finds its own files: icons, style, translations, help pages."""

from __future__ import annotations

from pathlib import Path


def asset(*parts: str) -> Path:
    """The path of a file under resources/: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent.parent
    inside = package / "resources"
    root = inside if inside.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
