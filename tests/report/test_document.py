"""The report of a result: its prose says what its tables say, in both languages, and nothing foreign becomes markup."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim import commands, environment
from sim.report import labels
from sim.report import report_labels as words
from sim.report.document import brief, build, command, effects, material, render
from sim.report.document.blocks import Document, Grid, Items, Paragraph, Section, numbers
from sim.report.labels import LANGUAGES, Language
from sim.report.tables import number
from sim.study.files import read_csv, write_csv
from tests.conftest import ROOT

REFERENCE = ROOT / "results" / "reference"
KINDS = {
    "yijiantiao": "run",
    "hohhot_2025": "run",
    "coverage": "sweep",
    "capture": "sweep",
    "teams": "sweep",
    "mobile_mediation": "run",
    "yijiantiao-attribution": "attribution",
    "yijiantiao-sensitivity": "sensitivity",
}


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """A folder as `reproduce` leaves it."""
    row = {"case": "S9", "measure": "law_talks_held", "unit": "talks", "reported": 15.0, "percentile": 80.0, "n": 100}
    told = {"median": 13.0, "low": 11.0, "high": float("inf"), "reached": 0.25, "verdict": "ordinary"}
    less = told | {"median": 0.0, "reached": 0.0, "verdict": "not met"}
    frame = pd.DataFrame([row | {"scenario": "arrangement"} | told, row | {"scenario": "counterfactual"} | less])
    frame.to_csv(tmp_path / "cases.csv", index=False)
    return tmp_path


def documents(folder: Path) -> Iterator[Document]:
    found = material.read(folder)
    for language in LANGUAGES:
        yield build.document(found, language)


def foreign(document: Document) -> list[str]:
    """Numbers of the prose that no table of the document has."""
    known = document.numbers_of_tables()
    return [f"{n} in: {text}" for text in document.prose() for n in numbers(text) if n not in known]


# -- prose and tables ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_every_number_of_the_prose_stands_in_a_table(name: str) -> None:
    assert material.read(REFERENCE / name).kind == KINDS[name]
    for document in documents(REFERENCE / name):
        assert sum(len(numbers(text)) for text in document.prose()) > 10
        assert foreign(document) == []


def test_so_it_does_in_a_result_with_everything(small_result: Path, press: Path) -> None:
    for folder in (small_result, press):
        for document in documents(folder):
            assert foreign(document) == []


def test_a_number_from_elsewhere_would_be_noticed() -> None:
    grid = Grid("", ("a", "1,000 households"), (("x", "-2,850"), ("y", "0.5 to 82%")))
    blocks = (Paragraph("2,850 of 1000, 0.5; 82% and 83."), Items(("7.",)), grid)
    assert foreign(Document("en", "", "", (Section("s", "", blocks),))) == [
        "83 in: 2,850 of 1000, 0.5; 82% and 83.",
        "7 in: 7.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_is_what_the_comparison_says(language: Language) -> None:
    """Worked out here from the CSV, not by the report's own functions."""
    table = read_csv(REFERENCE / "yijiantiao" / "comparison.csv")
    row = table[(table["outcome"] == "unresolved") & (table["scenario"] == "merged")].iloc[0]
    assert (row["scenario"], row["baseline"]) == ("merged", "body_branch")
    lead = next(
        block.text
        for document in documents(REFERENCE / "yijiantiao")
        if document.language == language
        for block in document.sections[0].blocks
        if isinstance(block, Paragraph) and block.lead
    )
    first = lead[: lead.index(words.EXPLAINED["unresolved"](language))]
    scale = max(abs(row[key]) for key in ("difference", "low", "high"))
    expected = [
        number(abs(row["difference"]), scale),
        f"{abs(row['difference']) / row['mean_baseline']:.0%}",
        number(row["mean_baseline"]),
        number(row["low"], scale).lstrip("-"),
        number(row["high"], scale).lstrip("-"),
        f"{row['share_same_sign']:.0%}",
        str(row["n"]),
    ]
    said = numbers(first)
    for value in expected:
        assert numbers(value)[0] in said, value
    assert labels.scenario("merged", language) in first and labels.scenario("body_branch", language) in first


def test_other_numbers_give_other_prose(small_result: Path, tmp_path: Path) -> None:
    """A result that says the contrary is told so: which way, how much, and whether it can be told at all."""
    copy = shutil.copytree(small_result, tmp_path / "copy", ignore=shutil.ignore_patterns("blocks", "*.parquet"))
    table = read_csv(copy / "comparison.csv")
    mine = (table["outcome"] == "unresolved") & (table["scenario"] == "merged")
    told = []
    for difference, low, high in ((-4321.0, -5000.0, -4000.0), (4321.0, 4000.0, 5000.0), (43.0, -99.0, 500.0)):
        table.loc[mine, ["difference", "low", "high"]] = difference, low, high
        write_csv(copy / "comparison.csv", table)
        found = material.read(copy)
        told.append(next(iter(brief.of_run(found, "en"))))
    assert "lowers unresolved by 4,320" in told[0] and "-5,000 to -4,000" in told[0]
    assert "raises unresolved by 4,320" in told[1]
    assert "cannot be told" in told[2] and "+43" in told[2]


