"""From files and words to one plain dictionary: Hydra composes, and does nothing else.

Configs are data. Nothing that a config names is imported or called, no interpolation reads the
environment, no folder is made. The groups are ``world``, ``mechanism`` and ``experiment``; the list
of mechanisms comes from `sim.mechanisms`, so a new one is a file and a config. A file of the user's
own is composed as if it were an experiment of ours; the groups in its folder are found beside ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import mechanisms
from sim.errors import ConfigError, said, shortened, unknown
from sim.study import draws
from sim.study.door import Plain, check_beside, check_defaults, check_word, first_line, read_yaml, refuse_programs

# Hydra and OmegaConf take a quarter of a second to import: only where they are used.
if TYPE_CHECKING:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import Override

PRIMARY, OWN = "_run", "_file"
"""Names in Hydra's store: the config that lists all others, and the user's own file."""

INSIDE = Path(__file__).resolve().parent.parent
FOLDER = INSIDE / "configs" if (INSIDE / "configs").is_dir() else INSIDE.parent / "configs"
"""The configs: inside an installed package, beside it in a clone."""

SUFFIXES = (".yaml", ".yml")
GROUPS = ("world", "mechanism", "experiment")


def options(group: str, beside: Path | None = None) -> list[str]:
    """Return the names that can be chosen in a group.

    Args:
        group: ``world``, ``mechanism`` or ``experiment``.
        beside: a folder whose groups count too.
    """
    folders = [FOLDER, *([beside] if beside else [])]
    return sorted({path.stem for folder in folders for path in (folder / group).glob("*.yaml")})


def compose(source: str, settings: Sequence[str] = ()) -> Plain:
    """Compose an experiment, or a file of the user's own, with settings from the command line.

    Args:
        source: the experiment's name, or the path of a YAML file.
        settings: words ``key=value``; ``world=NAME`` chooses a world.

    Returns:
        Plain lists, dictionaries and values, not checked against any schema.

    Raises:
        ConfigError: a file, name or word that cannot be read or does not exist.
    """
    words = [_read_word(word) for word in settings]
    beside, table = None, None
    experiment = source
    if _is_file(source):
        path = Path(source)
        content = _load(path)  # first, as a link that leads nowhere has no folder
        beside, experiment = path.resolve().parent, OWN
        table = content.pop("draws", None)
        content = _read_own(path, content, beside)
        content.setdefault("name", re.sub(r"[^\w.-]+", "-", path.stem))
        from hydra.core.config_store import ConfigStore

        ConfigStore.instance().store(group="experiment", name=OWN, node=content, package="_global_")
    elif source not in options("experiment"):
        raise unknown("experiment", source, options("experiment"))

    choices, values = [], []
    for word in words:
        if word.key_or_group in GROUPS:
            choices.append(_choice(word, beside))
        else:
            values.append(word)
    composed = _compose(experiment, choices, beside)
    if table is not None:  # not through Hydra, to which thousands of values are thousands of configs
        composed["draws"] = _table(table, beside)
    refuse_programs(composed)
    size = [word.value() for word in values if word.key_or_group == "size"]
    shrink(composed, *size[-1:])
    for word in values:
        _check_left_out(word.key_or_group, word.value(), composed)
        _put(composed, word.key_or_group, word.value())
        refuse_programs(composed)
    if isinstance(composed.get("draws"), str):
        composed["draws"] = draws.read(Path(composed["draws"]))
    composed["name"] = composed.get("name") or source
    return composed


def _table(given: Any, beside: Path | None) -> Any:
    """Return a table of draws, read from the file beside the user's own if one is named."""
    return draws.read((beside or Path()) / given) if isinstance(given, str) else given


def world(name: str) -> Plain:
    """Return the config of a world as its file says it.

    Raises:
        ConfigError: there is none of this name.
    """
    if name not in options("world"):
        raise unknown("world", name, options("world"))
    return _load(FOLDER / "world" / f"{name}.yaml")


def mechanism(name: str) -> Plain:
    """Return the config of a mechanism as its file says it."""
    return _load(FOLDER / "mechanism" / f"{name}.yaml")


def press_case(name: str) -> Plain:
    """Return the file of a press case as it is."""
    return _load(FOLDER / "press" / f"{name}.yaml")


def heading(group: str, name: str) -> str:
    """Return what the file of a group says of itself: the first sentence of the comment that it begins with."""
    said_of: list[str] = []
    for line in (FOLDER / group / f"{name}.yaml").read_text("utf-8").splitlines():
        text = line.removeprefix("#").strip()
        if not line.startswith("#") or (said_of and not text):
            break
        said_of += [text] if not text.startswith("@package") else []
    return re.split(r"(?<=\.) ", " ".join(said_of))[0]


