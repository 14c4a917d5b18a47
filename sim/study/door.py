"""The door: files and words of others, held to be data, before anything looks at what they say.

A config may come from anywhere. Here it is read as YAML of plain values, small enough to be a config when all that it
repeats by alias is written out; nothing that it names is imported, called or filled in from elsewhere; numbers are
such as a setting may have; texts hold nothing that a terminal would obey.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, said, shortened

# Hydra and OmegaConf take a quarter of a second to import, YAML a part of it: only where they are used.

LARGEST_FILE = 1_000_000
MOST_VALUES = 50_000
DEEPEST = 40
"""Bounds of a config: bytes, values with all aliases written out, and levels."""

LONGEST_TEXT = 10_000
LONGEST_WORD = 10_000
LARGEST = 10**18
"""A whole number beyond this is no setting, and too large for the columns of a table."""

LONGEST_NAME = 100
LONGEST_NAME_BYTES = 200
"""Of a name, so that a file system's 255 bytes leave room for what is put behind it."""

NAME = re.compile(r"\w[\w.-]*")
PLAIN = re.compile(r"[A-Za-z0-9_][\w-]*")
"""What a defaults list may name: a file of a group, and no path."""

SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
"""Scripts with letters that look alike; a name has those of one."""

UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that nobody sees."""

NO_MAPPING = "'{}' is not a list of keys and values"

Plain = dict[str, Any]


def wrong_name(text: str) -> str:
    """Return what keeps a text from being a name, that of a folder and in tables; empty if nothing does.

    Args:
        text: an experiment's or a scenario's name.
    """
    if len(text) > LONGEST_NAME or len(text.encode("utf-8", "replace")) > LONGEST_NAME_BYTES:
        return f"use at most {LONGEST_NAME} letters, digits, . _ and - (in {LONGEST_NAME_BYTES} bytes)"
    if not NAME.fullmatch(text) or UNSEEN & set(text):
        return f"use at most {LONGEST_NAME} letters, digits, . _ and -"
    if unicodedata.normalize("NFKC", text) != text:
        return "it has letters with another way to be written; use plain ones"
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in text} & set(SCRIPTS)
    if len(scripts) > 1:
        return f"it mixes letters that look alike ({', '.join(sorted(scripts)).lower()}); use those of one script"
    return ""


def read_yaml(path: Path) -> Plain:
    """Read a YAML file whose root is a mapping, as plain lists, mappings and values.

    Raises:
        ConfigError: it cannot be read, is something else, or is more than a config can be.
    """
    import yaml
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        _check_size(path)
        content = OmegaConf.load(path)
    except FileNotFoundError:
        raise ConfigError(f"there is no file '{path}'") from None
    except IsADirectoryError:
        raise ConfigError(f"'{path}' is a folder, not a file") from None
    except OSError as error:
        if error.errno is None:  # OmegaConf's own word for a file that holds something else
            raise ConfigError(NO_MAPPING.format(path)) from error
        raise ConfigError(f"cannot read '{path}': {error.strerror}") from error
    except RecursionError as error:
        raise ConfigError(f"'{path}' is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"'{path}' is not a text file in UTF-8") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"'{path}' is not YAML: {first_line(error)}") from error
    except OmegaConfBaseException as error:
        raise ConfigError(f"cannot read '{path}': {first_line(error)}") from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        # A tag such as !!int before something else, or a number that Python does not take.
        raise ConfigError(f"'{path}' is not YAML: a value is not what it should be ({first_line(error)})") from error
    plain = OmegaConf.to_container(content, resolve=False)
    if not isinstance(plain, dict) or _is_one_word(plain, path):
        raise ConfigError(NO_MAPPING.format(path))
    if not all(isinstance(key, str) for key in plain):
        raise ConfigError(f"'{path}': every key must be a word")
    return {str(key): value for key, value in plain.items()}


def _check_size(path: Path) -> None:
    """Refuse a file that is too large, too deep, or would be with its aliases written out, before that is done."""
    import yaml

    path.stat()  # which names what is wrong
    if path.is_dir():
        raise IsADirectoryError
    check_file(path, LARGEST_FILE, "a config")
    root = yaml.compose(path.read_bytes().decode("utf-8-sig"), Loader=yaml.SafeLoader)
    sizes: dict[int, int] = {}

    def size(node: Any, above: tuple[int, ...]) -> int:
        if id(node) in above:
            raise ConfigError(f"'{path}': something in line {node.start_mark.line + 1} holds itself")
        if len(above) > DEEPEST:
            raise ConfigError(f"'{path}' is nested too deeply")
        if id(node) not in sizes:
            inner = [] if isinstance(node, yaml.ScalarNode) else node.value
            parts = [part for entry in inner for part in (entry if isinstance(entry, tuple) else (entry,))]
            sizes[id(node)] = 1 + sum(size(part, (*above, id(node))) for part in parts)
        return sizes[id(node)]

    if root is not None and size(root, ()) > MOST_VALUES:
        raise ConfigError(f"'{path}' has more than {MOST_VALUES:,} values once its aliases are written out")


def check_file(path: Path, largest: int, what: str) -> None:
    """Refuse what is too large to be read, or is no file, as a pipe may never end; say nothing of what is absent.

    Args:
        path: a file that somebody has named.
        largest: bytes.
        what: it should be, in words.

    Raises:
        ConfigError: naming the file.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise ConfigError(f"'{printable(str(path))}' is no file")
    if stat.S_ISREG(found.st_mode) and found.st_size > largest:
        raise ConfigError(f"'{printable(str(path))}' is larger than {what} can be ({largest:,} bytes)")


