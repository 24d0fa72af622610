"""Definition → the blank form of one department: an Excel workbook, as bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generators.forms import inputs, layout
from generators.forms.instructions import instructions_sheet
from generators.forms.sealing import SealKey
from generators.forms.sheets import (
    Form,
    indicator_sheet,
    narrative_sheet,
    register_sheet,
)
from generators.forms.styles import FONT, Styles
from generators.model import Definition, FormIdentity
from generators.package import stable_package

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

CREATED = dt.datetime(1980, 1, 1)
"""A form says nothing of when it was written: equal definitions give equal bytes."""

ROW_PIXELS = 28
"""A little more than Excel's 20, so that rows can be read and hit; rows still grow with their text."""


def write_form(definition: Definition, department: str, key: SealKey | None = None) -> bytes:
    """The blank form of the department with the code ``department``, as the bytes of an .xlsx file.

    With a ``key`` the form is sealed. Equal input gives equal bytes. Raises ``ValueError`` for a code
    the definition does not know.
    """
    import xlsxwriter

    if department not in definition.department_by_code:
        raise ValueError(f"the definition knows no department {department!r}")
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            # Text is text, whatever it begins with: no formula comes into a form.
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_format_properties": {"font_name": FONT, "font_size": 11},
            "default_row_height": ROW_PIXELS,
        },
    )
    identity = _identity(definition, department, key)
    _properties(workbook, definition, department, identity)
    lists = _long_lists(definition, department)
    form = Form(definition, department, workbook, Styles(workbook), lists.names)
    instructions_sheet(form)
    if definition.indicators_of(department):
        indicator_sheet(form)
    for register in definition.registers_of(department):
        register_sheet(form, register)
    if definition.narratives_of(department):
        narrative_sheet(form)
    _code_list_sheet(workbook, lists)
    _identity_sheet(workbook, identity)
    workbook.close()
    return stable_package(buffer.getvalue())


def _identity(definition: Definition, department: str, key: SealKey | None) -> Mapping[str, str]:
    """What the form says that it is, by key of the identity sheet; last its seal, if it has one."""
    settings = definition.settings
    identity = FormIdentity(definition.pack, department, settings.period, settings.form_version)
    told = {name: str(getattr(identity, name)) for name in layout.IDENTITY_KEYS}
    return {**told, layout.SEAL_KEY: key.seal(identity)} if key else told


def _properties(
    workbook: Workbook, definition: Definition, department: str, identity: Mapping[str, str]
) -> None:
    settings = definition.settings
    name = definition.department_name(department)
    workbook.set_properties(
        {
            "title": inputs.form_title(settings),
            "subject": f"{name} {inputs.year_text(settings.period)}",
            "company": settings.compiler,
            "created": CREATED,
        }
    )
    for key, value in identity.items():
        workbook.set_custom_property(layout.property_name(key), value, "text")


@dataclass(frozen=True)
class _Lists:
    """The code lists that are too long to be written out in a validation, in sheet order."""

    values: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> Mapping[str, str]:
        """Code list → the defined name of its values."""
        return {name: f"huibao_codes_{place}" for place, name in enumerate(self.values, start=1)}


def _long_lists(definition: Definition, department: str) -> _Lists:
    used: Iterable[str] = (
        column.code_list
        for register in definition.registers_of(department)
        for column in register.columns
    )
    values = {name: definition.code_lists.get(name, ()) for name in used}
    return _Lists(
        {name: items for name, items in values.items() if items and not inputs.fits_inline(items)}
    )


def _code_list_sheet(workbook: Workbook, lists: _Lists) -> None:
    """One column a list: its name in the first row, its values below."""
    if not lists.values:
        return
    sheet = workbook.add_worksheet(layout.CODE_LIST_SHEET)
    for column, (name, items) in enumerate(lists.values.items()):
        sheet.write_string(0, column, name)
        for row, item in enumerate(items, start=1):
            sheet.write_string(row, column, item)
        letters = layout.column_letters(column)
        area = f"'{layout.CODE_LIST_SHEET}'!${letters}$2:${letters}${len(items) + 1}"
        workbook.define_name(lists.names[name], f"={area}")
    sheet.protect()
    sheet.hide()


def _identity_sheet(workbook: Workbook, identity: Mapping[str, str]) -> None:
    sheet = workbook.add_worksheet(layout.IDENTITY_SHEET)
    for row, (key, value) in enumerate(identity.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
