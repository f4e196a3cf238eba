"""One data centre at work: its books, and what reads and writes them."""

from __future__ import annotations

from collections.abc import Iterable

from kdgui.practice.bill_actions import Documents
from kdgui.practice.books import Books
from kdgui.practice.company import Centre
from kdgui.practice.database import Database
from kdgui.practice.forms import FormBook
from kdgui.practice.generate import write_books
from kdgui.practice.metadata import Metadata
from kdgui.practice.push import Pusher
from kdgui.practice.queries import Reader
from kdgui.practice.rules import RuleBook
from kdgui.practice.saver import Saver
from kdgui.practice.switches import Switches


class DataCentre:
    """The books of one data centre and everything that works on them. Everything wants the vault's lock."""

    def __init__(
        self, centre: Centre, vault: Database, forms: FormBook, rules: RuleBook, switches: Switches
    ) -> None:
        self.centre = centre
        self.books = Books(vault, forms, centre.prefix)
        self.rules = rules
        self.reader = Reader(self.books, rules, switches)
        self.pusher = Pusher(self.books, rules, switches)
        self.documents = Documents(self.books, rules, self.pusher, switches)
        self.saver = Saver(self.books, rules, switches)
        self.metadata = Metadata(self.books, self.reader, switches)


class Centres:
    """The data centres by id. The books of each are written when somebody first asks for them.

    Args:
        bills, seed: for write_books; each centre takes its share of `bills`.
    """

    def __init__(self, centres: Iterable[DataCentre], *, bills: int, seed: int) -> None:
        self._centres = {item.centre.id: item for item in centres}
        self._completed: set[str] = set()
        self._bills = bills
        self._seed = seed

    def get(self, centre_id: str) -> DataCentre:
        """The data centre with this id, its books written; KeyError for an unknown one. Takes the lock."""
        centre = self._centres[centre_id]
        with centre.books.vault.lock:
            if not centre.books.exist:
                self._write(centre)
            elif centre_id not in self._completed:
                centre.books.complete()
            self._completed.add(centre_id)
        return centre

    def _write(self, centre: DataCentre) -> None:
        count = round(self._bills * centre.centre.share)
        with centre.books.vault.transaction():
            write_books(centre.books, centre.rules, bills=count, seed=self._seed)

    def numbered(self, number: str) -> DataCentre:
        """The data centre with this number; StopIteration for an unknown one."""
        return self.get(next(key for key, item in self._centres.items() if item.centre.number == number))
