"""The house style: the font has what is written, words break where they may, files are small and always the same."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sim.report import style
from sim.report.fonts import cut
from sim.report.labels import Language, Text

WORDS = Text("It changes little: -1,234 (−5 ≥ 3)", "“一肩挑”改变不大：差值为 -1,234")


def figure(language: Language) -> Figure:
    with style.house():
        drawn = Figure(figsize=(4, 2))
        style.heading(drawn, style.title_lines(WORDS(language), 4))
        style.foot(drawn, style.foot_lines(WORDS(language), 4))
        axes = drawn.add_axes((0.1, 0.35, 0.8, 0.3))
        axes.plot([1, 2], [-3, 4], color=style.BLUE)
        style.plain(axes)
        return drawn


def test_the_font_is_the_one_that_the_script_cuts() -> None:
    assert style.characters_of_font() >= set(cut.characters())
    assert len(cut.characters()) > 4_100  # 3,755 characters, and signs
    assert style.drawable("物业管理委员会 Hohhot “嘎查” é ％ 12")
    assert not style.drawable("कखग")
    for suffix, most in (("ttf", 1_200_000), ("woff2", 600_000)):
        assert 300_000 < (cut.HERE / f"{cut.STEM}.{suffix}").stat().st_size < most


def test_the_font_has_a_name_of_its_own_and_its_licence_beside_it() -> None:
    from matplotlib.font_manager import get_font

    font = get_font(str(style.FONT))
    assert font.family_name == "Grassroots Sans"
    names = b"".join(font.get_sfnt().values()).decode("utf-16-be")
    assert "Open Font License" in names and "Adobe" in names
    licence = (cut.HERE / "OFL.txt").read_text(encoding="utf-8")
    assert "Reserved Font Name 'Source'" in licence and "PERMISSION & CONDITIONS" in licence
    assert "Source" not in cut.FAMILY and "Noto" not in cut.FAMILY


def test_files_in_both_languages_are_small_and_the_same_again(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    first = style.save_all(figure, tmp_path / "one")
    with mpl.rc_context({"savefig.bbox": "tight", "lines.linewidth": 5, "font.size": 20}):
        second = style.save_all(figure, tmp_path / "two")
    assert dict(mpl.rcParams) == before
    assert [path.name for path in first] == ["one.png", "one.pdf", "one.zh.png", "one.zh.pdf"]
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()
        assert len(a.read_bytes()) < 60_000
    with Image.open(first[2]) as picture:
        assert picture.size == (4 * style.DPI, 2 * style.DPI)
    pdf = first[3].read_bytes()
    # Fonts go in as TrueType, cut to what is used.
    assert b"/FontFile2" in pdf and b"Grassroots" in pdf and b"/Type3" not in pdf and b"CreationDate" not in pdf


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a well known long text", 10, ["a well", "known long", "text"]),
        ("incomprehensibilities are", 8, ["incomprehensibilities", "are"]),
        ("业委会（物管会）主任", 8, ["业委会", "（物管", "会）主任"]),
        ("改变了什么，与两个人", 10, ["改变了什", "么，与两个", "人"]),
        ("对比：body_branch 与 none", 12, ["对比：", "body_branch", "与 none"]),
        ("  two   blanks ", 20, ["two blanks"]),
        ("", 5, []),
    ],
)
def test_wrapping(text: str, width: float, lines: list[str]) -> None:
    assert style.wrap(text, width) == lines


def test_wrapping_loses_nothing_and_keeps_to_the_width() -> None:
    text = "书记兼任业委会（物管会）主任，“一肩挑”改变了什么：with two persons, 30 天内解决 50％。"
    for width in range(8, 60):
        lines = style.wrap(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert max(map(style.units, lines)) <= width
        assert not any(line[0] in "，。：）”％" for line in lines)
    assert style.wrap("one two three four", 9, most=1) == ["one two …"]


def test_colours_of_scenarios() -> None:
    names = ["none", "mine", "merged", "yours"]
    chosen = style.colours(names)
    assert chosen["merged"] == style.SCENARIO_COLOURS["merged"] == style.colours(["merged"])["merged"]
    assert len(set(chosen.values())) == len(names)
    assert set(style.colours([f"s{i}" for i in range(20)])) == {f"s{i}" for i in range(20)}
