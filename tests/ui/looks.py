"""Measures the looks: every window and dialog × language × scheme × scale × size. A process of its own.

`python tests/ui/looks.py zh|en [FOLDER]` prints one line for every fault, then the classes of what was
measured; with a folder, the pictures are kept there. The screens are made up: 100, 150 and 200 %, each
as small as the smallest that the program is made for, and large; and at 125 %, as on many laptops, small.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SMALL, LARGE = (1024, 640), (1600, 1000)
SCREENS = (*((scale, size) for scale in (100, 150, 200) for size in (SMALL, LARGE)), (125, SMALL))
SHARPEST = "200-1024x640"
"""Where contrast is measured: strokes are two pixels wide, so that one of them has the ink's full colour."""


def _screens() -> list[dict[str, object]]:
    return [
        {
            "name": f"{scale}-{width}x{height}",
            "x": 10_000 * place,
            "y": 0,
            "width": width * scale // 100,
            "height": height * scale // 100,
            "logicalDpi": 96 * scale // 100,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for place, (scale, (width, height)) in enumerate(SCREENS)
    ]


def main() -> int:
    """Measure everything; the exit code is 0 whatever was found."""
    with tempfile.TemporaryDirectory() as folder:
        screens = Path(folder, "screens.json")
        screens.write_text(json.dumps({"screens": _screens()}), encoding="utf-8")
        # Read by Qt when the application is made; the modules that need one are imported after that.
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screens}"
        pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        return _measure_all(sys.argv[1], Path(folder), pictures)


def _measure_all(language: str, folder: Path, pictures: Path | None) -> int:
    from looks_scenes import Stage
    from PySide6.QtWidgets import QApplication

    from kdgui.ui.jobs.worker import end_program
    from kdgui.ui.widgets.style import DARK, LIGHT, apply_scheme

    application = QApplication(["kdgui"])
    stage = Stage(application, folder)
    measured: list[str] = []
    stage.speak(language)
    for scheme in (LIGHT, DARK):
        apply_scheme(application, scheme)
        for name, make in (*stage.windows().items(), *stage.dialogs().items()):
            title = f"{name} {language} {scheme.name}"
            measured += _measure(title, make, pictures, sized=name in stage.windows())
    stage.close()
    print(json.dumps({"measured": measured}), flush=True)
    end_program(0)
    return 0


def _measure(title: str, make: Callable[[], object], pictures: Path | None, *, sized: bool) -> list[str]:
    """Measure one window on every screen, print what is wrong; its class once for every screen."""
    from looks_measure import backward_steps, faults, unnamed, unreadable
    from looks_scenes import settle
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QWidget

    from kdgui.ui.widgets.fitting_dialog import FittingDialog
    from kdgui.ui.widgets.message_bar import MessageBar

    window = make()
    assert isinstance(window, QWidget)
    size, kind = window.size(), type(window).__name__
    for place, screen in enumerate(QGuiApplication.screens()):
        window.hide()
        if (handle := window.windowHandle()) is not None:
            handle.destroy()  # a window that moves between scales would be rescaled; this one opens there
        window.setScreen(screen)
        window.move(screen.geometry().topLeft())
        for _ in range(2):  # a window can only be made as small as what is in it allows at its present size
            if isinstance(window, FittingDialog):  # as in life: nobody has given it a size yet
                window.setAttribute(Qt.WidgetAttribute.WA_Resized, False)
            else:
                window.resize(screen.geometry().size() if sized else size)
            window.show()
            settle()
        found = faults(window, screen.geometry().size())
        if place == 0:
            found += unnamed(window) + [f"tab order {step}" for step in backward_steps(window)]
        if screen.name() == SHARPEST:
            for bar in window.findChildren(MessageBar):
                bar.fold()  # what lies under it is not to be read
            settle()
            found += unreadable(window)
        for fault in found:
            print(json.dumps([f"{title} {screen.name()}", fault], ensure_ascii=False), flush=True)
        if pictures is not None:
            window.grab().save(str(pictures / f"{title} {screen.name()}.png".replace(" ", "_")))
    window.hide()
    window.deleteLater()
    return [kind] * len(QGuiApplication.screens())


if __name__ == "__main__":
    sys.exit(main())