def test_readings() -> None:
    assert effects.reading("unresolved", -2.0, -3.0, -1.0) == "better"
    assert effects.reading("unresolved", 2.0, 1.0, 3.0) == "worse"
    assert effects.reading("settled_90", 0.2, 0.1, 0.3) == "better"
    assert effects.reading("settled_90", 0.2, -0.1, 0.3) == "open"
    assert effects.reading("opened", 2.0, 1.0, 3.0) == "more"
    assert effects.reading("unresolved", float("nan"), float("nan"), float("nan")) == "unknown"
    assert [effects.percent(x) for x in (0.5, 0.031, 0.0002, 0.0, -0.12, float("nan"))] == [
        "50%", "3.1%", "<0.1%", "0%", "-12%", "n/a",
    ]  # fmt: skip


def test_both_languages_tell_the_same(small_result: Path) -> None:
    """The same sections with the same tables and figures; cells that are numbers are equal."""
    english, chinese = documents(small_result)
    assert [s.name for s in english.sections] == [s.name for s in chinese.sections]
    assert [p.stem for p in english.pictures()] == [p.stem for p in chinese.pictures()] == ["forest", "funnel"]
    for a, b in zip(english.grids(), chinese.grids(), strict=True):
        assert [len(row) for row in a.rows] == [len(row) for row in b.rows] == [len(a.head)] * len(a.rows)
        assert [cell for row in a.rows for cell in row[a.words :] if "to" not in cell and cell[-1:].isdigit()] == [
            cell for row in b.rows for cell in row[b.words :] if "至" not in cell and cell[-1:].isdigit()
        ]
    chinese_prose = "".join(chinese.prose())
    assert sum("\u4e00" <= c <= "\u9fff" for c in chinese_prose) > 1000


def test_what_stands_in_it(small_result: Path, press: Path) -> None:
    english, _ = documents(small_result)
    names = ["brief", "question", "compared", "assumptions", "results", "worth", "funnel", "ends", "whom",
             "attribution", "sensitivity", "ledger", "limits", "cite", "manifest"]  # fmt: skip
    assert [section.name for section in english.sections] == names
    ledger = next(grid for grid in english.grids() if grid.caption == words.LEDGER.en)
    assert len(ledger.rows) > 200
    assert {row[4] for row in ledger.rows} <= set("SFDEG")
    commit = json.loads((small_result / "manifest.json").read_text())["commit"]
    assert any(str(commit) in row for grid in english.grids() for row in grid.rows)
    english, _ = documents(press)
    said = next(block for block in english.sections[0].blocks if isinstance(block, Items)).texts[0]
    assert "the page reports 15; half of the worlds under the arrangement reach 13 (90% interval 11 to ∞)" in said
    assert [section.name for section in english.sections][-1] == "manifest"


def test_true_and_recorded_success_stand_side_by_side(small_result: Path) -> None:
    english, chinese = documents(small_result)
    runs = pd.read_csv(small_result / "runs.csv").groupby("scenario", sort=False)
    for told, caption in ((english, words.BOOKS.en), (chinese, words.BOOKS.zh)):
        told_books = next(grid for grid in told.grids() if grid.caption == caption)
        assert len(told_books.rows) == len(runs)
        for row, column in zip(
            zip(*told_books.rows, strict=True), ("", "settled_at_table", "settled_in_books"), strict=True
        ):
            if column:
                means = runs[column].mean()
                assert [float(share.rstrip("%")) for share in row] == pytest.approx(100 * means, abs=0.51)


def test_what_is_worth_most_is_what_its_tables_say(small_result: Path, tmp_path: Path) -> None:
    """At the middle wage: costs, shares of a few prices with a star at the best, EVPI; without its tables nothing."""
    lines = read_csv(small_result / "acceptability.csv").query("wage == 20 and willingness == 10")
    for document in documents(small_result):
        (section,) = (section for section in document.sections if section.name == "worth")
        costs, sure = (block for block in section.blocks if isinstance(block, Grid))
        names = [
            labels.point(name, document.language)  # type: ignore[arg-type]
            for name in ("none", "body", "body_branch", "merged")
        ]
        assert [row[0] for row in costs.rows] == [row[0] for row in sure.rows[:-1]] == names
        at = sure.head.index("10")
        said = [row[at] for row in sure.rows]
        assert said[:-1] == [
            effects.percent(share) + ("*" if best else "")
            for share, best in zip(lines["acceptable"], lines["best"], strict=True)
        ]
        assert said[-1] == number(lines["evpi"].iloc[0])
        assert sum(cell.endswith("*") for cell in said) == 1
    ignored = shutil.ignore_patterns("blocks", "*.parquet", "acceptability.csv")
    copy = shutil.copytree(small_result, tmp_path / "copy", ignore=ignored)
    assert all("worth" not in {section.name for section in document.sections} for document in documents(copy))