def experiment_head(name: str) -> Plain:
    """Return an experiment's file as it is, for lists, on top of those of the experiments that it starts from."""
    own = _load(FOLDER / "experiment" / f"{name}.yaml")
    bases = [base for base in own.get("defaults") or [] if isinstance(base, str) and base in options("experiment")]
    out: Plain = {}
    for base in bases:
        out |= experiment_head(base)
    return out | own


# -- words of the command line ----------------------------------------------------------------


@cache
def _parser() -> OverridesParser:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    return OverridesParser.create()


def _read_word(word: str) -> Override:
    """Understand ``key=value`` in Hydra's grammar; words within a list may hold ``=`` themselves."""
    from hydra.errors import HydraException

    check_word(word)
    if word.startswith(("+", "~")):
        raise ConfigError(f"'{word}': keys are not added or removed with + or ~; write key=value")
    key, equals, value = word.partition("=")
    if not equals or not key.strip(". "):
        raise ConfigError(f"'{word}' is not a setting; write key=value")
    if value.lstrip().startswith("["):
        # Hydra has no bare `=` within lists; scenarios are full of them.
        value = re.sub(r"(?<=[\[,])\s*([\w.]+=[^,\[\]'\"]*?)\s*(?=[,\]])", r"'\1'", value)
    elif not value.isascii() and re.fullmatch(r"[\w.-]+", value):
        value = f"'{value}'"  # nor has it letters of other scripts outside quotes
    try:
        read = _parser().parse_override(f"{key}={value}")
        if read.is_sweep_override():
            raise ConfigError(f"'{word}' has several values; write a list as [a,b], or run one after the other")
        if key == "hydra" or key.startswith("hydra."):
            raise ConfigError(f"'{word}': configs are data; 'hydra' is not a setting")
    except (HydraException, ValueError, TypeError, LookupError, RecursionError, ArithmeticError) as error:
        if value == "":
            raise ConfigError(f"'{word}' has no value; write key=value") from error
        raise ConfigError(
            f"cannot read '{shortened(word)}'; write key=value, a list as [a,b], other text in quotes"
        ) from error
    return read


def _choice(word: Override, beside: Path | None) -> str:
    """Return the choice from a group that a word makes, for Hydra."""
    group, name = word.key_or_group, word.value()
    if group == "experiment":
        raise ConfigError("the experiment is the first word after run; a file of your own can start with 'base: NAME'")
    if not isinstance(name, str):
        have = ", ".join(options(group, beside))
        raise ConfigError(f"{group}={said(name)} is not the name of a {group}; have: {have}")
    if group == "mechanism" and not word.package:
        raise ConfigError(f"mechanisms stand in scenarios, e.g. scenarios.mine=[{shortened(name)}]")
    if name not in options(group, beside):
        raise unknown(group, name, options(group, beside))
    return f"{group}@{word.package}={name}" if word.package else f"{group}={name}"


def _check_left_out(key: str, value: Any, composed: Plain) -> None:
    """Refuse to leave out a scenario that is not there."""
    said_of = {key.removeprefix("scenarios."): value} if key.startswith("scenarios.") else {}
    if key == "scenarios" and isinstance(value, dict):
        said_of = value
    _check_known(said_of, composed.get("scenarios"))


def _check_known(said_of: Plain, there: Any) -> None:
    """Refuse the first scenario that is left out, by null, of those that are not there."""
    for name, words in said_of.items():
        if words is None and isinstance(there, dict) and name not in there:
            raise unknown("scenario to leave out", str(name), map(str, there))


def _put(into: Plain, key: str, value: Any) -> None:
    """Set a dotted key; a dictionary is merged into what is there."""
    *way, last = key.split(".")
    at: Any = into
    for step in way:
        at = at.setdefault(step, {})
        if not isinstance(at, dict):
            raise ConfigError(f"unknown setting '{key}'; '{step}' is a value, not a group of settings")
    if isinstance(value, dict) and isinstance(at.get(last), dict):
        for inner, inner_value in value.items():
            at[last][str(inner)] = inner_value
    else:
        at[last] = value


def shrink(composed: Plain, size: Any = None) -> None:
    """Apply what ``quick`` says, in the run and in the world, if the size is quick; it is checked later.

    Args:
        composed: the experiment, changed in place.
        size: a size that takes the place of the one it has.
    """
    size = size or composed.get("size")
    place = composed.get("world")
    parts = [composed, *([place] if isinstance(place, dict) else [])]
    for part in parts:
        small = part.get("quick")
        if size == "quick" and isinstance(small, dict):
            part.update(small)


# -- files ------------------------------------------------------------------------------------


def _is_file(source: str) -> bool:
    if source.endswith(SUFFIXES) or "/" in source:
        return True
    return bool(source) and source not in options("experiment") and Path(source).exists()


def _load(path: Path) -> Plain:
    """Read a YAML file whose root is a mapping."""
    hint = str(path.parent) in GROUPS and not path.suffix and not path.exists()
    if hint:
        raise ConfigError(f"there is no file '{path}'; is {path.parent}={path.stem} meant?")
    return read_yaml(path)


