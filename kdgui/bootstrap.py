"""Bootstrap: opens journal, words and engine for whoever asks, window or command line. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.domain.errors import JournalTrouble
from kdgui.store.instances import Instance
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.loss import Loss
from kdgui.store.messages.words import Words, load_words, system_language
from kdgui.store.paths import Paths
from kdgui.store.plans import PlanBook
from kdgui.store.policy import load_policy
from kdgui.store.settings import Settings, SettingsFile

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine

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
def open_journal(places: Paths, *, repair: bool = True) -> Iterator[Journal]:
    """The journal, closed at the end. Raises JournalTrouble.

    `repair` False for whoever only reads: a damaged file is left alone then.
    """
    journal = Journal.open(places.journal, repair=repair, expected=_says_that_one_existed(places))
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
def open_shared_journal(places: Paths, *, window: bool = False) -> Iterator[Journal]:
    """The journal for whoever writes to it, beside other programs on this data folder; closed at the end.

    `window`: the caller holds the window's lock. Only a program that is alone repairs a damaged file.
    Before everything that is to be sent, this program must still be seen by the others.
    Raises JournalTrouble.
    """
    instance = Instance(places.instances, places.lock)
    with instance.entering(has_window_lock=window) as alone:
        journal = Journal.open(
            places.journal,
            repair=alone,
            upgrade=alone,
            program=instance,
            expected=_says_that_one_existed(places),
        )
    journal.guard_by(instance.check)
    try:
        yield journal
    finally:
        journal.close()
        instance.leave()


def _says_that_one_existed(places: Paths) -> bool:
    return places.settings.exists() or places.profiles.exists()


@contextmanager
def open_engine(
    places: Paths, *, attended: bool, repair: bool = True, window: bool = False
) -> Iterator[PushEngine]:
    """An engine with its journal, signed out and closed at the end. Raises JournalTrouble.

    `repair` False for whoever only reads; `window` as for `open_shared_journal`. Unattended, whoever writes
    is refused where a journal was lost or set aside and nobody acknowledged it: journal_was_lost,
    journal_was_damaged.
    """
    # Not for whoever only reads the journal.
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.catalogue import load_catalogue
    from kdgui.store.profiles import ProfileBook
    from kdgui.store.secrets import Secrets

    policy = load_policy()
    opened = open_shared_journal(places, window=window) if repair else open_journal(places, repair=False)
    with opened as journal:
        if repair and not attended and (loss := journal.loss) is not None:
            raise loss_trouble(loss, places.journal)
        engine = PushEngine(
            catalogue=load_catalogue(),
            journal=journal,
            profiles=ProfileBook(places.profiles, policy.labelled),
            secrets=Secrets(),
            settings_file=SettingsFile(places.settings),
            plans=PlanBook(places.plans),
            policy=policy,
            attended=attended,
        )
        if repair and policy.retention_days is not None:
            journal.drop_answers(datetime.now(UTC) - timedelta(days=policy.retention_days))
        if repair:
            engine.start_team()
        try:
            yield engine
        finally:
            engine.close()
