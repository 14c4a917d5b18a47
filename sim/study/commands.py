"""The commands ``run``, ``attribute``, ``compare``, ``list`` and ``show``, called by `sim.commands`.

Pandas, Arrow and the plotting library are imported only once a configuration has been checked, so
that a mistake is told at once.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim import environment, mechanisms
from sim.errors import ConfigError
from sim.study.compose import GROUPS, heading
from sim.study.config import Config, describe, load, load_attribution, options

if TYPE_CHECKING:
    from rich.console import Console

    from sim.study.experiment import Plan
    from sim.study.runner import Progress, Result
    from sim.study.statistics import OutcomeSpec

WIDTH = 100
"""Columns of what is printed where no terminal says how wide it is."""

MOST_COMPARISONS = 12
"""Of more comparisons than so many only the headline is printed, and what leads it; all of them are kept."""

HEADLINE = "unresolved"

CLONE = Path(__file__).resolve().parent.parent.parent


def run(arguments: argparse.Namespace) -> int:
    """Run an experiment, or say what would be run; return the exit code.

    Args:
        arguments: name, settings, out, resume, backend, workers and dry_run.
    """
    config = load(arguments.name, arguments.settings)
    result = _computed(config, arguments, lambda result: _tables(config, result))
    if isinstance(result, int):
        return result
    tables = [*result.answers, *(["naive"] if len(result.naive) else [])]
    files = ", ".join(["runs.csv, comparison.csv", *(f"{name}.csv" for name in tables)])
    if config.detail:
        files += ", ends.csv, daily.parquet, cases.parquet, agreements.parquet, cells.parquet, events.parquet"
    _tell_results(config, result, files)
    return 0


def _tables(config: Config, result: Result) -> None:
    """Print the tables of an experiment."""
    from sim.outcomes import FAMILIES
    from sim.report.naive import print_naive
    from sim.report.tables import print_comparison, print_rates
    from sim.study import answers

    console, first = _console(), config.scenarios[0].name
    there = {spec.family for spec in answers.outcome_specs(config.place)}
    headed = {family: heading for family, heading in FAMILIES.items() if family in there}
    print_rates(console, result.runs, first, answers.outcome_specs(config.place), families=headed)
    if len(result.comparison):
        specs = answers.outcome_specs(config.place, main=True)
        few = len(config.comparisons) <= MOST_COMPARISONS
        title = config.question or config.name
        print_comparison(
            console, result.comparison, title=title, outcomes=specs if few else first_of(config.place, specs)
        )
        if few and len(result.naive):
            print_naive(console, result.naive)
    sys.stdout.flush()


def first_of(place: str, specs: Sequence[OutcomeSpec]) -> list[OutcomeSpec]:
    """Return the outcomes that stand for all: the headline, and in villages collective income before it."""
    from sim.outcomes import leading

    names = [spec.name for spec in leading(place)]
    shown = names[: names.index(HEADLINE) + 1]
    return [spec for name in shown for spec in specs if spec.name == name]


def attribute(arguments: argparse.Namespace) -> int:
    """Run all coalitions of a mechanism's channels and print what each channel carries; return the exit code.

    Args:
        arguments: those of `run`.
    """
    config = load_attribution(arguments.name, arguments.settings)
    result = _computed(config, arguments)
    if isinstance(result, int):
        return result
    from sim.report.attribution import print_shares

    assert config.attributed is not None
    shares, hours = (result.answers[name].frame for name in ("attribution", "hours"))
    print_shares(_console(), shares, hours, config.attributed)
    if "limits" in result.answers:
        from sim.report.limits import print_limits

        print_limits(_console(), result.answers["limits"].frame, next(iter(config.attributed.scenarios)))
    tables = [f"{name}.csv" for name in result.answers]
    _tell_results(config, result, ", ".join([*tables, "runs.csv", "comparison.csv"]))
    return 0


def compare(arguments: argparse.Namespace) -> int:
    """Print paired differences within one result folder or between two, and keep them if asked to.

    Args:
        arguments: result, other, scenario, baseline, all and out.
    """
    from sim.report.tables import print_comparison
    from sim.study import results

    first = results.read(results.find(arguments.result, CLONE))
    second = results.read(results.find(arguments.other, CLONE)) if arguments.other else None
    compared = results.compare(first, second, arguments.scenario, arguments.baseline)
    specs = results.outcomes_of(compared, main=not arguments.all)
    if arguments.out:
        results.keep(compared, arguments.out)  # before anything is said: a folder that cannot be used costs one line
    print_comparison(_console(), compared.comparison, title=compared.title, outcomes=specs)
    for line in compared.notes:
        _say(line)
    if arguments.out:
        _say(f"Kept: {_short(arguments.out)}  (comparison.csv, figures/forest.png)")
    return 0


def _computed(
    config: Config, arguments: argparse.Namespace, show: Callable[[Result], None] = lambda _: None
) -> Result | int:
    """Run an experiment, or say what would be run; return the result, or the exit code if there is none.

    Args:
        config: the experiment.
        arguments: those of `run`.
        show: prints what can be printed while the rest is still being kept and drawn.
    """
    folder = arguments.out or default_folder(config)
    from sim.study import runner, where  # only now: takes a second

    if arguments.dry_run:
        return _dry_run(config, folder)
    progress = _Progress()
    unsaid: list[OSError] = []

    def shown(result: Result) -> None:
        progress.pause()
        try:
            show(result)
        except OSError as error:  # nobody reads on, or the disk is full; what is computed is kept all the same
            unsaid.append(error)

    try:
        with progress:
            result = runner.run(
                config,
                folder,
                backend=arguments.backend,
                workers=arguments.workers,
                cluster=where.cluster(arguments),
                resume=arguments.resume,
                tell=progress.tell,
                show=shown,
            )
    except KeyboardInterrupt:
        print(f"what is finished is kept in {_short(folder)}; the same command goes on from there", file=sys.stderr)
        raise
    if unsaid:
        raise unsaid[0]
    return _tell_failures(result) if result.failures else result


def _tell_results(config: Config, result: Result, files: str) -> None:
    """Say what and where the results are, and how long they took."""
    if config.size == "quick":
        _say("size=quick shows that everything works; it is too small and too short to say anything.")
    if result.foreign:
        _say(
            f"{result.foreign} more pieces there were made by other code or with another lock of the libraries; "
            "none of them is used."
        )
    reused = result.pieces - result.computed
    were = f", {reused} of {result.pieces} pieces were there already" if reused else ""
    drawn = [path.name for path in result.figures if path.suffix == ".png" and ".zh." not in path.name]
    files += f", figures: {', '.join(drawn)}" if drawn else ""
    _say_list("Files: ", files)
    _say(f"Results: {_short(result.folder)}  ({result.seconds:.0f} s{were})")


def default_folder(config: Config) -> Path:
    """Return where results go: a quick run never stands where a full one was."""
    base = CLONE if (CLONE / "configs").is_dir() else Path.cwd()
    return base / "results" / "local" / (config.name + ("-quick" if config.size == "quick" else ""))


def list_(arguments: argparse.Namespace) -> int:
    """Print what can be run.

    Args:
        arguments: none.
    """
    console = _console()
    program = environment.program()
    _say(f"Experiments ({program} run NAME; NAME size=quick for seconds, not minutes)")
    for name in options("experiment"):
        question, scenarios = describe(name)
        _say(f"  {name}")
        _paragraph(console, question, 4)
        _paragraph(console, f"scenarios: {', '.join(scenarios)}", 4)
    from sim.study.press.command import listing

    _say(f"\nPress cases ({program} reproduce [S1 ...])")
    for line in listing():
        _say(f"  {line}")
    _say("\nWorlds (world=NAME)")
    for name in options("world"):
        _say(f"  {name}")
        _paragraph(console, heading("world", name), 4)
    _say("\nMechanisms (words of scenarios; NAME.CHANNEL=off, NAME.PARAMETER=VALUE)")
    for name, kind in mechanisms.registry().items():
        _say(f"  {name}")
        _paragraph(console, summary(kind), 4)
        _paragraph(console, f"channels: {', '.join(kind.channels)}", 4)
    _say(f"\n{program} show NAME says more; NAME may also be world/NAME, mechanism/NAME,")
    _say("rule/NAME, press/S1 or outcomes; and, for where the numbers come from, parameter/NAME,")
    _say("source/ID or sources.")
    return 0


def summary(kind: type[mechanisms.Mechanism]) -> str:
    """Return the first line of the docstring of a mechanism's file."""
    text = sys.modules[kind.__module__].__doc__ or ""
    return " ".join(text.split("\n\n")[0].split())


