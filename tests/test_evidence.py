"""Evidence: every number names rows of the ledger, every row is there for something, and both tables are true."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from sim import evidence
from sim.evidence import COLUMNS, PARAMETERS, SOURCES, sources
from sim.parameters import Spec, parameter, specs
from sim.report import declarations, uses
from sim.report.declarations import declared
from tests.conftest import ROOT

SPECS = list(declared())
NAMES = [f"{spec.owner}.{spec.name}" for spec in SPECS]
GIVEN = {"S": "S", "F": "F", "D": "SFDG", "G": "G"}
"""Tag of a parameter to the tags of which one of its sources must have one; a guess may rest on anything."""


def words_of(text: str) -> set[str]:
    """Split a text into words as ids are words, with hyphens."""
    return set(re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+|[A-Za-z0-9]+", text))


def test_the_words_of_a_text() -> None:
    assert words_of("(page-D8, prior-fee; 0.3 x guess)") >= {"page-D8", "prior-fee", "guess"}
    assert "page" not in words_of("page-D8")


# --- the rows -------------------------------------------------------------------------------------


def test_the_sources_open_with_pandas() -> None:
    """One row a source, six columns, nothing missing, no id twice."""
    table = pd.read_csv(SOURCES, keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert table["id"].is_unique
    assert list(table["id"]) == list(sources())
    assert not (table == "").any().any()
    assert set(table["role"]) == {"input", "target", "check"}


@pytest.mark.parametrize("name", sources())
def test_every_source_is_there_for_something(name: str) -> None:
    """An input is named by a parameter, by a rule's or mechanism's text, by the ODD or by another row."""
    source = sources()[name]
    if source.role != "input":
        return  # a press case or an independent number, to be compared with
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "sim").rglob("*.py")]
    odd = (ROOT / "ODD.md").read_text(encoding="utf-8")
    table = declarations.quoted(odd, "parameters")
    texts += [odd.replace(table, ""), *(other.citation for other in sources().values() if other.id != name)]
    named = any(name in spec.sources for spec in SPECS) or any(name in words_of(text) for text in texts)
    assert named, f"nothing rests on {name}: use it, or say that it is a target or a check"


@pytest.mark.parametrize("name", [name for name, source in sources().items() if source.role != "input"])
def test_what_is_only_compared_with_is_no_input(name: str) -> None:
    """A number that parameters are set by is no independent check and no target to be met."""
    assert [f"{spec.owner}.{spec.name}" for spec in SPECS if name in spec.sources] == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["id", "says"]], "columns are id, says, not id, tag"),
        ([["a", "E", "input", "x", "y"]], "source 'a' does not fill its 6 columns"),
        ([["a", "E", "input", "x", " ", "weak"]], "source 'a' does not fill its 6 columns"),
        ([[]], "source '' does not fill its 6 columns"),
        ([["a b", "E", "input", "x", "y", "weak"]], "source 'a b': an id has letters, digits and single hyphens"),
        ([["a", "X", "input", "x", "y", "weak"]], "source 'a': tag, role or trust is none of those there are"),
        ([["a", "E", "output", "x", "y", "weak"]], "source 'a': tag, role or trust is none of those there are"),
        ([["a", "E", "input", "x", "y", "sure"]], "source 'a': tag, role or trust is none of those there are"),
        ([["a", "E", "check", "x", "y", "weak: 1"], ["a", "F", "input", "x", "y", "fair"]], "'a' stands there twice"),
    ],
)
def test_a_bad_row_is_refused(lines: list[list[str]], said: str) -> None:
    """The program does not start on a table that says half of what it must."""
    heading = [] if lines[0][:1] == ["id"] else [list(COLUMNS)]
    with pytest.raises(TypeError, match=re.escape(said)):
        evidence.read(iter([*heading, *lines]))


# --- what parameters say --------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_every_parameter_resolves(spec: Spec) -> None:
    """Every id has a row; a tag is not better than the sources; a bare guess or choice says why."""
    assert spec.sources
    assert set(spec.sources) <= set(sources())
    assert len(set(spec.sources)) == len(spec.sources)
    tags = {sources()[name].tag for name in spec.sources}
    assert spec.tag == "E" or tags & set(GIVEN[spec.tag]), f"tagged {spec.tag}, but rests on {tags}"
    if set(spec.sources) & {"guess", "design"}:
        assert spec.tag == "E"
        assert spec.note


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("prior-rof", "parameter for 'how it leaks': source 'prior-rof' has no row in sim/evidence/sources.csv; "
         "did you mean 'prior-roof'?"),
        ("prior-roof, zzzzzz", "source 'zzzzzz' has no row in sim/evidence/sources.csv"),
        ("somebody said so: in passing", "source 'somebody said so' has no row"),
        ("", "parameter for 'how it leaks': no source is named"),
        (": a note alone", "no source is named"),
        ("prior-roof, : a note", "no source is named"),
    ],
)  # fmt: skip
def test_a_declaration_without_a_row_is_refused(source: str, said: str) -> None:
    """At declaration, so that the program does not start; the line says which and what may have been meant."""
    with pytest.raises(TypeError, match=re.escape(said)):
        parameter(1.0, 0.0, 2.0, unit="1", doc="how it leaks", source=source)


def test_ids_and_note_are_told_apart() -> None:
    """Ids before the first colon, the note after it; the note may have colons and commas of its own."""
    assert evidence.split("a-1, b: so: 1, 2") == (("a-1", "b"), "so: 1, 2")
    assert evidence.split("a") == (("a",), "")
    toy = type("Toy", (), {"__annotations__": {"x": float}})
    toy.x = parameter(1.0, 0.0, 2.0, unit="1", doc="x", source="guess, prior-roof: half")  # type: ignore[attr-defined]
    import dataclasses

    spec = specs(dataclasses.dataclass(toy), "toy")["x"]
    assert (spec.sources, spec.note, spec.tag) == (("guess", "prior-roof"), "half", "E")


def test_nothing_points_outside() -> None:
    """What a number rests on is told by ids of rows, never by pages that are not in the repository."""
    outside = re.compile(r"\bpriors: |\bin the priors\b|\bevidence [A-E]?\d|\bmodel \d+\.\d|\bseed-page\b|/work/")
    for path in [*(ROOT / "sim").rglob("*.py"), *(ROOT / "sim").rglob("*.csv"), ROOT / "ODD.md"]:
        found = outside.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found and found.group()}"


# --- the ledger of parameters ---------------------------------------------------------------------


def ledger() -> pd.DataFrame:
    """Read the ledger as anybody would."""
    return pd.read_csv(PARAMETERS, keep_default_na=False).set_index(["owner", "parameter"])


def test_the_ledger_is_true_to_the_code() -> None:
    """Every parameter stands there once, as declared."""
    assert PARAMETERS.read_text(encoding="utf-8") == declarations.ledger(), (
        "sim/evidence/parameters.csv is out of date; run python3 -m sim.report.declarations"
    )
    table = ledger()
    assert [f"{owner}.{name}" for owner, name in table.index] == NAMES
    assert table.index.is_unique
    assert list(table.reset_index().columns) == list(declarations.LEDGER)
    assert table[["value", "low", "high"]].dtypes.map(pd.api.types.is_numeric_dtype).all()


def test_some_rows_by_hand() -> None:
    """Rows written down from the rules' files, not from the program."""
    table = ledger()
    row = table.loc[("defects", "roof_cost")]
    assert (row["value"], row["low"], row["high"], row["unit"]) == (25_000, 20_000, 35_000, "yuan")
    assert (row["kind"], row["tag"], row["sources"]) == ("drawn", "D", "page-D10 roof-cost")
    assert (row["use"], row["meaning"]) == ("rules.defects", "typical cost of a roof repair")
    row = table.loc[("contracts", "notice_days")]
    assert (row["value"], row["kind"], row["tag"], row["sources"]) == (60, "set", "F", "civil-code-948")
    row = table.loc[("yijiantiao", "merged_hours")]
    assert (row["value"], row["low"], row["high"]) == (6, 4, 8)
    assert (row["sources"], row["use"]) == ("prior-hours", "mechanisms.yijiantiao")
    row = table.loc[("compound", "floors")]
    assert (row["value"], row["kind"], row["use"]) == (6, "structural", "places.compound places.county")
    row = table.loc[("doors", "door_hours")]
    assert row["use"] == "rules.doors rules.renewals rules.shares rules.visits"
    assert table.loc[("yijiantiao", "equal_hours"), "value"] == 0


