"""The filters of the template language. Each is documented here; the README lists them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from generators.excel.numbers import plain
from generators.model import ColumnKind
from generators.word.figures import EvaluationError, Missing, Piece, Quantity, Words, total
from generators.word.listings import NarrativeView, RowsView, RowView, SectionView
from generators.word.views import View, level_of

SEPARATOR = "、"
DEPARTMENT = "部门"
MOST_DECIMALS = 9


class Listing:
    """Several printed things with fixed words between them, each keeping its own source."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces

    def __str__(self) -> str:
        return "".join(piece.text for piece in self._pieces)

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def pieces(self) -> list[Piece]:
        """What is printed."""
        return self._pieces


def pieces_of(value: object) -> list[Piece]:
    """What any value of an expression prints as; plain words for what stands on no cell."""
    maker = getattr(value, "pieces", None)
    if maker is not None:
        made: list[Piece] = maker()
        return made
    if value is None or value is False or value is True:
        raise EvaluationError("not_printable")
    if isinstance(value, list | tuple | dict) or (
        isinstance(value, View) and not isinstance(value, SectionView)
    ):
        raise EvaluationError("list_not_printable")
    if isinstance(value, float):
        value = plain(Decimal(repr(value)))
    text = str(value)
    return [Piece(text)] if text else []


def _rows(value: object) -> RowsView:
    if not isinstance(value, RowsView):
        raise EvaluationError("not_a_register")
    return value


def _conditions(also: object) -> dict[str, object]:
    if also is None:
        return {}
    if not isinstance(also, dict):
        raise EvaluationError("conditions")
    return {str(name): wanted for name, wanted in also.items()}


def _is_met(row: RowView, column: str, wanted: object) -> bool:
    value = row.attribute(column)
    if isinstance(wanted, list | tuple):
        return any(_same(value, item) for item in wanted)
    return _same(value, wanted)


def _meets(row: RowView, conditions: Mapping[str, object]) -> bool:
    return all(_is_met(row, column, wanted) for column, wanted in conditions.items())


def _same(value: object, wanted: object) -> bool:
    if isinstance(value, Quantity) or isinstance(wanted, Quantity):
        return bool(value == wanted)
    return str(value) == str(wanted)


def select(value: object, also: object = None, **conditions: object) -> RowsView:
    """Rows in which every named column has the value, or one of a list of values.

    ``also`` is a mapping of further conditions, for columns whose names are no identifiers.
    """
    rows = _rows(value)
    conditions |= _conditions(also)
    wanted = conditions.get(DEPARTMENT)
    names = wanted if isinstance(wanted, list | tuple) else [wanted]
    absent = rows.absent if wanted is None else {n: s for n, s in rows.absent.items() if n in names}
    return rows.having(
        [row for row in rows if _meets(row, conditions)],
        absent,
    )


def reject(value: object, also: object = None, **conditions: object) -> RowsView:
    """Rows in which not every named column has the value; ``also`` as for :func:`select`."""
    rows = _rows(value)
    conditions |= _conditions(also)
    return rows.having([row for row in rows if not _meets(row, conditions)])


def sort(value: object, column: str, descending: bool = False) -> RowsView:
    """Rows by a column; rows in which it is blank stand last, whichever the direction."""
    rows = _rows(value)
    cells = [(row, row.attribute(column)) for row in rows]
    filled = [(row, cell) for row, cell in cells if cell]  # a missing number and no words are false
    filled.sort(key=lambda pair: _order(pair[1]), reverse=descending)
    return rows.having([row for row, _ in filled] + [row for row, cell in cells if not cell])


def _order(cell: object) -> Any:
    """What a cell is sorted by: its number or its text."""
    if isinstance(cell, Quantity):
        return cell.value
    return cell if isinstance(cell, int) else str(cell)


def first(value: object, count: object) -> RowsView:
    """The first rows."""
    rows = _rows(value)
    return rows.having(list(rows)[: _whole(count)])


def _whole(value: object, high: int = 10**6) -> int:
    """A whole number from 0 to ``high`` as a filter's argument."""
    number = value.value if isinstance(value, Quantity) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal) or number != int(number):
        raise EvaluationError("whole_number", high=str(high))
    if not 0 <= number <= high:
        raise EvaluationError("whole_number", high=str(high))
    return int(number)


def count(value: object) -> Quantity | Missing:
    """The number of rows; missing while a department that may have more has not reported."""
    rows = _rows(value)
    unknown = rows.unknown()
    if unknown is not None:
        return unknown
    sources = tuple(source for row in rows for source in _key_sources(row))
    return Quantity(Decimal(len(rows)), decimals=0, sources=sources)


def _key_sources(row: RowView) -> tuple[Any, ...]:
    first_column = row.register.columns[0].name if row.register.columns else ""
    return getattr(row.attribute(first_column), "sources", ()) if first_column else ()


def add_up(value: object, column: str) -> object:
    """The sum of a number column over the rows that have a number there, with its unit.

    It is missing while a department that may have more rows has not reported.
    """
    rows = _rows(value)
    unknown = rows.unknown()
    if unknown is not None:
        return unknown
    declared = rows.register.column(column)
    if declared is None:
        raise EvaluationError("no_column", register=rows.register.name, name=column)
    if declared.kind is not ColumnKind.NUMBER:
        raise EvaluationError("not_numeric", name=column)
    known = [cell for row in rows if isinstance(cell := row.attribute(column), Quantity)]
    if len(rows) and not known:
        return rows.nothing(column)
    return total(known) or Quantity(Decimal(0), declared.unit, declared.decimals)


