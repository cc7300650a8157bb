"""The only door to scim2-filter-parser: a filter's text becomes a tree of scim.terms, or a 400.

https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2. The library's lexer and parser are used, repaired: its
numbers have one digit, its booleans one spelling and no end, its strings no escapes, and `and` binds no
tighter than `or` (0.7.0). The repair leans on sly's internals; tests/scim/engine/test_filters.py fails loudly
when they move. The limits are counted on the tokens, before anything is parsed.
"""

import json
from collections.abc import Iterator
from typing import Any

import sly.lex
import sly.yacc
from scim2_filter_parser import ast
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser, SCIMParserError

from scim.attributes import Kind, ResourceType
from scim.errors import ScimError, invalid_filter
from scim.schema import Target, extension_urn, find
from scim.shapes import normalise_filter
from scim.terms import ALWAYS, EQUALITY, NEVER, And, Filter, Not, Or, Present, ValuePath, compare

MAX_BYTES = 8 * 1024
MAX_TERMS = 100
MAX_DEPTH = 32
_TOKENS_IN_A_TERM = 15  # URN, name, part, operator, value, `and`, `not`, and brackets around it
_OPENING, _CLOSING = frozenset({"LPAREN", "LBRACKET"}), frozenset({"RPAREN", "RBRACKET"})
_TERMS = frozenset({"EQ", "NE", "CO", "SW", "EW", "GT", "GE", "LT", "LE", "PR"})


def _word(word: str) -> str:
    """Match a keyword in any case, and not the beginning of `trueName`."""
    return rf"(?i:{word})(?![A-Za-z0-9_$.:-])"


