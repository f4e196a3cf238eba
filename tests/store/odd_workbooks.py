"""Workbooks as other programs write them, part by part, for what no library would write."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def relations(*targets: tuple[str, str, str], namespace: str = RELATIONS) -> str:
    """The relations (id, last word of the type, target) of a part."""
    entries = "".join(
        f'<Relationship Id="{ident}" Type="{namespace}/{kind}" Target="{target}"/>'
        for ident, kind, target in targets
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}">{entries}</Relationships>'


def styles(*formats: str, built_in: tuple[int, ...] = ()) -> str:
    """A styles part: style 0 is General, then one for each own format, then one for each built-in one."""
    own = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>'
        for place, code in enumerate(formats)
    )
    ids = (0, *(164 + place for place in range(len(formats))), *built_in)
    xfs = "".join(f'<xf numFmtId="{each}"/>' for each in ids)
    return (
        f'{_XML}<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><fills><fill/></fills>'
        '<colors><indexedColors><rgbColor rgb="none"/></indexedColors></colors>'
        f"<cellXfs>{xfs}</cellXfs></styleSheet>"
    )


def worksheet(rows: str, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    """A worksheet with these rows, and what stands before and after them."""
    head = f'{_XML}<worksheet xmlns="{namespace}" xmlns:r="{RELATIONS}">'
    return f"{head}{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def cell(place: str, value: object, style: int = 0, kind: str = "") -> str:
    """One cell; a text as an inline string."""
    look = f' s="{style}"' if style else ""
    if isinstance(value, str) and not kind:
        return f'<c r="{place}"{look} t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"{look}' + (f' t="{kind}"' if kind else "") + f"><v>{value}</v></c>"


def column(*values: object, style: int = 0) -> str:
    """Rows with one cell each, in column A."""
    return "".join(
        f'<row r="{row}">{cell(f"A{row}", value, style)}</row>' for row, value in enumerate(values, 1)
    )


def save(
    path: Path,
    sheet: str,
    *,
    strings: str = "",
    style: str = "",
    names: dict[str, str] | None = None,
    state: str = "",
    more: dict[str, str] | None = None,
    strict: bool = False,
) -> Path:
    """Write a workbook of one sheet.

    `names`: other names of the parts "sheet", "strings", "styles", "target|name in the zip file" where these
    differ. `more`: further parts.
    """
    main, office = (STRICT, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    known = {"sheet": "worksheets/sheet1.xml", "strings": "sharedStrings.xml", "styles": "styles.xml"} | (
        names or {}
    )
    targets = {part: name.partition("|")[0] for part, name in known.items()}
    stored = {part: name.rpartition("|")[2] for part, name in known.items()}
    look = f' state="{state}"' if state else ""
    book = (
        f'{_XML}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="表" sheetId="1"{look} r:id="rId1"/></sheets></workbook>'
    )
    of_book = relations(
        ("rId1", "worksheet", targets["sheet"]),
        ("rId2", "sharedStrings", targets["strings"]),
        ("rId3", "styles", targets["styles"]),
        namespace=office,
    )
    parts = {
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml"), namespace=office),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": of_book,
        _within(stored["sheet"]): sheet.replace(MAIN, main).replace(RELATIONS, office),
        **({_within(stored["strings"]): strings} if strings else {}),
        **({_within(stored["styles"]): style} if style else {}),
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def shared(*texts: str) -> str:
    """A part of shared strings; each text is the inside of its element."""
    return f'{_XML}<sst xmlns="{MAIN}">' + "".join(f"<si>{text}</si>" for text in texts) + "</sst>"


def _within(name: str) -> str:
    return name if name.startswith("xl") else f"xl/{name}"