def show(arguments: argparse.Namespace) -> int:
    """Print what a name stands for: an experiment, a page of a kind, ``outcomes``, ``sources`` or ``studies``.

    Args:
        arguments: name, in one word (``parameter/NAME``) or two.
    """
    from sim.study import show as pages
    from sim.study.press import command as press

    kinds = {
        "press": press.show,
        "world": pages.world,
        "mechanism": pages.mechanism,
        "rule": pages.rule,
        "parameter": pages.parameter,
        "source": pages.source,
    }
    lists = {"outcomes": pages.outcomes, "sources": pages.sources, "studies": pages.studies}
    said = "/".join(arguments.name)
    group, _, name = said.rpartition("/")
    if group in kinds:
        text = kinds[group](name)
    elif said in lists:
        text = lists[said]()
    elif said in kinds:
        have = f"; have: {', '.join(options(said))}" if said in GROUPS else ""
        raise ConfigError(f"show {said}/NAME{have}")
    else:
        text = pages.experiment(said)
    print(text)
    return 0


# -- telling ----------------------------------------------------------------------------------


class _Progress:
    """A bar on the terminal of stderr, and nothing where that is no terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("pieces"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("founding", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def pause(self) -> None:
        """Take the bar away, so that something can be printed."""
        self._bar.stop()

    def tell(self, now: Progress) -> None:
        """Move the bar."""
        done = now.stored + now.computed
        self.show(done, now.pieces, "merging" if done == now.pieces else "computing")

    def show(self, done: int, pieces: int, doing: str) -> None:
        """Move the bar to so many of all pieces, and say what is being done."""
        self._bar.update(self._task, total=pieces, completed=done, description=doing)


def _console() -> Console:
    """Return the console of stdout, of a readable width also where it is a file."""
    from rich.console import Console

    class Told(Console):
        def on_broken_pipe(self) -> None:
            """Let the pipe's error through: rich would leave the program, whatever is still to be kept."""
            raise

    return Told() if sys.stdout.isatty() else Told(width=WIDTH, soft_wrap=False)


