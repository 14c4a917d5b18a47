"""Cut the project's font from Noto Sans CJK: what figures and a page need to write Chinese, and no more.

``python3 sim/report/fonts/cut.py`` writes the font as TrueType (figures) and WOFF2 (a page) beside this file. It needs
the Debian package ``fonts-noto-cjk``, ``fonttools`` and ``brotli``; nothing else does: the cut font is in the
repository.

The licence (OFL, in ``OFL.txt``) asks that what is changed does not bear a reserved name, so the family is renamed.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Where Debian's ``fonts-noto-cjk`` puts it."""

SOURCE_FAMILY = "Noto Sans CJK SC"
FAMILY, STEM = "Grassroots Sans", "GrassrootsSans-Regular"

ERROR = 1.0
"""How far the quadratic curves of TrueType may lie from the cubic ones of the source, thousandths of an em."""

SIGNS = "–—‘’“”†‡•…‰′″‹›←↑→↓⇒∑−√∞≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩■□▲△▼▽◆◇○●★☆"
"""Signs beyond Latin-1 and those of GB 2312 that figures use."""

NOT_USED = (
    *("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements", "SizeOfInstructions"),
    *("ComponentElements", "ComponentDepth", "CompositePoints", "CompositeContours", "Points", "Contours"),
)
"""Limits of a TrueType font that are 0 without hints, or worked out when it is written."""

BEYOND = "敕瑕砼"
"""Chinese characters beyond the 3,755 most common ones that words of the field need."""


def characters() -> str:
    """Return what the font can write: ASCII, Latin-1, signs, full-width forms and GB 2312's first level."""
    found = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))} | set(SIGNS) | set(BEYOND)
    for row in (1, 3, *range(16, 56)):  # punctuation and signs, full-width forms, characters by sound
        for cell in range(1, 95):
            try:
                found.add(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue  # row 55 is not full
    return "".join(sorted(c for c in found if not unicodedata.category(c).startswith("C")))


def cut(source: Path = SOURCE, folder: Path = HERE) -> list[Path]:
    """Write the font, the same bytes from the same source.

    Args:
        source: the collection of Noto Sans CJK, regular.
        folder: where to.

    Returns:
        The files written.
    """
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    fonts = [font for font in TTCollection(source).fonts if font["name"].getDebugName(1) == SOURCE_FAMILY]
    if not fonts:
        raise SystemExit(f"error: {source} holds no '{SOURCE_FAMILY}'")
    font = fonts[0]
    options = subset.Options(
        layout_features=["kern"],
        hinting=False,
        desubroutinize=True,
        notdef_outline=True,
        name_IDs=[0],
        name_languages=[0x409],
        drop_tables=[*subset.Options._drop_tables_default, "BASE", "VORG", "vhea", "vmtx"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters())
    cutter.subset(font)
    _to_truetype(font)
    _rename(font)
    # One table of characters is enough, and matplotlib reads all anew for every PDF.
    font["cmap"].tables = [table for table in font["cmap"].tables if (table.format, table.platformID) == (4, 3)]
    font.recalcTimestamp = False
    paths = []
    for flavor, suffix in ((None, "ttf"), ("woff2", "woff2")):
        font.flavor = flavor
        paths.append(folder / f"{STEM}.{suffix}")
        font.save(paths[-1])
    return paths


def _to_truetype(font: Any) -> None:
    """Turn the cubic outlines of a font into quadratic ones, glyph by glyph."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    order, outlines = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    for name in order:
        glyphs[name].recalcBounds(font["glyf"])
        advance, _ = font["hmtx"][name]
        font["hmtx"][name] = (advance, getattr(glyphs[name], "xMin", 0))
    maximum = font["maxp"] = newTable("maxp")
    maximum.tableVersion = 0x00010000
    for field in NOT_USED:
        setattr(maximum, f"max{field}", 0)
    maximum.maxZones, maximum.numGlyphs = 1, len(order)
    font["post"].formatType, font["post"].glyphOrder = 3.0, order
    font["post"].extraNames, font["post"].mapping = [], {}
    font.sfntVersion = "\000\001\000\000"


def _rename(font: Any) -> None:
    """Give the font its own name, and keep whose it is and under which licence."""
    names = {
        1: FAMILY,
        2: "Regular",
        3: STEM,
        4: FAMILY,
        5: "Version 1.0; a subset",
        6: STEM,
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1, see OFL.txt.",
        14: "https://openfontlicense.org",
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main() -> int:
    """Cut it."""
    parser = argparse.ArgumentParser(description="Cut the project's font from Noto Sans CJK.")
    parser.add_argument("source", nargs="?", type=Path, default=SOURCE, help="NotoSansCJK-Regular.ttc")
    for path in cut(parser.parse_args().source):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
