"""What becomes of a merged block that the server refused: who is left out, and whether it is taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kdgui.domain import msg_codes
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import Pause
from kdgui.pushing.run.batches import named_in
from kdgui.pushing.run.row_queue import RowQueue
from kdgui.pushing.run.run_rows import RunRows
from kdgui.pushing.run.verification import RunVerification
from kdgui.pushing.verify.evidence import SentBill
from kdgui.pushing.verify.verdict_rules import is_no, said

_GONE = (Verdict.PUSHED, Verdict.DRAFTED)


class MergedRefusals:
    """Hears of every request of a merged run. Used from the run's thread."""

    def __init__(
        self,
        split: bool | None,
        rows: RunRows,
        queue: RowQueue,
        pauses: PauseHandler,
        verification: RunVerification,
    ) -> None:
        """Takes `split` as in `RunOrder`."""
        self._verification = verification
        self._split = split
        self._rows = rows
        self._queue = queue
        self._pauses = pauses

    def told(self, told: Sequence[tuple[SentBill, Row]]) -> None:
        """A request was read back; its rows stand in the journal. Innocent ones of a refused block go on.

        Only what certainly did not happen is sent again: the server said no, and an answer that can be
        believed shows nothing of it.

        Raises:
            RunEnds: the clerk was asked, and stopped.
        """
        ending = told[0][0].ending
        rows = [row for _, row in told]
        refused = is_no(ending) and all(row.verdict is Verdict.FAILED and row.checked for row in rows)
        hopeless = ending.answer is not None and ending.answer.msg_code in msg_codes.NO_RIGHT
        if refused and len(rows) > 1 and not hopeless:
            self._take_apart(told)
        elif self._queue.hunting and all(row.verdict in _GONE for row in rows):
            self._queue.part_taken()

    def _take_apart(self, told: Sequence[tuple[SentBill, Row]]) -> None:
        """Those that the server names are left out first; then it is for the clerk to say."""
        answer = told[0][0].ending.answer
        named = named_in(answer, [sent.number for sent, _ in told]) if answer is not None else {}
        if answer is None or len(named) == len(told):
            named = {}
        guilty = [
            replace(row, reasons=said(named[sent.number], row.reasons[0].msg_code))
            for sent, row in told
            if sent.number in named
        ]
        left = [replace(sent, row=row) for sent, row in told if sent.number not in named]
        rest = [sent.row for sent in left]
        self._rows.put(guilty, event="named")
        if named:
            self._queue.put_back(self._send_again(self._verification.prove_nothing(left)))
        elif self._may_split(len(rest)):
            proven = self._send_again(self._verification.prove_nothing(left))
            if len(proven) > 1:
                self._queue.block_refused([row.position for row in proven])
            else:
                self._queue.put_back(proven)
        else:
            note = Reason.of("block_refused", count=len(rest))
            self._rows.put([replace(row, notes=(*row.notes, note)) for row in rest], event="block_refused")

    def _send_again(self, rows: Iterable[Row]) -> list[Row]:
        split = Reason.of("block_split")
        queued = []
        for row in rows:
            notes = [note for note in row.notes if note.code != "verified"]
            queued.append(
                replace(
                    row,
                    verdict=Verdict.QUEUED,
                    reasons=(),
                    notes=tuple(dict.fromkeys((*notes, split))),
                    checked=False,
                )
            )
        self._rows.put(queued, event="split")
        return queued

    def _may_split(self, count: int) -> bool:
        """Whether refused blocks are split, as ordered; else the clerk is asked, once for the whole run."""
        if self._split is None:
            pause = Pause(Reason.of("merged_refused", count=count), choices=("split", "none"))
            self._split = self._pauses.consult(pause) != "none"
        return self._split