def test_arithmetic_of_what_is_derived() -> None:
    """Numbers that rows and notes derive, worked out again here from what they name."""
    value = {(s.owner, s.name): s.default for s in SPECS}
    assert value["defects", "roof_cost"] == 200_000 / 8
    assert value["defects", "cost_low"] == 15_000 / 25_000
    assert value["defects", "cost_high"] == 60_000 / 25_000
    assert value["funding", "works_days"] == 15 / 3
    assert value["contracts", "fixed_share"] == round(602 / 1990, 1)
    assert value["compound", "member_share"] == round(1 - (1 - 0.071) ** 2.35, 2)
    assert round(1912 / 892, 2) == 2.14
    assert round(892 / 1990, 3) == 0.448
    assert (round(14.94 / 1.41, 1), round((14.94 - 6.75) / 1.41, 1)) == (10.6, 5.8)
    assert round(12.18 / 18.13, 3) == 0.672


# --- who reads a parameter ------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_no_parameter_is_idle(spec: Spec) -> None:
    """A parameter that nobody reads promises an uncertainty that is not there."""
    assert uses.of(spec), f"nothing in {', '.join(uses.READERS)} reads {spec.owner}.{spec.name}"


TOY = '''
"""A toy: docstrings that say "silent" or talk of w.p.told read nothing."""
NAMES = ("roof", "pipe")
STEPS = ("first_hours", "last_hours")

class Parameters:
    never: float = parameter(1.0, 0.0, 2.0, source="never")
    cost: float = parameter(1.0, 0.0, 2.0)

def cost_of(w, what, world):
    """Return it."""
    return [getattr(w.p, f"{n}_{what}") for n in NAMES]

def step(w, me, structure, world):
    "ignored"
    p = w.p
    w.count("flow", world)
    if "kept" in w.derived and w.derived["key"]:
        w.loaded = {"column": 1}
    for number, name in enumerate(NAMES):
        rate = getattr(p, name + "_rate")
    days = "short_days" if world else "long_days"
    return cost_of(w, "cost", world), p.plain, w.at("word", world), w.p.flat["flat"], me.own, structure.size, w.column
'''


