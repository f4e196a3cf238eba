"""What the window calls a data centre, its label and its organisation, and in which colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words
from kdgui.store.messages.words import Words
from kdgui.store.profiles import BUILT_IN, DataCentreColour, DataCentreLabel, Profile


def organisation_words(engine: PushEngine) -> str:
    """The organisation of now by number and name; "" where the server did not tell. Does not block."""
    here, signed_in = engine.connection.organisation, engine.connection.signed_in
    if here is not None:
        return " ".join(part for part in (here.number, here.name) if part)
    return signed_in.organisation_name if signed_in else ""


def profile_tone(profile: Profile) -> Tone:
    """Red for production and for what nobody labelled; test and practice in the colour chosen for them."""
    colours = {
        DataCentreColour.GREEN: Tone.OK,
        DataCentreColour.BLUE: Tone.INFO,
        DataCentreColour.GREY: Tone.NEUTRAL,
    }
    return Tone.BAD if profile.production else colours[profile.colour]


def label_word(label: DataCentreLabel | None, words: Words) -> str:
    """正式, 测试 or 练习; what nobody labelled counts as production."""
    word = words.text(f"label.{(label or DataCentreLabel.PRODUCTION).value}")
    return word[:1].upper() + word[1:]


def data_centre_words(profile: Profile, words: Words) -> str:
    """What a data centre is for, its name, and what the clerk calls it: "测试 · 小河贸易 (华东)"."""
    name = profile.data_centre_name or profile.data_centre_id
    if profile.name and profile.name != BUILT_IN and profile.name not in name:
        name = f"{name} ({profile.name})"
    return " · ".join(part for part in (label_word(profile.label, words), name) if part)
