"""Uses: which modules of the program read a parameter, as their syntax shows.

Read are, of a world's parameter, ``w.p.NAME``, the word ``"NAME"`` where it stands for a parameter (``w.at("NAME",
...)``, ``w.whole``, an argument that names one) and words put together of known parts (``"trust_" + desk``); of a
place's structure ``structure.NAME``; of a mechanism's own parameter ``me.NAME`` in its module. Only rules, places,
settlements and mechanisms read parameters. Which branch is taken is not looked at.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from pathlib import Path

from sim.parameters import Spec

PACKAGE = Path(__file__).resolve().parents[1]
READERS = ("mechanisms", "places", "rules", "settlements")

NOT_PARAMETERS = {"Column", "Rule", "Lever", "count", "stocks", "parameter"}
"""Calls whose words are names of something else: columns, rules, levers, flows."""

DEPTH = 3
"""How many calls an argument is followed back, to see which words it can be."""

Words = frozenset[str]
NOTHING: Words = frozenset()


@dataclass
class Module:
    """One file of the program.

    Attributes:
        name: dotted name below the package.
        tree: what it says.
        constants: words that a tuple at its top holds, by the tuple's name.
    """

    name: str
    tree: ast.Module
    constants: dict[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Gather the constants."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                value = statement.value
                if isinstance(value, ast.Tuple) and value.elts and all(map(_word, value.elts)):
                    self.constants[statement.targets[0].id] = frozenset(w for x in value.elts if (w := _word(x)))

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        """Every function in it."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]


def _word(node: ast.AST) -> str | None:
    """Return the word that a node is."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _names(node: ast.AST) -> set[str]:
    """Return the names in an expression."""
    return {x.id for x in ast.walk(node) if isinstance(x, ast.Name)}


def _called(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


class Program:
    """The files that may read parameters, and what can be told of their words."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """Parse name and text of each file."""
        self.modules = [Module(name, ast.parse(text)) for name, text in texts]
        self.constants = {name: words for module in self.modules for name, words in module.constants.items()}
        self.calls: dict[str, list[tuple[Module, ast.FunctionDef, ast.Call]]] = defaultdict(list)
        for module in self.modules:
            for function in module.functions:
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        self.calls[_called(node)].append((module, function, node))

    def reads(self, module: Module) -> Iterator[tuple[str, str]]:
        """Yield what a module reads: ``world``, ``structure`` or ``me``, and the name."""
        others = set(_elsewhere(module.tree))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                holder = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if holder in ("p", "structure", "me"):
                    yield {"p": "world"}.get(holder, holder), node.attr
            elif (word := _word(node)) is not None and node not in others:
                yield "world", word
        for function in module.functions:
            for node in ast.walk(function):
                if isinstance(node, (ast.JoinedStr, ast.BinOp)):
                    yield from (("world", word) for word in self.words(module, function, node))

    def words(self, module: Module, function: ast.FunctionDef, node: ast.AST, depth: int = DEPTH) -> Words:
        """Return the words that an expression in a function can be, none if that cannot be told."""
        word = _word(node)
        if word is not None:
            return frozenset([word])
        if isinstance(node, ast.FormattedValue):
            return self.words(module, function, node.value, depth)
        if isinstance(node, ast.JoinedStr):
            return self._joined(module, function, node.values, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined(module, function, [node.left, node.right], depth)
        if isinstance(node, ast.Subscript):  # one of a tuple
            return self._tuple(module, node.value)
        if isinstance(node, ast.Name):
            return self._loop(module, function, node.id) or self._argument(function, node.id, depth)
        return NOTHING

    def _joined(self, module: Module, function: ast.FunctionDef, parts: list[ast.expr], depth: int) -> Words:
        """Return every way to put words of the parts together."""
        return frozenset("".join(way) for way in product(*(self.words(module, function, x, depth) for x in parts)))

    def _tuple(self, module: Module, node: ast.AST) -> Words:
        """Return the words of a tuple of constants, of this module or another."""
        if isinstance(node, ast.Call) and _called(node) == "enumerate":
            node = node.args[0]
        name = getattr(node, "attr", getattr(node, "id", ""))
        return module.constants.get(name) or self.constants.get(name, NOTHING)

    def _loop(self, module: Module, function: ast.FunctionDef, name: str) -> Words:
        """Return the words that a loop over a tuple of constants gives a name."""
        for node in ast.walk(function):
            if isinstance(node, (ast.For, ast.comprehension)) and name in _names(node.target):
                return self._tuple(module, node.iter)
        return NOTHING

    def _argument(self, function: ast.FunctionDef, name: str, depth: int) -> Words:
        """Return the words with which a function is called for an argument."""
        names = [x.arg for x in function.args.args]
        if name not in names or depth == 0:
            return NOTHING
        found: set[str] = set()
        for module, caller, call in self.calls[function.name]:
            given = {x.arg: x.value for x in call.keywords} | dict(zip(names, call.args, strict=False))
            if name in given:
                found |= self.words(module, caller, given[name], depth - 1)
        return frozenset(found)


def _elsewhere(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes whose words are not names of parameters: docstrings, columns, keys, types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in NOT_PARAMETERS:
            yield from ast.walk(node)
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key)
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") not in ("flat", "values"):
            yield node.slice
        elif isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Expr):
            yield node.value


@cache
def program() -> Program:
    """Return the program as it stands."""
    files = sorted(path for folder in READERS for path in (PACKAGE / folder).glob("*.py"))
    return Program((f"{path.parent.name}.{path.stem}", path.read_text(encoding="utf-8")) for path in files)


@cache
def _readers() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the modules that read a name, by how it is read; a mechanism's own under its name."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for module in program().modules:
        for how, name in program().reads(module):
            found[module.name if how == "me" else how, name][module.name] = None
    return {key: tuple(modules) for key, modules in found.items()}


def of(spec: Spec) -> tuple[str, ...]:
    """Return the modules that read a parameter, e.g. ``rules.fees``, in the order of their names."""
    own = f"mechanisms.{spec.owner}"
    if any(module.name == own for module in program().modules):
        return _readers().get((own, spec.name), ())
    return _readers().get(("structure" if spec.kind == "structural" else "world", spec.name), ())
