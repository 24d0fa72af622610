"""Workbooks that are no forms, told so: CPU seconds a file, beside what openpyxl takes to load it.

``python -m tests.benchmarks.strangers`` makes government templates with large styles, many names,
pivots and charts, saves them again with LibreOffice where that is installed (.xlsx, .xls, .ods), and
prints the longest and the median time of each kind.
"""

from __future__ import annotations

import io
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from generators.intake.inbox import InboxFile, read_file
from generators.package import package_of, parts_of
from generators.taking import take
from tests.fuzzing import with_everything
from tests.office import SOFFICE, convert_all
from tests.workbooks import sound_definition

ROUNDS = 5


def template(seed: int, *, styles: int = 50, names: int = 10, rows: int = 60) -> bytes:
    """A table that some other office made: its styles, names, chart and picture are its own."""
    draw = random.Random(seed)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("附表1")
    looks = [
        book.add_format({"font_size": 8 + number % 20, "bg_color": f"#{draw.getrandbits(24):06x}"})
        for number in range(styles)
    ]
    for row in range(rows):
        for column in range(12):
            sheet.write(row, column, draw.choice(("合计", 12.5, row)), draw.choice(looks))
    for number in range(names):
        book.define_name(f"区域{number}", f"=附表1!$A${number + 1}:$L${number + 9}")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=附表1!$B$1:$B$9"})
    sheet.insert_chart("N2", chart)
    book.close()
    return buffer.getvalue()


def old_template(styles: int) -> bytes:
    """One that was copied from file to file for years: tens of thousands of styles that nobody uses."""
    parts = parts_of(with_everything(template(1)))
    draw = random.Random(2)
    own = "".join(
        f'<cellStyle name="样式 {n} {draw.getrandbits(40):x}" xfId="{n}"/>' for n in range(styles)
    )
    bases = "".join(
        f'<xf numFmtId="0" fontId="{n % 20}" fillId="0" borderId="0"><alignment indent="{n % 9}"/></xf>'
        for n in range(styles)
    )
    text = parts["xl/styles.xml"].decode()
    text = text.replace("</cellStyleXfs>", f"{bases}</cellStyleXfs>").replace(
        "</cellStyles>", f"{own}</cellStyles>"
    )
    parts["xl/styles.xml"] = text.encode()
    return package_of(parts)


def strangers(folder: Path) -> dict[str, list[Path]]:
    """The files by kind."""
    kinds: dict[str, list[bytes]] = {
        "small": [template(seed) for seed in range(5)],
        "many names": [template(seed, names=5_000) for seed in range(3)],
        "large": [template(seed, rows=4_000, styles=400) for seed in range(3)],
        "large styles": [old_template(40_000)],
    }
    made: dict[str, list[Path]] = {}
    for kind, files in kinds.items():
        for number, data in enumerate(files):
            path = folder / f"{kind}-{number}.xlsx"
            path.write_bytes(data)
            made.setdefault(kind, []).append(path)
    if SOFFICE:
        for ending in ("xlsx", "xls", "ods"):
            sources = [*made["small"], made["large"][0]]
            made[f"LibreOffice .{ending}"] = convert_all(sources, folder / ending, ending)
    return made


def loaded(data: bytes) -> object:
    """What openpyxl makes of it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def seconds_of(work: Any) -> float:
    """The least CPU seconds of a few rounds, children included."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    """Print the table."""
    definition = sound_definition()
    print(
        f"{'kind':24}{'files':>6}{'median s':>10}{'longest s':>11}{'openpyxl, median s':>20}{'ratio':>8}"
    )
    with tempfile.TemporaryDirectory() as name:
        for kind, paths in strangers(Path(name)).items():
            own, other = [], []
            for path in paths:
                file = read_file(path, path.name)
                assert isinstance(file, InboxFile)
                found = take(file, definition).findings
                assert [item.code for item in found] == ["envelope.unknown_form"], found
                own.append(seconds_of(lambda file=file: take(file, definition)))
                if path.suffix == ".xlsx":
                    other.append(seconds_of(lambda file=file: loaded(file.data)))
            median = statistics.median(own)
            line = f"{kind:24}{len(paths):6}{median:10.4f}{max(own):11.4f}"
            if other:
                theirs = statistics.median(other)
                line += f"{theirs:20.3f}{median / theirs:8.3f}"
            print(line)


if __name__ == "__main__":
    main()
