"""CSV files as learning platforms and spreadsheets write them, read and written without changing what is not ours."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import TableError

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what spreadsheets take for one
PARTS = re.compile(rf"([^;,|\t\r\n][;,|\t\r\n]+\s*)(?=[{''.join(map(re.escape, FORMULA))}]+[^\s;,|])")

csv.field_size_limit(1 << 26)  # Moodle's worksheets hold what students wrote; Python stops at 128 KiB


@dataclass
class Table:
    """A CSV file: all rows have as many cells as the header."""

    header: list[str]
    rows: list[list[str]]
    path: Path | None = None  # where it was read
    delimiter: str = ","
    bom: bool = False  # without it Excel takes UTF-8 for something else

    def column(self, *names: str) -> int | None:
        """Find a column by any of its names, in upper or lower case; None if there is none."""
        wanted = [name.casefold() for name in names]
        return next((index for index, name in enumerate(self.header) if name.strip().casefold() in wanted), None)

    def require(self, *names: str, mend: str) -> list[int]:
        """Find columns that must be there.

        Raises:
            TableError: when one is not; the message lists those that are.
        """
        found = [self.column(name) for name in names]
        if missing := [name for name, index in zip(names, found, strict=True) if index is None]:
            there = ", ".join(self.header[:12])
            raise TableError(f"{self.path} has no column {', '.join(missing)}. {mend} Its columns: {there}.")
        return [index for index in found if index is not None]


def read(path: Path) -> Table:
    """Read a CSV file with a header; separators are commas, semicolons or tabs, whichever the header has most of.

    Args:
        path: the file.

    Raises:
        TableError: no such file, not UTF-8, no header, broken quotes, or a row with too many or too few cells.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path} is not a text file in UTF-8 (byte {error.start}). Save it as “CSV UTF-8 (comma delimited)”."
        ) from None
    bom, text = text.startswith(BOM), text.removeprefix(BOM)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = Table([], [], path, delimiter, bom)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not table.header:
                table.header = row
            elif len(row) != len(table.header):
                raise TableError(
                    f"{path}, line {reader.line_num}: {len(row)} cells, but the header has {len(table.header)}. "
                    "Put text that holds separators into double quotes, or download the file anew."
                )
            else:
                table.rows.append(row)
    except csv.Error as error:
        raise TableError(f"{path}, line {reader.line_num}: {error}. Download or save the file anew.") from None
    if not table.header:
        raise TableError(f"{path} is empty.")
    return table


def write(path: Path, table: Table) -> None:
    """Write a CSV file in one step: all of it, or the old one stays.

    Args:
        path: the file.
        table: what is to be in it.

    Raises:
        TableError: when it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.delimiter)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    draft = path.with_name(path.name + ".tmp")
    try:
        draft.write_bytes((BOM * table.bom + text.getvalue()).encode(errors="replace"))
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise TableError(f"{path} cannot be written: {error.strerror}. Choose another --out.") from None


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula; a lone dash stays a dash.

    Which sign parts cells is the spreadsheet's choice, so what follows any of them may be a cell of its own.
    """
    inside = PARTS.sub(r"\1'", text)
    return f"'{inside}" if text.startswith(FORMULA) and text != "-" else inside


def number(text: str) -> float | None:
    """Read a number as platforms write it, with a point or a comma before the decimals; None if it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def plain(value: float) -> str:
    """Write a number with two decimals at most (more, platforms do not show) and a point, which all of them read."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
