"""Rule ``conflict`` and the pack's expressions across departments: what several forms say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generators.excel.numbers import plain
from generators.model import Definition, Finding, Operand, Severity, Submission
from generators.validation.at import finding_at
from generators.validation.evidence import evidence_of
from generators.validation.figures import Figure, Figures, Key, figures_of
from generators.validation.pack_rules import across_departments
from generators.validation.relations import Check, Relation, Verdict


def check_conflicts(submissions: Sequence[Submission], definition: Definition) -> Iterator[Finding]:
    """A finding for each of two departments whose values for one figure exclude each other.

    The owner's value is the one that the others are held against: it stands. Where the owner has
    none, the first reporter's takes its place, as in merging.
    """
    figures = {item.identity.department: figures_of(item, definition) for item in submissions}
    forms = {item.identity.department: item for item in submissions}
    for indicator in definition.indicators:
        order = [code for code in (indicator.owner, *indicator.reporters) if code in figures]
        for key in dict.fromkeys(
            key for code in order for key in figures[code] if key[0] == indicator.code
        ):
            having = [code for code in order if key in figures[code]]
            first = having[0]
            for other in having[1:]:
                one, two = figures[first][key], figures[other][key]
                if not one.interval.meets(two.interval):
                    yield _finding(definition, forms[first], one, forms[other], two, stands=True)
                    yield _finding(definition, forms[other], two, forms[first], one, stands=False)


def _finding(
    definition: Definition,
    here: Submission,
    figure: Figure,
    there: Submission,
    other: Figure,
    *,
    stands: bool,
) -> Finding:
    elsewhere = foreign(other, there)
    cell = other.reading.cell
    found = finding_at(
        "conflict.stands" if stands else "conflict.yields",
        Severity.CONFIRM,
        here,
        figure.reading.cell,
        figure.operand,
        elsewhere,
        indicator=figure.indicator.name,
        measure=str(figure.measure),
        unit=figure.unit,
        value=plain(figure.value),
        other=definition.department_name(there.identity.department),
        other_value=plain(other.value),
        other_place=f"{there.file} › {cell.sheet}!{cell.address}",
    )
    return replace(found, evidence=evidence_of(other.interval, figure))


def check_across(submissions: Sequence[Submission], definition: Definition) -> Iterator[Finding]:
    """A finding for each department with a figure in an expression of the pack that does not hold.

    Only expressions that no single department's form can decide are meant; every figure is its
    owner's, or the first reporter's where the owner has none.
    """
    forms = {item.identity.department: item for item in submissions}
    holders = _holders(submissions, definition)
    standing = {key: figure for key, (_, figure) in holders.items()}
    for relation in across_departments(definition, standing):
        check = relation.tried()
        if check.verdict is not Verdict.FAIL:
            continue
        owners = {figure.key: holders[figure.key][0] for figure in relation.figures}
        for code in dict.fromkeys(owners.values()):
            yield _across(relation, check, code, owners, forms)


def standing_figures(submissions: Sequence[Submission], definition: Definition) -> Figures:
    """The figures that stand: each its owner's, or the first reporter's where the owner has none."""
    return {key: figure for key, (_, figure) in _holders(submissions, definition).items()}


def _holders(submissions: Sequence[Submission], definition: Definition) -> dict[Key, tuple[str, Figure]]:
    """Figure → the department whose value stands, and that value."""
    figures = {item.identity.department: figures_of(item, definition) for item in submissions}
    holders: dict[Key, tuple[str, Figure]] = {}
    for indicator in definition.indicators:
        for code in (indicator.owner, *indicator.reporters):
            for key, figure in figures.get(code, {}).items():
                if key[0] == indicator.code:
                    holders.setdefault(key, (code, figure))
    return holders


def _across(
    relation: Relation,
    check: Check,
    department: str,
    owners: Mapping[Key, str],
    forms: dict[str, Submission],
) -> Finding:
    own = [figure for figure in relation.figures if owners[figure.key] == department]
    operands = [
        figure.operand
        if owners[figure.key] == department
        else foreign(figure, forms[owners[figure.key]])
        for figure in (*own, *(item for item in relation.figures if item not in own))
    ]
    found = finding_at(
        relation.code,
        relation.severity,
        forms[department],
        own[0].reading.cell,
        *operands,
        **relation.params,
    )
    evidence = evidence_of(check.admissible, relation.figures[0])
    return replace(found, evidence=evidence, shadow=relation.shadow)


def foreign(figure: Figure, form: Submission) -> Operand:
    """A figure of another department's form as an operand."""
    return replace(figure.operand, file=form.file)
