"""The composition root: builds the application and stays in its event loop."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.arguments import parse
from kdgui.bootstrap import load_language
from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError
from kdgui.printing import Exit
from kdgui.store.logs import configure_logging
from kdgui.store.paths import Paths, close_to_others, find_paths
from kdgui.store.settings import SettingsFile

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kdgui.application import Application
    from kdgui.ui.main_window import MainWindow


def build(argv: Sequence[str]) -> MainWindow:
    """Build and wire the whole program for these arguments, without entering the event loop.

    The window is not shown yet. Makes the QApplication where there is none.

    Raises:
        JournalTrouble: another instance works on this data folder, or the journal cannot be used.
    """
    return build_program(parse(argv)).window


def build_program(arguments: argparse.Namespace) -> Application:
    """As `build`; the program with its window, desk and practice account. Qt is loaded here, not before."""
    from PySide6.QtWidgets import QApplication

    from kdgui.application import Application, StartOptions

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["kdgui"])
    places = find_paths(os.environ)
    if arguments.demo:
        places = Paths(places.home / "practice")  # what is practised does not mix with real work
    closed = close_to_others(places.home)
    configure_logging(places, SettingsFile(places.settings).load().log_level)
    wishes = StartOptions(
        arguments.demo, arguments.language or "", arguments.scheme or "", folder_closed=closed
    )
    return Application(application, places, wishes)


def main(arguments: argparse.Namespace) -> int:
    """Open the window and stay in it until it is closed; the exit code."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from kdgui.ui.crash import report_of, show_crash
    from kdgui.ui.jobs.worker import end_program

    if arguments.autoplay and not _has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(["kdgui"])
    try:
        program = build_program(arguments)
    except (JournalTrouble, BadInput) as trouble:
        _tell(trouble, application, arguments)
        return int(Exit.JOURNAL if isinstance(trouble, JournalTrouble) else Exit.USAGE)
    except Exception as bug:
        # Nobody looks at a console here: say it in a window before the program ends with the traceback.
        if not arguments.autoplay:
            show_crash(report_of(bug, bug.__traceback__, "start"), None).exec()
        raise
    program.window.show()
    # What is there now stays to the end: the collector need not look at it again, which would be felt.
    gc.freeze()
    if arguments.autoplay:
        from kdgui.autoplay import Autoplay

        play = Autoplay(program, Path(arguments.autoplay))
        QTimer.singleShot(0, play.start)
    else:
        QTimer.singleShot(0, program.begin)
    code = application.exec()
    end_program(code)
    return code


def _has_display() -> bool:
    """Whether a window can be shown; only on Linux may there be nothing to show it on."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _tell(trouble: KdguiError, application: QApplication, arguments: argparse.Namespace) -> None:
    """There will be no window: say why, in one that has nothing else in it."""
    from PySide6.QtWidgets import QMessageBox

    from kdgui.ui.widgets.style import follow_scheme
    from kdgui.ui.widgets.translations import Translations

    words = load_language(find_paths(os.environ), arguments.language)
    told = words.error(trouble)
    print(f"kdgui: {told.what} {told.do} {trouble.detail}", file=sys.stderr)
    if not arguments.autoplay:
        Translations(application).use(words.language)
        follow_scheme(application, arguments.scheme or "")
        QMessageBox.critical(None, "kdgui", f"{told.what}\n\n{told.do}\n{trouble.detail}")
