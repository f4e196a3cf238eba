"""Read services: whatever can be asked of a signed-in server without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kdgui.domain.bills import Organisation
from kdgui.domain.errors import AnswerUnreadable
from kdgui.domain.rules import Rule
from kdgui.k3cloud import calls, organisations
from kdgui.k3cloud import convert_rules as rules
from kdgui.k3cloud.answers import unwrap
from kdgui.k3cloud.business_info import BusinessInfo, read_business_info
from kdgui.k3cloud.channel import Channel
from kdgui.k3cloud.queries import Row, collect_pages, read_rows


class ReadServices:
    """Queries, descriptions of forms, rules, organisations. Every method blocks.

    All raise `SessionLost`, `QueryRefused`, `ConnectionTrouble` or `AnswerUnreadable`, and are asked up to
    three times where only the connection is to blame.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def query(
        self,
        form_id: str,
        field_keys: Sequence[str],
        filter_string: str = "",
        *,
        order: str = "",
        start: int = 0,
        limit: int = 2000,
        tries: int = 3,
    ) -> list[Row]:
        """One page of ExecuteBillQuery: rows of values in the order of `field_keys`, [] for none.

        An empty answer is not a no (design section 4), and a page may be shorter than the rest of the
        rows: `query_all` gives all of them.
        """
        data = calls.query_data(form_id, field_keys, filter_string, order, start, limit)
        value = self._channel.ask(calls.call(calls.EXECUTE_BILL_QUERY, data), tries)
        return read_rows(value, len(field_keys))

    def query_all(
        self,
        form_id: str,
        field_keys: Sequence[str],
        filter_string: str = "",
        *,
        order: str,
        page: int = 2000,
        most: int = 100_000,
        is_whole: Callable[[Sequence[Row]], bool] = lambda _rows: False,
    ) -> list[Row]:
        """All rows, page after page until an empty one; or an error.

        A page may end anywhere (a rights filter, a proxy, a limit of the server), so a short one proves
        nothing. `is_whole` tells by the rows themselves that the last one is there, and spares that page.
        Where a right hides rows, a page may repeat rows of the one before.

        Raises:
            AnswerUnreadable: too_many_rows (more than `most`), paging_ignored. And as every read.
        """

        def fetch(start: int, limit: int) -> list[Row]:
            return self.query(form_id, field_keys, filter_string, order=order, start=start, limit=limit)

        return collect_pages(fetch, page, most, is_whole)

    def view(self, form_id: str, *, bill_id: str = "", number: str = "") -> dict[str, object]:
        """One bill with all its entries, by entity property names (protocol 3.2). Heavy."""
        data = calls.to_json({"CreateOrgId": 0, "Number": number, "Id": bill_id, "IsSortBySeq": "false"})
        value = self._channel.ask(calls.call(calls.VIEW, form_id, data))
        result = unwrap((unwrap(value) or {}).get("Result")) or {}
        bill = result.get("Result")
        if not isinstance(bill, dict):
            raise AnswerUnreadable("odd_json")
        return bill

    def business_info(self, form_id: str) -> BusinessInfo:
        """Entries, fields and operations of a form (protocol 3.5)."""
        value = self._channel.ask(calls.call(calls.QUERY_BUSINESS_INFO, calls.to_json({"FormId": form_id})))
        return read_business_info(value, form_id)

    def convert_rules(self) -> tuple[Rule, ...]:
        """The server's conversion rules; source and target form where it tells them (protocol 3.5).

        Raises:
            QueryRefused: the form of the rules does not exist here, or may not be read.
        """
        return rules.read_rules(
            lambda columns: self.query_all(rules.FORM, columns, order=rules.ORDER),
            lambda: self.business_info(rules.FORM),
        )

    def organisations(self, filter_string: str = "") -> tuple[Organisation, ...]:
        """The organisations that this user sees, by number.

        Raises:
            QueryRefused: they may not be read.
        """
        return organisations.read_organisations(
            lambda columns: self.query_all(
                organisations.FORM, columns, filter_string, order=organisations.ORDER
            )
        )
