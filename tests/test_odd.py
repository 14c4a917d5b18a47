"""The ODD says what the code declares."""

import re

import pytest

from sim import evidence, places
from sim.mechanisms import registry
from sim.report import declarations
from sim.schedule import RULES, SCHEDULE
from tests.conftest import ROOT


@pytest.mark.parametrize("block", declarations.BLOCKS)
def test_odd_quotes_the_code(block: str) -> None:
    """Every quoted table stands in the ODD exactly as the code declares it."""
    text = declarations.ODD.read_text(encoding="utf-8")
    assert declarations.quoted(text, block) == declarations.BLOCKS[block](), (
        f"ODD.md: block '{block}' is out of date; run python3 -m sim.report.declarations"
    )


def test_the_schedule_keeps_the_order_of_a_day() -> None:
    """Phases stand in the order of the steps of a day, and every step has a phase but the first of all, the record."""
    steps = [phase.step for phase in SCHEDULE]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 11))


def test_every_phase_says_what_it_does() -> None:
    """A phase's docstring begins with 'Phase', so that the table of the ODD can be read."""
    for phase in SCHEDULE:
        assert (phase.function.__doc__ or "").startswith("Phase"), phase.name


# -- what people write, held true to the code ------------------------------------------------------

TEXT = declarations.ODD.read_text(encoding="utf-8")
CHINESE = declarations.ODD.with_name("ODD.zh.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^#+ ([\d.]+[a-z]?) ", TEXT, re.MULTILINE))
ELEMENTS = (
    *("Purpose and patterns", "Entities, state variables, scales", "Process overview and scheduling"),
    *("Design concepts", "Initialisation", "Input data", "Submodels"),
)
CONCEPTS = (
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction"),
    *("Stochasticity", "Collectives", "Heterogeneity", "Observation"),
)


def rows(block: str) -> list[list[str]]:
    """The rows of a table that people wrote between markers."""
    _, _, *lines = declarations.quoted(TEXT, block).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_elements_stand_in_the_readers_order() -> None:
    """The seven elements of ODD 2020, the eleven concepts and heterogeneity, which ODD+D asks for."""
    assert re.findall(r"^## [1-7] (.*)$", TEXT, re.MULTILINE) == list(ELEMENTS)
    start, end = TEXT.index("## 4 Design concepts"), TEXT.index("### 4.12 Decisions")
    assert tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", TEXT[start:end], re.MULTILINE)) == CONCEPTS


def test_the_checklist_leads_somewhere() -> None:
    """Every item is answered in sections that there are; every element and concept is an item."""
    checklist = rows("checklist")
    answered = {part.strip() for _, where in checklist for part in where.split(",")}
    assert answered <= SECTIONS
    items = " ".join(item for item, _ in checklist).lower()
    assert [name for name in CONCEPTS if name.lower() not in items] == []
    assert len(checklist) == len({item for item, _ in checklist})


def test_decisions_are_those_of_the_code() -> None:
    """Rules, draws, parameters and sources that the table names are there; nobody's decision lacks a source."""
    known = {rule.name for rule in RULES} | {path.stem for path in (ROOT / "sim" / "rules").glob("*.py")}
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "sim").rglob("*.py"))
    parameters = {spec.name for spec in declarations.declared()}
    for decision, rule, _, evidence_, _, chance, _ in rows("decisions"):
        assert set(re.findall(r"`([^`]+)`", rule)) <= known, decision
        cited = re.findall(r"`([^`]+)`", evidence_)
        assert cited and set(cited) <= {*evidence.sources(), "guess"}, decision
        for draw in re.findall(r"`([^`]+)`", chance):
            assert f'"{draw}"' in code or draw in parameters, (decision, draw)


def test_the_chinese_summary_keeps_up() -> None:
    """It has the same sections, and names every mechanism, every channel and every kind of place there is."""
    sections = re.findall(r"^## (\d+)", TEXT, re.MULTILINE)
    assert re.findall(r"^## (\d+)", CHINESE, re.MULTILINE) == sections
    for name, mechanism in registry().items():
        assert f"`{name}`" in CHINESE
        assert [channel for channel in mechanism.channels if f"`{channel}`" not in CHINESE] == [], name
    assert [place for place in places.registry() if f"`{place}`" not in CHINESE] == []
    steps = re.findall(r"^(\d+)\. ", CHINESE, re.MULTILINE)
    assert [int(step) for step in steps] == sorted({phase.step for phase in SCHEDULE})
