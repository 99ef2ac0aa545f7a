"""Reads from our own scripts which keys of typed values they read, and which they send.

Types flow as the scripts run: from the parameters that we know (`SEEDS`) through constants,
destructuring, loops, calls (also of another script's functions, by `porchlight.part.function`)
and callbacks. Nothing is guessed from a name but `state`, which every part of a map is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from data.maps.outlines import MapArea
from ui.frame.find import PlaceFinder
from ui.map.patch import Events, FrameTable, MapStart, Patch, TimelineStrip

_PARSER = Parser(Language(tree_sitter_javascript.language()))
STATE = "state"  # a part's state: `told` in it is the patch, `say` sends, `fresh` names keys
_FUNCTIONS = ("function_declaration", "arrow_function", "function_expression", "method_definition")


Types = frozenset[Any]  # the types that a value may have; empty: not one of ours
NONE: Types = frozenset()
# functions of ours that others call: the types of their parameters
SEEDS: dict[str, list[Types]] = {
    "porchlight.base": [NONE, frozenset({MapStart})],
    "porchlight.patch": [frozenset({Patch})],
    "strip": [NONE, frozenset({TimelineStrip})],
    "table": [NONE, frozenset({FrameTable})],
    "find": [NONE, frozenset({PlaceFinder})],
}
PARTS: dict[str, list[Types]] = {
    "base": [frozenset({STATE}), frozenset({MapStart})],
    "patch": [frozenset({STATE}), frozenset({Patch})],
}


def keys(typed: Any) -> dict[str, Any]:
    """The keys of a TypedDict with their types."""
    return get_type_hints(get_origin(typed) or typed)


def inner(annotation: Any) -> Types:
    """The TypedDicts and lists of an annotation, without None."""
    if get_origin(annotation) in (Union, type(int | None)):
        return frozenset().union(*(inner(a) for a in get_args(annotation)))
    mine = is_typeddict(get_origin(annotation) or annotation)
    listed = get_origin(annotation) in (list, dict, tuple) and elements(annotation)
    return frozenset({annotation}) if mine or listed else NONE


def elements(annotation: Any) -> Types:
    """What the values of a list, a tuple or a dict may be."""
    held = get_args(annotation) if get_origin(annotation) in (list, dict, tuple) else ()
    return frozenset().union(*(inner(a) for a in held))


@dataclass(frozen=True)
class Closure:
    """A function and the names around it."""

    node: Node
    scope: "Scope" = field(repr=False)


@dataclass(frozen=True)
class Built:
    """An object that a script has written down."""

    node: int
    scope: "Scope" = field(repr=False)
    values: dict[str, Types] = field(default_factory=dict, hash=False, compare=False)


class Scope:
    """Names of a function and of those around it."""

    def __init__(self, around: "Scope | None" = None) -> None:
        self.around, self.names = around, dict[str, Types]()

    def find(self, name: str) -> Types:
        """The types of a name; a part's state is always called so."""
        if name == STATE:
            return frozenset({STATE})
        if name in self.names or self.around is None:
            return self.names.get(name, NONE)
        return self.around.find(name)