def _read_own(path: Path, content: Plain, beside: Path) -> Plain:
    """Read a user's file and turn its short forms into a Hydra defaults list.

    ``base: NAME`` starts from an experiment; ``world: NAME``, or ``base: NAME`` within ``world``,
    from a world. A defaults list in Hydra's own form may stand there instead.
    """
    refuse_programs(content)
    if "hydra" in content:
        raise ConfigError(f"'{path}': configs are data; 'hydra' is not a setting")
    defaults = content.pop("defaults", None) or []
    if not isinstance(defaults, list):
        raise ConfigError(f"'{path}': defaults is not a list")
    for entry in defaults:
        if isinstance(entry, dict) and len(entry) == 1 and not str(next(iter(entry))).startswith("override "):
            group, chosen = next(iter(entry.items()))
            raise ConfigError(f"'{path}': defaults: write 'override /{group}: {said(chosen)}' for '{group}'")
        if not isinstance(entry, str) and not (isinstance(entry, dict) and len(entry) == 1):
            raise ConfigError(f"'{path}': defaults: {said(entry)} is not the name of an experiment")
    changes = [d for d in defaults if isinstance(d, dict) and any(str(k).startswith("override ") for k in d)]
    kept = [d for d in defaults if d not in changes]
    check_defaults(defaults, path)
    base = content.pop("base", None)
    if base is not None:
        if base not in options("experiment"):
            raise unknown("experiment", said(base), options("experiment"))
        kept = [base, *kept]
    for key in ("scenarios", "mechanisms"):
        if content.get(key) is not None and not isinstance(content[key], dict):
            raise ConfigError(f"'{path}': {key}={said(content[key])} is not a group of settings")
    for key, inner in (content.get("mechanisms") or {}).items():
        if not isinstance(inner, dict):
            raise ConfigError(f"'{path}': mechanisms.{key}={said(inner)} is not a group of settings")
    if all(name in options("experiment") for name in kept):
        there = [experiment_head(name).get("scenarios") or {} for name in kept]
        _check_known(content.get("scenarios") or {}, {name: words for some in there for name, words in some.items()})
    place = content.get("world")
    chosen = place.pop("base", None) if isinstance(place, dict) else place
    if chosen is not None:
        if chosen not in options("world", beside):
            raise unknown("world", said(chosen), options("world", beside))
        changes = [*changes, {"override /world": chosen}]
    if not isinstance(place, dict):
        content.pop("world", None)
    for name in kept:
        check_beside(beside / "experiment" / f"{name}.yaml")
    for change in changes:
        for key, name in change.items():
            group = str(key).removeprefix("override ").strip().removeprefix("/").partition("@")[0]
            check_beside(beside / group / f"{name}.yaml")
    if "_self_" not in kept:
        kept = [*kept, "_self_"]
    return {"defaults": [*kept, *changes], **content}


def _compose(experiment: str, choices: Sequence[str], beside: Path | None) -> Plain:
    """Let Hydra compose; every way in which that can fail becomes one line."""
    if beside and beside != FOLDER:
        for choice in choices:
            group, _, name = choice.partition("=")
            check_beside(beside / group.partition("@")[0] / f"{name}.yaml")
    primary = primary_config(experiment) | {"hydra": {"searchpath": [f"file://{beside}"] if beside else []}}
    import yaml
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    ConfigStore.instance().store(name=PRIMARY, node=primary)
    try:
        with initialize_config_dir(config_dir=str(FOLDER), version_base="1.3", job_name="sim"):
            composed = OmegaConf.to_container(hydra_compose(PRIMARY, overrides=list(choices)), resolve=False)
    except yaml.YAMLError as error:
        raise ConfigError(f"a config is not YAML: {first_line(error)}") from error
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise _told(str(error), beside) from error
    assert isinstance(composed, dict)
    return {str(key): value for key, value in composed.items()}


def primary_config(experiment: str) -> Plain:
    """Return the config that lists all others: every mechanism that there is, and the experiment last."""
    groups = [{f"mechanism@mechanisms.{name}": name} for name in mechanisms.registry()]
    return {"defaults": ["config", {"world": "compound"}, *groups, "_self_", {"experiment": experiment}]}


def _told(message: str, beside: Path | None) -> ConfigError:
    """Say in our words what Hydra could not do."""
    missing = re.search(r"[Cc]ould not (?:find|load) '(?:(\w+)/)?([^']+)'", message)
    if missing and missing[1] in GROUPS:
        return unknown(missing[1], missing[2], options(missing[1], beside))
    absent = re.search(r"Could not override '/?([^']+)'", message)
    if absent:
        return ConfigError(f"there is no group '{absent[1]}' to choose from; have: {', '.join(GROUPS)}")
    line = " ".join(line.strip() for line in message.splitlines() if line.strip())
    return ConfigError(f"cannot compose: {line[:200]}")
