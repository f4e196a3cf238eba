"""One data centre at work: its books, and what reads and writes them."""

from __future__ import annotations

from kdgui.practice.books import Books
from kdgui.practice.company import Centre
from kdgui.practice.documents import Documents
from kdgui.practice.forms import FormBook
from kdgui.practice.generate import write_books
from kdgui.practice.metadata import Metadata
from kdgui.practice.push import Pusher
from kdgui.practice.queries import Reader
from kdgui.practice.rules import RuleBook
from kdgui.practice.switches import Switches
from kdgui.practice.vault import Vault


class DataCentre:
    """The books of one data centre and everything that works on them. Everything wants the vault's lock."""

    def __init__(
        self, centre: Centre, vault: Vault, forms: FormBook, rules: RuleBook, switches: Switches
    ) -> None:
        self.centre = centre
        self.books = Books(vault, forms, centre.prefix)
        self.rules = rules
        self.reader = Reader(self.books, rules, switches)
        self.pusher = Pusher(self.books, rules, switches)
        self.documents = Documents(self.books, rules, self.pusher, switches)
        self.metadata = Metadata(self.books, self.reader, switches)

    def open(self, *, bills: int, seed: int) -> None:
        """Write the books where there are none yet."""
        with self.books.vault.transaction():
            if not self.books.exist:
                count = round(bills * self.centre.share)
                write_books(self.books, self.rules, bills=count, seed=seed)