class Reader:
    """Runs scripts over types and notes each key: of which type, and the text before it."""

    def __init__(self) -> None:
        self.reads: set[tuple[Any, str]] = set()
        self.sent: set[tuple[Any, str]] = set()
        self.shared: dict[str, Types] = {}  # porchlight.* and what lies in it
        self.called: set[tuple[int, Scope, tuple[Types, ...]]] = set()
        self.later: list[Closure] = []

    def run(self, scripts: Iterable[str]) -> None:
        """Read scripts in their order, twice: a part may call what a later one brings."""
        trees = [_PARSER.parse(text.encode()) for text in scripts]
        for _ in range(2):
            self.called.clear()
            for tree in trees:
                assert not tree.root_node.has_error
                scope = Scope()
                self.block(tree.root_node, scope)
                for name, given in SEEDS.items():
                    self.call(scope.find(name), given)
                while self.later:
                    self.call(frozenset({self.later.pop()}), [])
            for name in ("base", "patch"):
                self.call(self.shared.get(f"porchlight.{name}", NONE), SEEDS[f"porchlight.{name}"])
            while self.later:
                self.call(frozenset({self.later.pop()}), [])

    def key(self, types: Types, name: str) -> Types:
        """The types below a key, which is noted."""
        found: Types = NONE
        for one in types:
            if one == STATE:
                found |= frozenset({Patch}) if name in ("told", "drawn") else NONE
            elif isinstance(one, Built):
                found |= one.values.get(name, NONE)
            elif isinstance(one, str):  # porchlight itself
                found |= self.shared.get(f"{one}.{name}", NONE)
            elif is_typeddict(get_origin(one) or one):
                self.reads.add((get_origin(one) or one, name))
                found |= inner(keys(one).get(name))
        return found

    def each(self, types: Types) -> Types:
        """The types of what lies in a list, a dict or an object of ours."""
        found: Types = NONE
        for one in types:
            if isinstance(one, Built):
                found |= frozenset().union(*one.values.values())
            elif not isinstance(one, Closure | str):
                found |= elements(one)
        return found

    def bind(self, pattern: Node, types: Types, scope: Scope) -> None:
        """Give a name, or the names of a destructuring, its types."""
        kind = pattern.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            name = text(pattern)
            found = self.key(types, name) if kind != "identifier" else types
            scope.names[name] = scope.names.get(name, NONE) | found
        elif kind == "pair_pattern":
            below = self.key(types, text(part(pattern, "key")))
            self.bind(part(pattern, "value"), below, scope)
        elif kind in ("object_assignment_pattern", "assignment_pattern"):
            self.value(part(pattern, "right"), scope)
            self.bind(part(pattern, "left"), types, scope)
        elif kind == "array_pattern":
            for child in pattern.named_children:
                self.bind(child, self.each(types), scope)
        elif kind == "rest_pattern":
            self.bind(pattern.named_children[0], types, scope)
        elif kind == "object_pattern":
            for child in pattern.named_children:
                self.bind(child, types, scope)

    def call(self, functions: Types, given: list[Types]) -> None:
        """Run functions of ours with arguments, once for the same ones."""
        for one in functions:
            if not isinstance(one, Closure):
                continue
            mark = (one.node.id, one.scope, tuple(given))
            if mark in self.called:
                continue
            self.called.add(mark)
            scope = Scope(one.scope)
            alone = one.node.child_by_field_name("parameter")
            listed = one.node.child_by_field_name("parameters")
            wanted = [alone] if alone else listed.named_children if listed else []
            for i, pattern in enumerate(wanted):
                self.bind(pattern, given[i] if i < len(given) else NONE, scope)
            self.block(part(one.node, "body"), scope)

    def block(self, node: Node, scope: Scope) -> None:
        """Run what a body holds; its functions are there from the start."""
        for child in node.named_children:
            if child.type == "export_statement" and (given := child.child_by_field_name("value")):
                scope.names["default"] = self.function(given, scope)
            child = child.child_by_field_name("declaration") or child
            if child.type == "function_declaration":
                scope.names[text(part(child, "name"))] = self.function(child, scope)
        self.value(node, scope)

    def function(self, node: Node, scope: Scope) -> Types:
        """A function of ours; it is run once with arguments that are not known."""
        made = Closure(node, scope)
        self.later.append(made)
        return frozenset({made})

    def value(self, node: Node, scope: Scope) -> Types:
        """The types of an expression; anything else is walked through."""
        if node.type in _FUNCTIONS:
            return self.function(node, scope)
        handler = _HANDLERS.get(node.type)
        if handler:
            return handler(self, node, scope)
        for child in node.named_children:
            self.value(child, scope)
        return NONE

    def send(self, typed: Any, value: Types) -> None:
        """Note the keys that an object of ours sends, and what lies below them."""
        for one in value:
            for name, below in one.values.items() if isinstance(one, Built) else ():
                self.sent.add((typed, name))
                for deeper in inner(keys(typed).get(name)):
                    self.send(deeper, below) if is_typeddict(deeper) else None


