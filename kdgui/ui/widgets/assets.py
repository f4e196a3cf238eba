"""Where the window finds its own files: icons, style, translations, help pages."""

from __future__ import annotations

from pathlib import Path

from kdgui.store.paths import resources_dir


def asset(*parts: str) -> Path:
    """The path of a file under resources/."""
    return resources_dir().joinpath(*parts)