def _say(text: str) -> None:
    print(text, flush=True)


def _say_list(head: str, names: str) -> None:
    """Say names after a head, in lines that are broken between names only."""
    lines = textwrap.TextWrapper(WIDTH, head, " " * len(head), break_on_hyphens=False, break_long_words=False)
    _say(lines.fill(names))


def _paragraph(console: Console, text: str, indent: int) -> None:
    from sim.study.show import wrap

    for line in wrap(text, min(console.width, WIDTH), " " * indent, " " * indent) if text else ():
        _say(line)


def _short(folder: Path) -> str:
    """Return the folder as seen from here, if it is below."""
    try:
        return str(folder.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(folder)


def _tell_failures(result: Result) -> int:
    """Say which groups failed, where and why; everything else is kept."""
    from sim.study.runner import FAILURES, told

    for group, failure in result.failures:
        line = told(failure, [group])
        print(line, file=sys.stderr)
        # What is told of a full disk must not fail because of it.
        with contextlib.suppress(OSError), open(result.folder / FAILURES, "a", encoding="utf-8") as file:
            file.write(f"{line}\n{failure.traceback}\n")
    print(
        f"failed: {len(result.failures)} of {result.groups} groups; the others are kept in {_short(result.folder)} "
        f"and the next run computes only what is missing (tracebacks: {FAILURES})",
        file=sys.stderr,
    )
    return 1


def _dry_run(config: Config, folder: Path) -> int:
    """Say what would be computed, and roughly how long it takes."""
    from sim.study.experiment import plan
    from sim.study.runner import check_folder
    from sim.study.store import Store
    from sim.study.tables import piece_tables

    check_folder(folder, resume=False)
    planned: Plan = plan(config)
    store = Store(folder, piece_tables(config.place, config.detail), lock=False)
    missing = planned.missing(store.has)
    wanted = sum(len(group.pieces) for group in missing)
    days = planned.household_days(missing)
    _say(f"{config.name}: {len(config.scenarios)} scenarios x {config.replications} replications, size={config.size}")
    names = [s.name for s in config.scenarios]
    listed = ", ".join(names) if len(names) <= 30 else f"{names[0]}, {names[1]}, ... {names[-1]}"
    _say_list("  scenarios  ", listed)
    _say(f"  world      {config.place}, about {planned.households:,} households, {config.layouts} layouts")
    _say(f"  days       {config.days} after a burn-in of {config.burn_in}")
    pieces = len(planned.pieces)
    _say(f"  pieces     {pieces}: {pieces - wanted} stored, {wanted} missing, in {len(missing)} groups")
    time = _duration(planned.seconds(missing))
    _say(f"  cost       {days / 1e6:,.0f} million household-days, about {time} on one core")
    _say(f"  results    {_short(folder)}")
    return 0


def _duration(seconds: float) -> str:
    """Write a rough duration."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"
