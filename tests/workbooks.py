"""What is in a workbook, read from its XML as any spreadsheet would."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from typing import Any

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(written: bytes) -> Iterator[ET.Element]:
    """The sheets of a workbook, in their order."""
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        for name in sorted(names, key=lambda name: int(re.findall(r"\d+", name)[0])):
            yield ET.fromstring(book.read(name))


def cells(sheet: ET.Element) -> list[dict[str, Any]]:
    """The rows of a sheet, each cell by its column's letters."""
    return [
        {str(cell.get("r")).rstrip("0123456789"): _value(cell) for cell in row} for row in sheet.iter(f"{NAMESPACE}row")
    ]


def _value(cell: ET.Element) -> object:
    kind, text = cell.get("t"), "".join(cell.itertext())
    if kind == "inlineStr":
        return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    assert cell.find(f"{NAMESPACE}f") is None, "a formula"
    return {"b": lambda: text == "1", None: lambda: float(text)}[kind]()
