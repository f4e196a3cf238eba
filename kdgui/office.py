"""The office: opens journal, words and desk for whoever works here, window or command line. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from kdgui.pushing.desk import Desk
from kdgui.store.catalogue import load_catalogue
from kdgui.store.journal import Journal
from kdgui.store.places import Places
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile
from kdgui.store.words import Words, load_words, system_language


def chosen_language(settings: Settings) -> str:
    """The language of the settings, else the system's."""
    return settings.language or system_language(os.environ)


def load_language(places: Places, wanted: str | None = None) -> Words:
    """The words in the language asked for, else the one of the settings, else the system's."""
    language = wanted or chosen_language(SettingsFile(places.settings).load())
    return load_words(language, places.refusals)


@contextmanager
def open_journal(places: Places, *, repair: bool = True) -> Iterator[Journal]:
    """The journal, closed at the end. Raises JournalTrouble.

    `repair` False for whoever only reads, without the instance lock: a damaged file is left alone then.
    """
    journal = Journal.open(places.journal, repair=repair)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def open_desk(places: Places, *, attended: bool, repair: bool = True) -> Iterator[Desk]:
    """A desk with its journal, signed out and closed at the end. Raises JournalTrouble.

    `repair` as for `open_journal`.
    """
    with open_journal(places, repair=repair) as journal:
        desk = Desk(
            catalogue=load_catalogue(),
            journal=journal,
            profiles=ProfileBook(places.profiles),
            secrets=Secrets(),
            settings_file=SettingsFile(places.settings),
            attended=attended,
        )
        try:
            yield desk
        finally:
            desk.sign_out()
