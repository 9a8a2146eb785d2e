"""Shows a plan to people: its steps and where each runs, and the relations as a tree."""

from __future__ import annotations

from dataclasses import dataclass, fields

from trawl.algebra import MatchKey, Measure, Relation, Scan, SortKey, post_order
from trawl.commands import write
from trawl.expr import Call, EveryField, Expr, Field, Literal, Subsearch
from trawl.language.tree import Query
from trawl.planning.plan import Plan
from trawl.planning.split import Capable, Cut, split
from trawl.values import Instant, number_text


@dataclass(frozen=True)
class PlacedStep:
    """One command and where it runs: `pushed` to the engine, `local`, or `later` (once the columns are known)."""

    command: str
    text: str
    where: str


@dataclass(frozen=True)
class Explanation:
    """A plan in words.

    Attributes:
        steps: the commands in order.
        cut: what goes to the engine and what is finished locally.
        tree: the relations of each side, as indented text.
    """

    query: str
    sources: tuple[str, ...]
    start: Instant
    end: Instant
    steps: tuple[PlacedStep, ...]
    cut: Cut
    tree: str


def explain(plan: Plan, engine: Capable) -> Explanation:
    """Where the plan is cut for this engine, and what each side is."""
    cut = split(plan.result, engine)
    placed = [
        PlacedStep(step.command, step.text, "pushed" if split(step.relation, engine).local is None else "local")
        for step in plan.steps
    ]
    later = plan.rest.commands if plan.rest else ()
    texts = [write(Query((stage,))) for stage in later]
    placed.extend(PlacedStep(text.split()[0], text, "later") for text in texts)
    sides = [f"{name}:\n{describe(relation)}" for name, relation in cut.remote]
    if cut.local is not None:
        sides.append(f"local:\n{describe(cut.local)}")
    return Explanation(plan.query, plan.sources, plan.range.start, plan.range.end, tuple(placed), cut, "\n".join(sides))


def describe(root: Relation) -> str:
    """The relations from the leaves up, one a line, with what each does."""
    order = list(post_order(root))
    numbers = {id(relation): number for number, relation in enumerate(order, 1)}
    lines = []
    for relation in order:
        inputs = " ".join(f"#{numbers[id(child)]}" for child in relation.inputs)
        words = (f"  #{numbers[id(relation)]}", type(relation).__name__.lower(), inputs, _details(relation))
        lines.append(" ".join(word for word in words if word))
    return "\n".join(lines)


def _details(relation: Relation) -> str:
    if isinstance(relation, Scan):
        read = "" if relation.only is None else f" columns={len(relation.only)}"
        newest = "" if relation.newest is None else f" newest={relation.newest}"
        return f"{','.join(relation.sources)} {relation.time_field} {relation.start} .. {relation.end}{newest}{read}"
    shown = []
    for item in fields(relation):
        value = getattr(relation, item.name)
        if item.name in ("schema", "span", "rows") or isinstance(value, Relation) or value in (None, False, (), ""):
            continue
        if not (isinstance(value, tuple) and value and isinstance(value[0], Relation)):
            shown.append(f"{item.name}={_show(value)}")
    return " ".join(shown)


def _show(value: object) -> str:
    match value:
        case Literal() | Field() | EveryField() | Call():
            return show(value)
        case Measure():
            return f"{value.name}: {value.function}({', '.join(show(argument) for argument in value.arguments)})"
        case MatchKey():
            return f"{value.column}={value.field.name} {value.how}"
        case SortKey():
            return ("-" if value.descending else "+") + show(value.value)
        case tuple():
            return "[" + ", ".join(_show(item) for item in value) + "]"
    return str(value)


def show(expression: Expr) -> str:
    """An expression as a call tree: `eq(event.code, "1")`."""
    match expression:
        case Field():
            return expression.name
        case EveryField():
            return "*"
        case Subsearch():
            return "[ … ]"
        case Call():
            shown = expression.arguments[:6]
            more = ", …" if len(expression.arguments) > len(shown) else ""
            return f"{expression.function}({', '.join(show(argument) for argument in shown)}{more})"
        case Literal(value=None):
            return "null"
        case Literal(value=str() as text):
            return f'"{text}"'
        case Literal(value=bool() as flag):
            return "true" if flag else "false"
        case Literal(value=int() | float() as number):
            return number_text(number)
        case Literal():
            return str(expression.value)
