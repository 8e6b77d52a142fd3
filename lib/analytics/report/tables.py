"""Tables as files: RFC 4180, the same for every spreadsheet."""

from decimal import Decimal

from lib.analytics.models.reports import CsvTable
from lib.analytics.report.document import Raw, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a text that begins so for a formula, and some read the wide forms too."""


def csv_table(table: Table) -> CsvTable:
    """Return the table as a file: a header, then a line for each row, each ended by CR LF."""
    lines = [table.columns, *(tuple(cell.raw for cell in row) for row in table.rows)]
    return CsvTable(
        name=table.name,
        title=table.title,
        row_count=len(table.rows),
        csv="".join(",".join(map(field_text, line)) + "\r\n" for line in lines),
    )


def field_text(value: Raw) -> str:
    """Return one field. Numbers are our own and stay numbers; texts may be anybody's."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    # Blanks before the sign do not stop a spreadsheet.
    guarded = f"'{value}" if value.lstrip(" \u00a0").startswith(FORMULA_STARTS) else value
    if any(sign in guarded for sign in ',"\r\n'):
        return '"' + guarded.replace('"', '""') + '"'
    return guarded
