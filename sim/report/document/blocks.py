"""What a document is made of: sections of paragraphs, lists, tables and pictures, each in one language, as plain text.

Nothing here is marked up; what a reader's browser or editor must not take for markup is escaped when it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
"""A number as documents write it, without its sign."""


@dataclass(frozen=True)
class Paragraph:
    """Sentences.

    Attributes:
        text: the sentences.
        lead: whether it is what must be read if nothing else is.
    """

    kind: ClassVar[str] = "paragraph"
    text: str
    lead: bool = False


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        caption: what stands above it.
        head: heads of its columns.
        rows: its cells as they are read.
        words: the first so many columns are words, the others are numbers.
        folded: whether it is long, and only opened by who wants it.
        note: what stands below it.
    """

    kind: ClassVar[str] = "grid"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    folded: bool = False
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure of the result folder.

    Attributes:
        stem: its name in `sim.report.figures.FIGURES`.
        caption: what it shows.
    """

    kind: ClassVar[str] = "picture"
    stem: str
    caption: str


@dataclass(frozen=True)
class Verbatim:
    """Text to be copied as it stands."""

    kind: ClassVar[str] = "verbatim"
    text: str


Block = Paragraph | Items | Grid | Picture | Verbatim


@dataclass(frozen=True)
class Section:
    """A part of the document.

    Attributes:
        name: short, for links to it.
        title: its heading.
        blocks: what is in it.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A report in one language.

    Attributes:
        language: which.
        title: its heading.
        subtitle: what stands below it.
        sections: its parts.
    """

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...] = field(default=())

    def grids(self) -> Iterator[Grid]:
        """Yield its tables."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Grid))

    def pictures(self) -> Iterator[Picture]:
        """Yield its figures."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Picture))

    def prose(self) -> Iterator[str]:
        """Yield all that is said outside tables: headings, sentences, captions and notes."""
        yield from (self.title, self.subtitle)
        for section in self.sections:
            yield section.title
            for block in section.blocks:
                if isinstance(block, Paragraph):
                    yield block.text
                elif isinstance(block, Items):
                    yield from block.texts
                elif isinstance(block, Grid):
                    yield from (block.caption, block.note)
                elif isinstance(block, Picture):
                    yield block.caption

    def numbers_of_tables(self) -> set[str]:
        """Return every number that stands in a cell or a head, as `numbers` writes them."""
        cells = (cell for grid in self.grids() for row in (grid.head, *grid.rows) for cell in row)
        return {number for cell in cells for number in numbers(cell)}


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, without signs and without what separates thousands."""
    return [found.replace(",", "") for found in NUMBER.findall(text)]