def values(value: object, column: str) -> list[object]:
    """The values of one column, for a loop."""
    return [row.attribute(column) for row in _rows(value)]


def enumerate_(
    value: object, column: str, 最多: object = None, 合计: object = None, 单位: str = "个"
) -> Listing | Missing:
    """Names joined by ``、``; ``等N个`` follows where there are more than are printed.

    ``最多`` is how many are printed at most; ``合计`` (a number or an indicator) replaces the
    number of rows as the total, for lists of which the departments name only some, and is always
    printed. An empty list prints the missing mark, and so does the total while a department has not
    reported.
    """
    view = _rows(value)
    names = [made for row in view if (made := pieces_of(row.attribute(column)))]
    if not names:
        return view.nothing(column)
    limit = len(names) if 最多 is None else _whole(最多)
    pieces = [piece for name in names[:limit] for piece in (Piece(SEPARATOR), *name)][1:]
    whole = _total(合计) if 合计 is not None else count(view)
    if isinstance(whole, Missing):
        return Listing([*pieces, Piece("等"), *whole.pieces()])
    if 合计 is not None or limit < len(names):
        contradicted = len(names) if whole.value < len(names) else None
        number = Piece(f"{whole.number()}{单位}", whole.sources, contradicted_by=contradicted)
        pieces += [Piece("等"), number] if pieces else [number]
    return Listing(pieces)


def _total(value: object) -> Quantity | Missing:
    level = level_of(value)
    if isinstance(level, Quantity | Missing):
        return level
    if isinstance(level, int | float | Decimal):
        return Quantity(Decimal(repr(level) if isinstance(level, float) else level), decimals=0)
    raise EvaluationError("total")


def if_blank(value: object, replacement: object = "—") -> object:
    """``replacement`` for a blank that nobody had to fill, for table cells.

    A figure that had to be reported still prints its mark: it is missing, not blank. The words stand
    on the blank cells, so that a refresh knows where the figure belongs once it is reported.
    """
    value = level_of(value)
    if isinstance(value, NarrativeView):
        value = value.whole
    blank = value.excused if isinstance(value, Missing) else value is None or str(value) == ""
    if not blank:
        return value
    sources = getattr(value, "sources", ())
    return Words(replacement, sources) if isinstance(replacement, str) and sources else replacement


def decimals(value: object, count: object, keep_zeros: bool = False) -> object:
    """The number printed with at most (or, with ``keep_zeros``, exactly) so many decimals."""
    level = level_of(value)
    if isinstance(level, Quantity):
        return replace(level, decimals=_whole(count, MOST_DECIMALS), keep_zeros=keep_zeros)
    return level


def with_unit(value: object, unit: str) -> object:
    """The number printed with another unit text; the number itself is not converted."""
    level = level_of(value)
    return replace(level, unit=unit) if isinstance(level, Quantity) else level


def bare(value: object) -> object:
    """The number printed without its unit, for table columns whose header names it."""
    return with_unit(value, "")


def words(value: object) -> Words | Missing:
    """The printed text as words, for comparisons; what is missing stays missing."""
    level = level_of(value)
    if isinstance(level, Missing):
        return level
    return Words("".join(piece.text for piece in pieces_of(value)))


FILTERS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "筛选": ("只留列值相符的行：筛选(阶段=\"开工\")；列表表示其中之一", select),
    "排除": ("去掉列值相符的行", reject),
    "排序": ("按列排序：排序(\"总投资\")；第二个参数 true 为从大到小", sort),
    "前": ("前几行：前(5)", first),
    "计数": ("行数", count),
    "求和": ("数值列之和，带单位：求和(\"总投资\")", add_up),
    "取值": ("某一列的值，供循环使用", values),
    "列举": ("用顿号连接：列举(\"名称\", 最多=2, 合计=指标, 单位=\"个\")", enumerate_),
    "空则": ("不需填报或选填未填时改印别的文字，默认“—”；应报未报的仍印【缺】", if_blank),
    "小数": ("最多保留几位小数；第二个参数 true 为补零", decimals),
    "带单位": ("改印另一个单位文字（不换算）", with_unit),
    "数": ("只印数字，不带单位", bare),
    "文字": ("转为文字，用于比较", words),
}  # fmt: skip
"""Name in the template → what it does, function. Loops and conditions may use them too."""

COLUMN_FILTERS = frozenset(["排序", "求和", "取值", "列举"])
"""Filters whose first argument names a column."""
ROW_FILTERS = frozenset(["筛选", "排除", "排序", "前"])
"""Filters that give rows of the same register."""
CONDITION_FILTERS = frozenset(["筛选", "排除"])
"""Filters whose keyword arguments name columns."""


def iterable(value: object) -> Iterable[object]:
    """What a ``for`` block goes through; raises where the value is not a list."""
    if isinstance(value, Missing):
        return ()
    if isinstance(value, RowsView):
        return value.for_loop()
    if isinstance(value, list | tuple) or (hasattr(value, "__iter__") and not isinstance(value, str)):
        return value
    raise EvaluationError("not_iterable")
