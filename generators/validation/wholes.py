"""Blank columns and lonely register cells: one finding for what is missing as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from generators.messages import called, names_param
from generators.model import Definition, Finding, Observation, Operand, Reading, Submission
from generators.validation.at import indicator_of, operand

FEWEST_FIGURES = 3
"""From how many required figures on a blank column is told of once instead of figure by figure."""
FEWEST_CELLS = 2
"""The same of the required cells of a register's row in which one cell is filled."""

_Place = tuple[str, str]


def as_wholes(
    findings: Iterable[Finding], submission: Submission, definition: Definition
) -> Iterator[Finding]:
    """The findings of rule ``presence``; those of one blank column, or of one row, folded into one.

    A whole stands where the first of its findings stood, and has all their cells as operands.
    """
    found = list(findings)
    operands = _operands(submission, definition)
    wholes = {**_columns(found, submission, operands), **_rows(found, submission, operands)}
    folded = {id(item) for group in wholes.values() for item in group.follows}
    for item in found:
        if id(item) in wholes:
            yield wholes[id(item)]
        elif id(item) not in folded:
            yield item


def _columns(
    found: Sequence[Finding], submission: Submission, operands: Mapping[_Place, Operand]
) -> dict[int, Finding]:
    """First finding → its column's, for measures of which nothing is filled in at all."""
    filled = {str(item.measure) for item in submission.observations if not item.reading.blank}
    groups: dict[str, list[Finding]] = {}
    for item in found:
        if item.code == "presence.figure" and item.params["measure"] not in filled:
            groups.setdefault(item.params["measure"], []).append(item)
    return {
        id(group[0]): _whole(
            "presence.column", group, operands, {"measure": measure, "count": str(len(group))}
        )
        for measure, group in groups.items()
        if len(group) >= FEWEST_FIGURES
    }


def _rows(
    found: Sequence[Finding], submission: Submission, operands: Mapping[_Place, Operand]
) -> dict[int, Finding]:
    """First finding → its row's, for rows of a register in which one cell is filled."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for item in found:
        if item.code == "presence.register":
            groups.setdefault((item.sheet, item.params["row"]), []).append(item)
    alone = {
        (next(iter(row.readings.values())).cell.sheet, str(row.row)): filled[0]
        for row in submission.rows
        if len(filled := _filled(row.readings)) == 1
    }
    return {
        id(group[0]): _whole(
            "presence.register_row",
            group,
            operands,
            {
                **group[0].params,
                "column": alone[place],
                "names": names_param([item.params["column"]] for item in group),
            },
        )
        for place, group in groups.items()
        if place in alone and len(group) >= FEWEST_CELLS
    }


def _filled(readings: Mapping[str, Reading]) -> list[str]:
    return [name for name, reading in readings.items() if not reading.blank]


def _whole(
    code: str,
    group: Sequence[Finding],
    operands: Mapping[_Place, Operand],
    params: Mapping[str, str],
) -> Finding:
    cells = tuple(operands[item.sheet, item.cell] for item in group)
    return replace(group[0], code=code, params=params, operands=cells, follows=tuple(group))


def _operands(submission: Submission, definition: Definition) -> dict[_Place, Operand]:
    """Every cell that a required value may be missing in, by sheet and address."""
    found = [_of_figure(item, definition) for item in submission.observations]
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for name, reading in row.readings.items():
            label = called((register.name, str(row.row), name))
            found.append((reading, replace(operand(reading), label=label)))
    return {(reading.cell.sheet, reading.cell.address): used for reading, used in found}


def _of_figure(observation: Observation, definition: Definition) -> tuple[Reading, Operand]:
    indicator, measure = indicator_of(observation, definition), observation.measure
    used = operand(observation.reading, indicator.unit_of(measure), indicator.decimals_of(measure))
    label = called((indicator.name, str(measure)))
    return observation.reading, replace(used, label=label)