def test_studies_that_lie_beside_are_taken_along(tmp_path: Path) -> None:
    for name in ("yijiantiao", "yijiantiao-attribution"):
        shutil.copytree(REFERENCE / name, tmp_path / name)
    (tmp_path / "yijiantiao-sensitivity").mkdir()
    manifest = json.loads((tmp_path / "yijiantiao" / "manifest.json").read_text())
    (tmp_path / "yijiantiao-sensitivity" / "manifest.json").write_text(json.dumps(manifest))
    frame = pd.DataFrame({"outcome": ["unresolved"], "factor": ["never_pay"], "mu_star": [123.4]})
    frame.to_csv(tmp_path / "yijiantiao-sensitivity" / "morris.csv", index=False)
    for document in documents(tmp_path / "yijiantiao"):
        assert foreign(document) == []
        cells = {cell for grid in document.grids() for row in grid.rows for cell in row}
        assert {"never_pay", "123"} <= cells
        assert labels.channel("coordination", document.language) in cells  # type: ignore[arg-type]


# -- writing -------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects elements and where they lead, and the text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "action", "data")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


EVIL = "</title><script>alert(1)</script><img src=x onerror=alert(2)> | `x` [a](b) *c* {{ 7*7 }} &amp; \u202e"


def test_nothing_foreign_becomes_markup(small_result: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(small_result, tmp_path / "copy", ignore=shutil.ignore_patterns("blocks", "*.parquet"))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["name"] = manifest["config"]["question"] = manifest["config"]["hypothesis"] = EVIL
    manifest["commit"] = manifest["version"] = EVIL
    manifest["config"]["scenarios"][EVIL] = [EVIL]
    manifest["digests"][EVIL] = EVIL
    (copy / "manifest.json").write_text(json.dumps(manifest))
    for name in ("comparison.csv", "runs.csv"):
        frame = read_csv(copy / name).replace({"scenario": {"merged": EVIL}})
        write_csv(copy / name, frame)
    page, english, chinese = command.write(copy, tmp_path / "out")
    tags = Tags()
    text = page.read_text("utf-8")
    tags.feed(text)
    assert tags.elements.count("script") == 1
    assert tags.handlers == []
    assert "alert(1)" not in text[text.index("<script>") :]
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in tags.addresses)
    assert "".join(tags.text).count("<script>alert(1)</script>") > 5
    for path in (english, chinese):
        text = path.read_text("utf-8")
        assert text.count("```") == 4, "something foreign has closed a block of code"
        lines = re.sub(r"^```\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
        assert not any(re.search(r"(?<!\\)<(script|img)", line) for line in lines)
        cells = {}
        for line in lines:
            if line.startswith("|"):
                cells.setdefault(len(re.findall(r"(?<!\\)\|", line)), []).append(line)
        assert all(len(rows) > 2 for rows in cells.values())


def test_the_page_needs_nothing_else(small_result: Path, tmp_path: Path) -> None:
    page, *_ = command.write(small_result, tmp_path)
    text = page.read_text("utf-8")
    bare = re.sub(r"data:[a-z0-9/]+;base64,[A-Za-z0-9+/=]+", "DATA", text)
    assert re.findall(r"""(?:src|href)=["']([^"'#][^"']*)""", bare) == ["DATA"] * 4
    assert re.findall(r"url\(\"?([^)\"]*)", bare) == ["DATA"]
    assert "@import" not in bare and "<link" not in bare
    assert "default-src 'none'" in bare
    assert len(bare) < 1_000_000


def test_the_command(small_result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                     capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)
    copy = shutil.copytree(small_result, tmp_path / "copy", ignore=shutil.ignore_patterns("blocks", "*.parquet"))
    assert commands.main(["report", "copy"]) == commands.OK
    assert capsys.readouterr().out == "Report: copy/report.html  (report.md, report.zh.md)\n"
    assert {path.name for path in copy.glob("report*")} == {"report.html", "report.md", "report.zh.md"}
    first = (copy / "report.html").read_bytes()
    assert commands.main(["report", "copy", "--out", "other"]) == commands.OK
    assert (tmp_path / "other" / "report.html").read_bytes() == first


def test_long_tables_are_cut_and_say_so(small_result: Path) -> None:
    from sim.report.document import results

    found = material.read(small_result)
    long = pd.DataFrame({"scenario": ["none"] * 99, "compounds": range(99)})
    (grid,) = results.others(replace(found, tables={"leaders": long}), "en", ["leaders"])
    assert isinstance(grid, Grid)
    assert len(grid.rows) == 41 and "99" in grid.note and "99" in grid.rows[-1]


def test_markdown_escapes() -> None:
    assert render.escaped("a|b *c* <d>\n`e`") == r"a\|b \*c\* \<d\> \`e\`"