# sly reads the class body: rules are functions of the same name, found through `_`, which it puts there.
class _Lexer(SCIMLexer):
    tokens = SCIMLexer.tokens
    ignore = " \t\r\n"

    @_(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
    def COMP_VALUE(self, t: Any) -> Any:
        t.value = json.loads(t.value)
        return t

    @_(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
    def NUMBER(self, t: Any) -> Any:
        t.value = json.loads(t.value)
        return t

    @_(_word("true"))
    def TRUE(self, t: Any) -> Any:
        t.value = True
        return t

    @_(_word("false"))
    def FALSE(self, t: Any) -> Any:
        t.value = False
        return t

    @_(_word("null"))
    def NULL(self, t: Any) -> Any:
        t.value = None
        return t


_rules = {name: rule for name, rule in vars(SCIMParser).items() if callable(rule) and hasattr(rule, "rules")}
_Parser = sly.yacc.ParserMeta(
    "_Parser",
    (SCIMParser,),
    {
        "_": None,
        **_rules,
        "tokens": SCIMParser.tokens,
        "precedence": (("left", "OR"), ("left", "AND"), ("right", "NOT")),
    },
)


def parse_filter(kind: ResourceType, text: str, *, strict: bool = True) -> Filter:
    """Read a filter over resources of this type; raises 400 invalidFilter.

    At the root several types are asked at once: there (`strict=False`) an attribute that this type does not
    have has no value (RFC 7644 section 3.4.2.1).
    """
    parsed = _parse(normalise_filter(_checked(text)))
    return _walk(parsed, _Names(kind, None, strict=strict))


def parse_value_filter(kind: ResourceType, parent: Target, text: str) -> Filter:
    """Read what stands between the brackets after `parent`; raises 400 invalidFilter."""
    return _walk(_parse(_checked(text)), _Names(kind, parent, strict=True))


def _checked(text: str) -> str:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise invalid_filter(f"A filter has at most {MAX_BYTES} bytes.")
    return text


def _parse(text: str) -> Any:
    """Lex, count, parse. The library's errors become ours, without its words."""
    try:
        tokens = list(_counted(_Lexer().tokenize(text)))
        parsed = _Parser().parse(iter(tokens))
    except (ValueError, SCIMParserError, sly.lex.LexError) as exc:
        raise _unreadable() from exc
    if parsed is None:  # an empty text
        raise _unreadable()
    return parsed


def _unreadable() -> ScimError:
    return invalid_filter('The filter cannot be read: write it as in userName eq "amara@northgate.example".')


def _counted(tokens: Iterator[Any]) -> Iterator[Any]:
    """Refuse what is deeper, longer or stranger than a filter of a directory, as soon as it shows."""
    depth = terms = 0
    for number, token in enumerate(tokens):
        depth += (token.type in _OPENING) - (token.type in _CLOSING)
        terms += token.type in _TERMS
        if depth > MAX_DEPTH:
            raise invalid_filter(f"A filter has at most {MAX_DEPTH} brackets inside each other.")
        if terms > MAX_TERMS or number > MAX_TERMS * _TOKENS_IN_A_TERM:
            raise invalid_filter(f"A filter has at most {MAX_TERMS} comparisons.")
        if token.type == "COMP_VALUE" and not is_text(token.value):
            raise invalid_filter("A value holds a character that no text can hold.")
        yield token


def is_text(value: str) -> bool:
    """Tell whether a database can keep it: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


class _Names:
    """Where names are looked up: in a resource type, or among the sub-attributes of a parent."""

    def __init__(self, kind: ResourceType, parent: Target | None, *, strict: bool) -> None:
        self.kind, self.parent, self.strict = kind, parent, strict

    def find(self, path: Any) -> Target | None:
        """Resolve a path of the library's tree; None when it is unknown and that is no error."""
        name, sub = path.attr_name, path.sub_attr.value if path.sub_attr else None
        target = self._inside(self.parent, path) if self.parent else self._at_top(name, sub, path.uri)
        if target is None and self.strict:
            raise invalid_filter(f"There is no attribute {name}{f'.{sub}' if sub else ''} here.")
        if target and (target.leaf.returned == "never" or _unknown_to_filters(target)):
            raise invalid_filter(f"{target.label} cannot be filtered by.")
        return target

    def _inside(self, parent: Target, path: Any) -> Target | None:
        found = None if path.sub_attr or path.uri else parent.attribute.sub(path.attr_name)
        return Target(parent.urn, parent.attribute, found) if found else None

    def _at_top(self, name: str, sub: str | None, urn: str | None) -> Target | None:
        found = find(self.kind, name, urn=urn)
        if not found:
            return None
        schema, attribute = found
        child = attribute.sub(sub) if sub else None
        return None if sub and not child else Target(extension_urn(self.kind, schema), attribute, child)


def _unknown_to_filters(target: Target) -> bool:
    """Tell whether nothing is stored to compare with, such as for `meta.location` or `members.display`."""
    return target.leaf.column is None and target.leaf.kind is not Kind.COMPLEX


def _walk(node: Any, names: _Names) -> Filter:
    """Turn the library's tree into ours. Its brackets are counted already, so the recursion is bounded."""
    if isinstance(node, ast.Filter):
        if node.namespace is not None:
            return _value_path(node, names)
        return Not(_walk(node.expr, names)) if node.negated else _walk(node.expr, names)
    if isinstance(node, ast.LogExpr):
        joined = And if node.op.lower() == "and" else Or
        return joined(tuple(_walk(term, names) for term in _chain(node)))
    if isinstance(node.attr_path.attr_name, ast.Filter):
        return _value_path(node.attr_path.attr_name, names, node)
    return _compared(node, names.find(node.attr_path))


def _chain(top: Any) -> list[Any]:
    """Give the terms of `a or b or c`, which the library nests to the left, in their order."""
    terms, node = [], top
    while isinstance(node, ast.LogExpr) and node.op.lower() == top.op.lower():
        terms.append(node.expr2)
        node = _bare(node.expr1)
    return [node, *reversed(terms)]


def _bare(node: Any) -> Any:
    """Take off the wrapping that says nothing."""
    while isinstance(node, ast.Filter) and not node.negated and node.namespace is None:
        node = node.expr
    return node


def _compared(node: Any, target: Target | None) -> Filter:
    """Read `target op value` or `target pr`; an attribute that the type does not have equals null only."""
    op = node.value.lower()
    if op == "pr":
        return Present(target) if target else NEVER
    value = node.comp_value.value
    if target is None:
        return ALWAYS if op in EQUALITY and (value is None) == (op == "eq") else NEVER
    return compare(_with_value(target), op, value)


def _with_value(target: Target) -> Target:
    """Read `emails`, `members` and `manager` as their `value`, as the RFC's own examples do."""
    value = None if target.sub else target.attribute.sub("value")
    return Target(target.urn, target.attribute, value) if value else target


def _value_path(node: Any, names: _Names, outer: Any = None) -> Filter:
    """Read `path[filter]`, or Entra's `path[filter].sub op value` with that comparison as `outer`.

    The library hangs the sub-attribute of the second form to the path before the bracket.
    """
    path, sub = node.namespace, node.namespace.sub_attr
    if names.parent or isinstance(path.attr_name, ast.Filter) or bool(sub) != bool(outer):
        raise _unreadable()
    target = names.find(ast.AttrPath(path.attr_name, None, path.uri))
    if target is None:
        return NEVER
    if not (target.attribute.multi and target.attribute.subs):
        raise invalid_filter(f"{target.label} has one value: write {_a_part_of(target)} without brackets.")
    inside = _Names(names.kind, target, strict=names.strict)
    found = _walk(node.expr, inside)
    if outer is not None:
        wanted = inside.find(ast.AttrPath(sub.value, None, None))
        found = And((found, _compared(outer, wanted)))
    return ValuePath(target, found)


def _a_part_of(target: Target) -> str:
    subs = target.attribute.subs
    return f"{target.attribute.name}.{subs[0].name}" if subs else target.attribute.name
