"""Forms and conversion rules, by their Kingdee ids and by the names people use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """A form (单据): id compared without case (protocol 5), names, whether 下推 is documented for it."""

    form_id: str
    name_zh: str = ""
    name_en: str = ""
    push_documented: bool = False

    def name(self, language: str) -> str:
        """The name in `language` ("zh" or "en"); the Chinese one, then the id, where it has none."""
        wanted = self.name_en if language == "en" else self.name_zh
        return wanted or self.name_zh or self.form_id


@dataclass(frozen=True, slots=True)
class Rule:
    """A conversion rule (转换规则).

    Attributes:
        source_form, target_form: form ids, "" where neither catalogue nor server names them.
        from_server: the connected server listed it; else only the catalogue knows it.
        enabled, visible: as the server said; None where it did not say.
        standard: ships with the product, as far as the catalogue knows.
    """

    rule_id: str
    name: str = ""
    source_form: str = ""
    target_form: str = ""
    from_server: bool = False
    enabled: bool | None = None
    standard: bool = False
    visible: bool | None = None

    @property
    def obstacle(self) -> str:
        """Why the server will hardly run it: `disabled`, `invisible`, or "" as far as anybody told.

        A push by such a rule is refused with 运行时不允许加载 (protocol 2.1).
        """
        if self.enabled is False:
            return "disabled"
        return "invisible" if self.visible is False else ""


def same_form(one: str, other: str) -> bool:
    """Whether two form ids are the same: letter case differs between sources (protocol 5)."""
    return one.casefold() == other.casefold()