def test_uses_are_seen_in_the_syntax() -> None:
    """Attributes, words and words put together count; columns, flows, keys, docstrings and declarations do not."""
    program = uses.Program([("rules.toy", TOY)])
    reads = set(program.reads(program.modules[0]))
    assert {name for how, name in reads if how == "me"} == {"own"}
    assert {name for how, name in reads if how == "structure"} == {"size"}
    world = {name for how, name in reads if how == "world"}
    assert world >= {"plain", "word", "flat", "short_days", "long_days", "first_hours", "last_hours"}
    assert world >= {"roof_rate", "pipe_rate", "roof_cost", "pipe_cost"}
    assert not world & {"never", "silent", "told", "ignored", "flow", "kept", "key", "column", "own", "size", "loaded"}
    assert not any(name.endswith(("_severity", "_what")) for name in world)


def test_an_idle_parameter_would_be_seen() -> None:
    """Nothing reads a parameter that is not in the program, and a mechanism's name is not the world's."""
    template = next(spec for spec in SPECS if spec.name == "quarrel_rate")
    fields = {**vars(template)}
    assert uses.of(Spec(**fields)) == ("rules.neighbours",)
    assert uses.of(Spec(**{**fields, "name": "quarrel_volume"})) == ()
    assert uses.of(Spec(**{**fields, "name": "merged_hours"})) == ()
    assert uses.of(Spec(**{**fields, "name": "roof_height"})) == ()


def test_the_tables_are_in_the_package() -> None:
    """They lie beside the code and plain readers understand them, so a clone and an installed package have them."""
    assert Path(evidence.__file__).parent == SOURCES.parent == PARAMETERS.parent == ROOT / "sim" / "evidence"
    for path in (SOURCES, PARAMETERS):
        with open(path, encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1
