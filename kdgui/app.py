"""The composition root: builds the application and stays in its event loop."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.arguments import parse
from kdgui.bootstrap import load_language
from kdgui.display import display_trouble
from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError
from kdgui.printing import Exit
from kdgui.store.logs import configure_logging
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths, close_to_others, find_paths
from kdgui.store.settings import SettingsFile

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kdgui.application import Application
    from kdgui.ui.main_window import MainWindow


APP_USER_MODEL_ID = "kdgui.kdgui"
RUNNING_MUTEX = "kdgui-running"
"""Both are named in resources/packaging/kdgui.iss too."""


def build(argv: Sequence[str]) -> MainWindow:
    """Build and wire the whole program for these arguments, without entering the event loop.

    The window is not shown yet. Makes the QApplication where there is none.

    Raises:
        JournalTrouble: another instance works on this data folder, or the journal cannot be used.
    """
    return build_program(parse(argv)).window


def build_program(arguments: argparse.Namespace) -> Application:
    """As `build`; the program, which makes its window when asked for it. Qt is loaded here, not before."""
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
    if arguments.autoplay and not _has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    obstacle = display_trouble(os.environ)
    if obstacle is not None:  # Qt would abort without a sentence
        _print(obstacle, load_language(find_paths(os.environ), arguments.language))
        return int(Exit.NO_WINDOW)
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from kdgui.ui.crash import report_of, show_crash
    from kdgui.ui.jobs.worker import end_program

    _introduce_to_windows()
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
    if arguments.autoplay:
        from kdgui.autoplay import Autoplay

        program.window.show()
        play = Autoplay(program, Path(arguments.autoplay))
        QTimer.singleShot(0, play.start)
    else:
        program.start()
    code = application.exec()
    end_program(code)
    return code


def _introduce_to_windows() -> None:
    """One entry in the taskbar under our own icon, and a name by which the installer sees that we run."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID)
        ctypes.windll.kernel32.CreateMutexW(None, False, RUNNING_MUTEX)  # gone when the process is


def _has_display() -> bool:
    """Whether a window can be shown; only on Linux may there be nothing to show it on."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _print(trouble: KdguiError, words: Words) -> None:
    told = words.error(trouble)
    parts = dict.fromkeys(part for part in (told.what, told.why, told.do, trouble.detail) if part)
    print("kdgui: " + "\n       ".join(parts), file=sys.stderr)


def _tell(trouble: KdguiError, application: QApplication, arguments: argparse.Namespace) -> None:
    """There will be no window: say why, in one that has nothing else in it."""
    from PySide6.QtWidgets import QMessageBox

    from kdgui.ui.widgets.style import follow_scheme
    from kdgui.ui.widgets.translations import Translations

    words = load_language(find_paths(os.environ), arguments.language)
    told = words.error(trouble)
    _print(trouble, words)
    if not arguments.autoplay:
        Translations(application).use(words.language)
        follow_scheme(application, arguments.scheme or "")
        QMessageBox.critical(None, "kdgui", f"{told.what}\n\n{told.do}\n{trouble.detail}")
