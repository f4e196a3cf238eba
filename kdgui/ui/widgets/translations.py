"""The window's language: our translations straight from their .ts files, Qt's own words from its .qm files.

The .ts is read at every start (some milliseconds) instead of a compiled .qm: there is nothing to build, to
ship or to forget, and a Chinese window can never come up half English because a file is missing or old.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from kdgui.ui.widgets.assets import asset

LANGUAGES = ("zh", "en")
_QT_CATALOGUES = {"zh": "qtbase_zh_CN"}
_LOCALES = {
    "zh": QLocale(QLocale.Language.Chinese, QLocale.Country.China),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
}

Key = tuple[str, str, str]


def read_ts(path: Path) -> dict[Key, tuple[str, ...]]:
    """Finished translations by (context, source, comment): one form, or one for each plural form.

    Raises OSError or xml.etree.ElementTree.ParseError: then the installation is damaged.
    """
    found: dict[Key, tuple[str, ...]] = {}
    # The file is our own, shipped beside the program; nothing from outside is parsed here.
    for context in Xml.parse(path).getroot().iter("context"):  # noqa: S314 - our own file
        name = context.findtext("name", "")
        for message in context.iter("message"):
            forms = _forms(message.find("translation"))
            if forms:
                found[name, message.findtext("source", ""), message.findtext("comment", "")] = forms
    return found


def _forms(translation: Xml.Element | None) -> tuple[str, ...]:
    if translation is None or translation.get("type"):
        return ()
    plurals = [form.text or "" for form in translation.iter("numerusform")]
    forms = plurals or [translation.text or ""]
    return tuple(forms) if all(forms) else ()


class _TsTranslator(QTranslator):
    """Answers Qt from a .ts file."""

    def __init__(self, language: str, parent: QObject) -> None:
        super().__init__(parent)
        self._language = language
        self._messages = read_ts(asset("translations", f"kdgui_{language}.ts"))

    def isEmpty(self) -> bool:
        return not self._messages

    def translate(  # None, not "", tells Qt to look further
        self, context: str, source: str, comment: str | None = None, count: int = -1
    ) -> str | None:
        forms = self._messages.get((context, source, comment or ""))
        return None if forms is None else _choose(forms, count)


def _choose(forms: Sequence[str], count: int) -> str:
    """English has two forms, Chinese one."""
    return forms[0] if len(forms) == 1 or count == 1 else forms[1]


def spoken_language() -> str:
    """The language of now, "zh" or "en", for whoever was told that it has changed."""
    return next((name for name, locale in _LOCALES.items() if locale == QLocale()), "zh")


class Translations(QObject):
    """The language the window speaks; it can be changed while windows are open.

    Every open widget gets QEvent.LanguageChange and asks tr() again.

    Signals:
        changed: the new language, "zh" or "en", after all widgets were told.
    """

    changed = Signal(str)

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._language = ""
        self._installed: list[QTranslator] = []

    @property
    def language(self) -> str:
        """The language in use, "zh" or "en"; "" before the first `use`."""
        return self._language

    def use(self, language: str) -> None:
        """Speak this language from now on. Window's thread only."""
        if language not in LANGUAGES:
            raise ValueError(language)
        if language == self._language:
            return
        fresh = self._translators(language)
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        for translator in fresh:
            QCoreApplication.installTranslator(translator)
        self._installed, self._language = fresh, language
        QLocale.setDefault(_LOCALES[language])
        self.changed.emit(language)

    def _translators(self, language: str) -> list[QTranslator]:
        """Qt's first, ours last: the one installed last is asked first."""
        found: list[QTranslator] = []
        catalogue = _QT_CATALOGUES.get(language, "")
        if catalogue:
            qt = QTranslator(self)
            if qt.load(catalogue, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                found.append(qt)
        return [*found, _TsTranslator(language, self)]