def text(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode()


def part(node: Node, name: str) -> Node:
    """The part of a node by its name in the grammar."""
    found = node.child_by_field_name(name)
    assert found is not None, (node.type, name)
    return found


def _name(reader: Reader, node: Node, scope: Scope) -> Types:
    return frozenset({"porchlight"}) if text(node) == "porchlight" else scope.find(text(node))


def _member(reader: Reader, node: Node, scope: Scope) -> Types:
    name = text(part(node, "property"))
    owner = reader.value(part(node, "object"), scope)
    if name == "properties" and not owner:  # of a feature that Leaflet hands back
        return frozenset({MapArea})
    return reader.key(owner, name)


def _subscript(reader: Reader, node: Node, scope: Scope) -> Types:
    reader.value(part(node, "index"), scope)
    return reader.each(reader.value(part(node, "object"), scope))


def _call(reader: Reader, node: Node, scope: Scope) -> Types:
    callee, listed = part(node, "function"), part(node, "arguments")
    given = [reader.value(a, scope) for a in listed.named_children]
    owner = NONE
    if callee.type == "member_expression":
        owner, name = reader.value(part(callee, "object"), scope), text(part(callee, "property"))
        if STATE in owner and name == "fresh":
            reader.reads |= {(Patch, text(a).strip('"')) for a in listed.named_children}
        if STATE in owner and name == "say":
            reader.send(Events, given[0])
        if "porchlight" in owner and name == "part":
            for key, types in PARTS.items():
                reader.call(reader.key(given[0], key), types)
    reader.call(reader.value(callee, scope), given)
    if held := reader.each(owner):  # told.rows.map(row => ...)
        for one in given:
            reader.call(one, [held])
    return NONE


def _either(reader: Reader, node: Node, scope: Scope) -> Types:
    """Both sides of an operator, both ends of a condition, the inside of brackets."""
    test = node.child_by_field_name("condition")
    found = [reader.value(child, scope) for child in node.named_children if child != test]
    if test:
        reader.value(test, scope)
    return frozenset().union(*found)


def _declared(reader: Reader, node: Node, scope: Scope) -> Types:
    value = node.child_by_field_name("value")
    reader.bind(part(node, "name"), reader.value(value, scope) if value else NONE, scope)
    return NONE


def _assigned(reader: Reader, node: Node, scope: Scope) -> Types:
    left, right = part(node, "left"), reader.value(part(node, "right"), scope)
    if text(left).startswith(("porchlight.", "window.porchlight")):
        name = text(left).removeprefix("window.")
        reader.shared[name] = right
        for one in right:
            for key, types in one.values.items() if isinstance(one, Built) else ():
                reader.shared[f"{name}.{key}"] = types
    elif left.type == "identifier":
        reader.bind(left, right, scope)
    else:
        reader.value(left, scope)
    return right


def _object(reader: Reader, node: Node, scope: Scope) -> Types:
    made = Built(node.id, scope)
    for child in node.named_children:
        if child.type == "pair":
            made.values[text(part(child, "key"))] = reader.value(part(child, "value"), scope)
        elif child.type == "shorthand_property_identifier":
            made.values[text(child)] = scope.find(text(child))
        elif child.type == "method_definition":
            made.values[text(part(child, "name"))] = reader.function(child, scope)
        elif child.type == "spread_element":
            for one in reader.value(child.named_children[0], scope):
                made.values.update(one.values if isinstance(one, Built) else {})
    return frozenset({made})


def _loop(reader: Reader, node: Node, scope: Scope) -> Types:
    reader.bind(part(node, "left"), reader.each(reader.value(part(node, "right"), scope)), scope)
    reader.value(part(node, "body"), scope)
    return NONE


_HANDLERS: Mapping[str, Any] = {
    "identifier": _name,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "binary_expression": _either,
    "ternary_expression": _either,
    "parenthesized_expression": _either,
    "await_expression": _either,
    "variable_declarator": _declared,
    "assignment_expression": _assigned,
    "augmented_assignment_expression": _assigned,
    "object": _object,
    "for_in_statement": _loop,
}
