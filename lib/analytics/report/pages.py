"""The page: a document written by templates that escape everything, with its own style sheet.

The templates and the style sheet are shipped beside this module and read once. The page asks for
nothing: its policy allows no script, no address and no style but the one whose digest it names.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.analytics.report.document import Block, Definition, Document, Figure, Remark, Table, Tile

FOLDER = Path(__file__).parent / "templates"


def page(document: Document) -> str:
    """Return the document as one HTML file."""
    styles = style_sheet()
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = _templates().get_template("report.html")
    return template.render(document=document, styles=styles, policy=policy, kind_of=kind_of)


def kind_of(block: Block) -> str:
    """Which macro writes the block."""
    if isinstance(block, str):
        return "text"
    if isinstance(block, Figure):
        return "figure"
    if isinstance(block, Table):
        return "table"
    kinds = {Tile: "tiles", Remark: "remarks", Definition: "definitions"}
    return kinds[type(block[0])]


@cache
def style_sheet() -> str:
    """The style sheet, exactly as the page has it."""
    return (FOLDER / "report.css").read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