def _is_one_word(plain: Mapping[Any, Any], path: Path) -> bool:
    """Say whether a file holds a mere text, which OmegaConf takes for a key without a value."""
    return list(plain.values()) == [None] and ":" not in path.read_text("utf-8")


def first_line(error: Exception) -> str:
    """Return what is wrong and where, in one line."""
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    if problem and mark:
        return f"{problem} in line {mark.line + 1}"
    return " ".join(str(error).split()).partition(" full_key:")[0][:200] or type(error).__name__


def check_word(word: str) -> None:
    """Refuse a word of the command line that cannot be a setting, before a parser is asked.

    Raises:
        ConfigError: it is too long, too deep, or has letters that are none.
    """
    if len(word) > LONGEST_WORD:
        raise ConfigError(f"'{shortened(word)}' is longer than a setting can be ({LONGEST_WORD:,} letters)")
    if strange := _strange(word):
        raise ConfigError(f"'{shortened(printable(word))}' holds {strange}")
    depth = deepest = 0
    for letter in word:
        depth += (letter in "[{(") - (letter in "]})")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise ConfigError(f"'{shortened(word)}' is nested too deeply")


def refuse_programs(content: Any, where: str = "", depth: int = 0) -> None:
    """Refuse whatever would make a config more than data, or data that no setting can have.

    Args:
        content: plain values.
        where: what they are called, with a dot at the end.
        depth: how deep in a config they are.

    Raises:
        ConfigError: a name that something is called by, an interpolation, a number or a text that is none.
    """
    name = shortened(printable(where.rstrip(".")))
    if depth > DEEPEST:
        raise ConfigError(f"{name} is nested too deeply")
    if isinstance(content, Mapping):
        for key, value in content.items():
            text = shortened(printable(str(key)))
            if str(key).startswith("_") and str(key).endswith("_"):
                raise ConfigError(
                    f"'{shortened(printable(where))}{text}': configs are data; nothing they name is called"
                )
            refuse_programs(str(key), f"{where}{text}.", depth + 1)
            refuse_programs(value, f"{where}{text}.", depth + 1)
    elif isinstance(content, (list, tuple)):
        for value in content:
            refuse_programs(value, where, depth + 1)
    elif isinstance(content, str):
        if "${" in content:
            what = shortened(printable(content))
            raise ConfigError(f"{name}: configs are data; '{what}' is not filled in, write the value")
        if len(content) > LONGEST_TEXT:
            raise ConfigError(f"{name}: a text of {len(content):,} letters is longer than any can be")
        if strange := _strange(content):
            raise ConfigError(f"{name}: '{shortened(printable(content))}' holds {strange}")
    elif isinstance(content, int) and abs(content) > LARGEST:
        raise ConfigError(f"{name}={said(content)} is larger than any setting can be")
    elif content is not None and not isinstance(content, (bool, int, float)):
        raise ConfigError(f"{name} is a {type(content).__name__}, not a number, a text or a list")


def _strange(text: str) -> str:
    """Name what a text holds that is no text: what a terminal would obey, or half a letter; empty if nothing."""
    for letter in text:
        if letter in "\n\t\r":
            continue
        kind = unicodedata.category(letter)
        if kind in ("Cc", "Cs") or letter in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            return f"a character that cannot be printed (U+{ord(letter):04X})"
    return ""


def printable(text: str) -> str:
    """Return a text as it can be shown anywhere: what a terminal would obey stands as its number."""
    return "".join(f"\\u{ord(letter):04x}" if _strange(letter) else letter for letter in text)


def check_defaults(entries: Any, path: Path) -> None:
    """Refuse an entry of a defaults list that is a path, or anything but the name of a file in a group.

    Raises:
        ConfigError: naming the entry.
    """
    for entry in entries if isinstance(entries, list) else [entries]:
        names = [entry] if isinstance(entry, str) else [*entry.values()] if isinstance(entry, dict) else [None]
        keys = list(entry) if isinstance(entry, dict) else []
        good = all(isinstance(name, str) and PLAIN.fullmatch(name) for name in names)
        if not good or any("hydra" in str(key) for key in keys):
            raise ConfigError(f"'{path}': defaults: {said(entry)} is not the name of a config")


def check_beside(path: Path, seen: set[Path] | None = None) -> None:
    """Check a file of a group in a user's own folder, and those that it starts from, before Hydra reads them.

    Raises:
        ConfigError: it is more than data.
    """
    seen = set() if seen is None else seen
    if path in seen or not path.is_file():
        return
    seen.add(path)
    content = read_yaml(path)
    refuse_programs(content)
    if re.search(r"@package\s+hydra\b", path.read_text("utf-8")):
        raise ConfigError(f"'{path}': configs are data; 'hydra' is not a setting")
    if "hydra" in content:
        raise ConfigError(f"'{path}': configs are data; 'hydra' is not a setting")
    entries = content.get("defaults") or []
    check_defaults(entries, path)
    for entry in entries:
        if isinstance(entry, str):
            check_beside(path.with_name(f"{entry}.yaml"), seen)
