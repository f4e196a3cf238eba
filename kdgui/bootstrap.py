"""Bootstrap: opens journal, words and engine for whoever asks, window or command line. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from kdgui.pushing.engine import PushEngine
from kdgui.store.catalogue import load_catalogue
from kdgui.store.instances import Instance
from kdgui.store.journal.journal import Journal
from kdgui.store.messages.words import Words, load_words, system_language
from kdgui.store.paths import Paths
from kdgui.store.policy import load_policy
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile


def chosen_language(settings: Settings) -> str:
    """The language of the settings, else the system's."""
    return settings.language or system_language(os.environ)


def load_language(places: Paths, wanted: str | None = None) -> Words:
    """The words in the language asked for, else the one of the settings, else the system's."""
    language = wanted or chosen_language(SettingsFile(places.settings).load())
    return load_words(language, places.refusals)


@contextmanager
def open_journal(places: Paths, *, repair: bool = True) -> Iterator[Journal]:
    """The journal, closed at the end. Raises JournalTrouble.

    `repair` False for whoever only reads: a damaged file is left alone then.
    """
    journal = Journal.open(places.journal, repair=repair)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def open_shared_journal(places: Paths, *, window: bool = False) -> Iterator[Journal]:
    """The journal for whoever writes to it, beside other programs on this data folder; closed at the end.

    `window`: the caller holds the window's lock. Only a program that is alone repairs a damaged file.
    Raises JournalTrouble.
    """
    instance = Instance(places.instances, places.lock)
    with instance.entering(has_window_lock=window) as alone:
        journal = Journal.open(places.journal, repair=alone, upgrade=alone, program=instance)
    try:
        yield journal
    finally:
        journal.close()
        instance.leave()


@contextmanager
def open_engine(
    places: Paths, *, attended: bool, repair: bool = True, window: bool = False
) -> Iterator[PushEngine]:
    """An engine with its journal, signed out and closed at the end. Raises JournalTrouble.

    `repair` False for whoever only reads; `window` as for `open_shared_journal`.
    """
    policy = load_policy()
    opened = open_shared_journal(places, window=window) if repair else open_journal(places, repair=False)
    with opened as journal:
        engine = PushEngine(
            catalogue=load_catalogue(),
            journal=journal,
            profiles=ProfileBook(places.profiles, policy.labelled),
            secrets=Secrets(),
            settings_file=SettingsFile(places.settings),
            policy=policy,
            attended=attended,
        )
        if repair and policy.retention_days is not None:
            journal.drop_answers(datetime.now(UTC) - timedelta(days=policy.retention_days))
        if repair and engine.team.setting.text:
            engine.team.start()
        try:
            yield engine
        finally:
            engine.connection.sign_out()
            engine.team.close()
