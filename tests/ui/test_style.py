"""The look: contrast, both schemes, sizes, and that what is cut or missing is noticed."""

from __future__ import annotations

import itertools
import re

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from kdgui.domain.verdicts import Row, Verdict
from kdgui.ui.widgets import style
from kdgui.ui.widgets.assets import asset
from kdgui.ui.widgets.pills import Pill, paint_pill, pill_size

INKS = ("ink", "muted", "accent", "ok", "bad", "warn", "info")
GROUNDS = (
    "ground",
    "card",
    "hover",
    "ok_ground",
    "bad_ground",
    "warn_ground",
    "info_ground",
    "neutral_ground",
)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[style.LIGHT, style.DARK], ids=lambda scheme: scheme.name)
def scheme(request: pytest.FixtureRequest) -> style.Scheme:
    return request.param


@pytest.mark.parametrize(("ink", "ground"), [*itertools.product(INKS, (*GROUNDS, "selection"))])
def test_every_ink_reads_on_every_ground(scheme: style.Scheme, ink: str, ground: str) -> None:
    assert contrast(getattr(scheme, ink), getattr(scheme, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["accent", "accent_hover"])
def test_ink_on_the_primary_button(scheme: style.Scheme, ground: str) -> None:
    assert contrast(scheme.on_accent, getattr(scheme, ground)) >= 4.5


def test_the_edge_of_a_focused_field_stands_out(scheme: style.Scheme) -> None:
    assert contrast(scheme.accent, scheme.card) >= 3
    assert contrast(scheme.accent, scheme.ground) >= 3


def test_the_design_tokens_are_kept() -> None:
    light, dark = style.LIGHT, style.DARK
    assert (light.ink, light.muted, light.line, light.ground) == ("#1f2733", "#667080", "#e1e6ec", "#f4f6f8")
    assert (dark.ink, dark.muted, dark.line, dark.ground) == ("#e6eaf0", "#9aa5b4", "#323a45", "#171b21")
    assert (light.accent, light.ok, light.bad, light.warn) == ("#1c63c7", "#14763c", "#b42318", "#935600")
    assert (dark.accent, dark.ok, dark.bad, dark.warn) == ("#6ea8ff", "#6fd695", "#ff9a90", "#f2c266")


def test_every_token_of_the_sheet_is_filled_and_every_file_exists(
    scheme: style.Scheme, qapp: QApplication
) -> None:
    sheet = style.style_sheet(scheme, qapp.font())
    assert "$" not in sheet
    files = re.findall(r'url\("([^"]+)"\)', sheet)
    assert len(files) >= 3
    assert all(asset("icons", file.rsplit("/", 1)[1]).is_file() for file in files)


def test_every_verdict_has_a_tone() -> None:
    assert {verdict: style.verdict_tone(verdict) for verdict in Verdict}.keys() == set(Verdict)
    assert style.verdict_tone(Verdict.FAILED) is style.Tone.BAD
    assert style.verdict_tone(Verdict.UNSETTLED) is style.Tone.WARN


def test_a_success_with_an_alarm_is_not_green() -> None:
    plain = Row(run_id="1", position=0, number="A", verdict=Verdict.PUSHED)
    assert style.row_tone(plain) is style.Tone.OK
    alarmed = Row(run_id="1", position=0, number="A", verdict=Verdict.PUSHED, alarm=True)
    assert style.row_tone(alarmed) is style.Tone.WARN


def test_a_forced_scheme_wins_over_the_system(qapp: QApplication) -> None:
    assert style.scheme_for(qapp, "dark") is style.DARK
    assert style.scheme_for(qapp, "light") is style.LIGHT
    system_dark = qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark
    assert style.scheme_for(qapp) is (style.DARK if system_dark else style.LIGHT)


def test_the_application_knows_the_scheme_it_wears(dressed: QApplication, scheme: style.Scheme) -> None:
    style.apply_scheme(dressed, scheme)
    assert style.current_scheme() is scheme
    assert dressed.palette().color(QPalette.ColorRole.WindowText) == QColor(scheme.ink)


def test_fonts_are_chinese_and_not_tiny(dressed: QApplication) -> None:
    assert dressed.font().pointSizeF() >= style.SMALLEST_POINTS
    assert QFontMetrics(dressed.font()).inFontUcs4(ord("推"))


def test_em_grows_with_the_font(qtbot) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    label.setFont(QFont(label.font().family(), 10))
    small = style.em(label, 2)
    label.setFont(QFont(label.font().family(), 20))
    assert style.em(label, 2) > small * 1.5


def test_fields_and_combo_boxes_are_equally_high(dressed: QApplication, qtbot) -> None:
    edit, combo = QLineEdit(), QComboBox()
    combo.addItem("采购订单")
    editable = QComboBox(editable=True)
    for widget in (edit, combo, editable):
        qtbot.addWidget(widget)
        widget.ensurePolished()
    heights = {widget.sizeHint().height() for widget in (edit, combo, editable)}
    assert max(heights) - min(heights) <= 2


def test_a_focused_field_does_not_jump(dressed: QApplication, qtbot) -> None:
    edit = QLineEdit("x")
    qtbot.addWidget(edit)
    edit.show()
    before = edit.sizeHint()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    assert edit.sizeHint() == before


def test_mark_dresses_a_button_anew(dressed: QApplication, qtbot) -> None:
    button = QPushButton("下推")
    qtbot.addWidget(button)
    button.show()
    plain = button.sizeHint()
    style.mark(button, kind="primary")
    assert button.sizeHint().height() > plain.height()


def test_segments_are_one_choice(dressed: QApplication, qtbot) -> None:
    buttons = [QPushButton("逐单"), QPushButton("合并")]
    box = QLabel()
    qtbot.addWidget(box)
    for button in buttons:
        button.setParent(box)
    style.join_segments(buttons)
    buttons[0].click()
    buttons[1].click()
    assert [button.isChecked() for button in buttons] == [False, True]
    assert [button.property("segment") for button in buttons] == ["first", "last"]


def test_a_pill_stays_inside_its_cell(dressed: QApplication) -> None:
    image = QImage(120, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setFont(dressed.font())
    paint_pill(painter, QRect(10, 0, 40, 30), "很长很长的一个结果", style.Tone.BAD, style.LIGHT)
    painter.end()
    white = QColor("#ffffff").rgb()
    outside = [image.pixel(x, y) for x in (*range(9), *range(52, 120)) for y in range(30)]
    inside = [image.pixel(x, 15) for x in range(10, 50)]
    assert set(outside) == {white}
    assert set(inside) != {white}


def test_a_pill_is_read_aloud_and_fits_its_word(dressed: QApplication, qtbot) -> None:
    pill = Pill("待确认", style.Tone.WARN)
    qtbot.addWidget(pill)
    assert pill.accessibleName() == "待确认"
    narrow = pill.sizeHint().width()
    pill.show_word("待确认，正在查询", style.Tone.WARN)
    assert pill.sizeHint().width() > narrow
    assert pill.sizeHint() == pill_size(pill.fontMetrics(), pill.word)
