"""Writing a report: one self-contained HTML file in both languages, and a Markdown file in each.

Everything that comes from a result is escaped: in HTML by the template engine, in Markdown by `escaped`. The HTML file
asks no network for anything: figures, style and font are in it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from sim.errors import StoreError
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Document, Grid, Items, Paragraph, Picture, Verbatim
from sim.report.document.material import Material
from sim.report.labels import LANGUAGES

HERE = Path(__file__).resolve().parent
FONT = HERE.parent / "fonts" / "GrassrootsSans-Regular.woff2"
TEMPLATE, STYLE = "report.html.jinja", "report.css"

MARKED = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
"""Characters that Markdown might take for markup."""


def html(documents: Sequence[Document], found: Material) -> str:
    """Return the HTML of a report.

    Args:
        documents: the report in each language.
        found: the result it is of, for its figures.

    Raises:
        StoreError: a figure cannot be read.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(TEMPLATE).render(
        documents=documents,
        style=Markup((HERE / STYLE).read_text("utf-8").replace("FONT", _inline(FONT, "font/woff2"))),
        images=_images(documents, found),
        words=words,
        name=found.name,
    )


def _images(documents: Sequence[Document], found: Material) -> Mapping[tuple[str, str], Markup]:
    """Return every figure as a data address, by language and name."""
    out = {}
    for document in documents:
        for picture in document.pictures():
            path = found.picture(picture.stem, document.language)
            if path is not None:
                out[(document.language, picture.stem)] = Markup(_inline(path, "image/png"))
    return out


def _inline(path: Path, kind: str) -> str:
    """Return a file as a data address."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    if kind == "image/png" and not content.startswith(b"\x89PNG"):
        raise StoreError(f"{path} is damaged: it is no PNG")
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


# -- Markdown ------------------------------------------------------------------------------------


def markdown(document: Document) -> str:
    """Return the Markdown of a report in one language; figures are links into the result folder.

    Args:
        document: the report.
    """
    lines = [f"# {escaped(document.title)}", "", f"*{escaped(document.subtitle)}*", ""]
    for section in document.sections:
        lines += [f"## {escaped(section.title)}", ""]
        for block in section.blocks:
            lines += [*_markdown(block, document.language), ""]
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Return a text of which Markdown takes nothing for markup, in one line."""
    return MARKED.sub(r"\\\1", " ".join(text.split()))


@cache
def _other(language: str) -> str:
    return "" if language == "en" else f".{language}"


def _markdown(block: Block, language: str) -> list[str]:
    """Return a block as lines."""
    if isinstance(block, Paragraph):
        return [f"**{escaped(block.text)}**" if block.lead else escaped(block.text)]
    if isinstance(block, Items):
        return [f"* {escaped(text)}" for text in block.texts]
    if isinstance(block, Picture):
        return [f"![{escaped(block.caption)}](figures/{block.stem}{_other(language)}.png)"]
    if isinstance(block, Verbatim):
        return ["```", block.text.replace("```", "'''"), "```"]
    return _grid(block)


def _grid(grid: Grid) -> list[str]:
    """Return a table as lines."""
    rule = ["---"] * min(grid.words, len(grid.head)) + ["---:"] * max(len(grid.head) - grid.words, 0)
    lines = [f"**{escaped(grid.caption)}**", ""]
    lines += ["| " + " | ".join(escaped(cell) for cell in row) + " |" for row in (grid.head,)]
    lines.append("| " + " | ".join(rule) + " |")
    lines += ["| " + " | ".join(escaped(cell) for cell in row) + " |" for row in grid.rows]
    return [*lines, "", escaped(grid.note)] if grid.note else lines


def files(found: Material, documents: Mapping[str, Document]) -> dict[str, str]:
    """Return the contents of all files of a report, by their names.

    Args:
        found: the result.
        documents: the report by language.
    """
    out = {"report.html": html([documents[language] for language in LANGUAGES], found)}
    for language in LANGUAGES:
        out[f"report{_other(language)}.md"] = markdown(documents[language])
    return out
