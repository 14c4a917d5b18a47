"""The figure of press cases: bins, and the same file for the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.report import press, press_labels
from sim.study.press import cases, play


def played(name: str, **values: np.ndarray) -> play.Played:
    """Return a case with made-up values of its reported measures."""
    return play.Played(cases.load(name), play.Play(), {play.FULL: values, play.WITHOUT: values})


def test_few_whole_numbers_have_a_bar_each() -> None:
    assert press._edges(np.array([0.0, 2.0, 8.0])).tolist() == [x - 0.5 for x in range(10)]
    assert len(press._edges(np.array([0.0, 0.5, 8.0]))) == press.BINS + 1
    assert len(press._edges(np.array([0.0, 200_000.0]))) == press.BINS + 1
    edges = press._edges(np.array([0.0]))
    assert edges.tolist() == [-0.5, 0.5]


def test_every_case_and_reported_number_has_words_in_both_languages() -> None:
    """The English of a case is that of its file; words of others are what their files say."""
    for name in cases.names():
        case = cases.load(name)
        assert press_labels.CASES[name].en == case.title
        assert set(case.reported) <= set(press_labels.MEASURES), "add them to MEASURES in sim/report/press_labels.py"
    assert press_labels.case("S77", "zh", "a story") == "a story"
    assert press_labels.measure("mine", "zh", "what it is") == "what it is"


def test_a_panel_for_every_reported_number(tmp_path: Path) -> None:
    done = [
        played("S2", roofs_conceded=np.array([0.0, 1.0]), yuan_conceded=np.array([0.0, 3e4])),
        played("S3", roofs_shared=np.array([0.0, 3.0]), span_days=np.array([np.inf, 20.0])),
        played("S4", pests_gone=np.array([1.0, 0.0])),
    ]
    figure = press.figure(done)
    assert len(figure.axes) == 5
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert "page: 8" in said
    assert "page: 200,000" in said
    assert "page: yes" in said
    assert said.count("never") == 1
    assert [axes.get_title(loc="left")[:2] for axes in figure.axes] == ["S2", "S2", "S3", "S3", "S4"]
    chinese = press.figure(done, "zh")
    said = [text.get_text() for axes in chinese.axes for text in axes.texts]
    assert "报道：200,000" in said and "报道：是" in said and "始终没有" in said
    titles = [axes.get_title(loc="left") for axes in chinese.axes]
    assert titles[0] == f"S2  {press_labels.CASES['S2'].zh}"
    files = press.draw(done, tmp_path / "one")
    assert [file.name for file in files] == ["one.png", "one.pdf", "one.zh.png", "one.zh.pdf"]
    again = press.draw(done, tmp_path / "two")
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]
