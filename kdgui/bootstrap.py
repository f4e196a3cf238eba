"""Bootstrap: opens journal, words and engine for whoever asks, window or command line. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kdgui.domain.errors import JournalTrouble
from kdgui.pushing.engine import PushEngine
from kdgui.store.catalogue import load_catalogue
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.loss import Loss
from kdgui.store.messages.words import Words, load_words, system_language
from kdgui.store.paths import Paths
from kdgui.store.policy import load_policy
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile

ACKNOWLEDGE = "kdgui journal acknowledge"
"""The command that says: pushing goes on without the record that was lost."""


def chosen_language(settings: Settings) -> str:
    """The language of the settings, else the system's."""
    return settings.language or system_language(os.environ)


def load_language(places: Paths, wanted: str | None = None) -> Words:
    """The words in the language asked for, else the one of the settings, else the system's."""
    language = wanted or chosen_language(SettingsFile(places.settings).load())
    return load_words(language, places.refusals)


@contextmanager
def open_journal(
    places: Paths, *, repair: bool = True, lock: InstanceLock | None = None
) -> Iterator[Journal]:
    """The journal, closed at the end. Raises JournalTrouble.

    `lock`, where it is held, is looked at before everything that is to be sent. `repair` False for whoever
    only reads, without the instance lock: a damaged file is left alone then.
    """
    expected = places.settings.exists() or places.profiles.exists()
    journal = Journal.open(places.journal, repair=repair, expected=expected)
    if lock is not None:
        journal.guard_by(lock.check)
    try:
        yield journal
    finally:
        journal.close()


def loss_trouble(loss: Loss, path: Path) -> JournalTrouble:
    """What is told of a journal that was lost or set aside."""
    if loss.set_aside:
        return JournalTrouble(
            "journal_was_damaged", path=loss.set_aside, rescued=loss.rescued, command=ACKNOWLEDGE
        )
    return JournalTrouble("journal_was_lost", path=path, command=ACKNOWLEDGE)


@contextmanager
def open_engine(
    places: Paths, *, attended: bool, repair: bool = True, lock: InstanceLock | None = None
) -> Iterator[PushEngine]:
    """The engine with its journal, signed out and closed at the end. Raises JournalTrouble.

    `repair` and `lock` as for `open_journal`. With a lock and unattended, a journal that was lost or set
    aside and not acknowledged is a JournalTrouble: journal_was_lost, journal_was_damaged.
    """
    policy = load_policy()
    with open_journal(places, repair=repair, lock=lock) as journal:
        if lock is not None and not attended and (loss := journal.loss) is not None:
            raise loss_trouble(loss, places.journal)
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
        try:
            yield engine
        finally:
            engine.connection.sign_out()
