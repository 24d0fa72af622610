"""A year of a watched folder on a simulated clock: 10,000 drops, of which every one is accounted for.

``python -m tests.benchmarks.soak [DROPS] [SEED]`` drops forms of twelve departments into an inbox:
sound ones and replacements, copies that arrive in pieces, files that are damaged or of other kinds,
and what programs leave lying about. The watch looks at the inbox in between; now and then the machine
is off for days. Printed are what became of the drops, the reports, and the memory by quarter.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from generators.package import package_of, parts_of
from generators.scheduling import Answered, Watch
from generators.workspace import Workspace
from tests.small_workspace import template
from tests.workbooks import PACK, definition_of, filled_form, workbook

DEPARTMENTS = 12
START = dt.datetime(2031, 1, 6, tzinfo=dt.UTC)
"""A Monday; slots are on Fridays, 52 of them in a year."""
WEEKS = 52
BURSTS_A_WEEK = 7
SLOT = "周五 17:00"
LOOK = dt.timedelta(seconds=5)
MARK = "4711.25"
"""The figure in the form that every drop replaces by one of its own."""
KINDS = {"sound": 72, "in pieces": 12, "truncated": 6, "noise": 4, "password": 3, "macro": 3}
"""What is dropped, and how many in a hundred."""
STRAYS = ("~$部门01-2031.xlsx", ".~lock.部门02-2031.xlsx#", "部门03-2031.xlsx.tmp", "Thumbs.db")


def pack() -> tuple[bytes, dict[str, bytes]]:
    """The definition of a pack in which each department reports two figures, and its forms by name."""
    numbers = range(1, DEPARTMENTS + 1)
    rows = [f"| D{n:02} | 部门{n:02} |" for n in numbers]
    asked = [
        f"| I{n:02}-{kind} | 指标{n:02}{name} | 吨 | 2 | D{n:02} | S1 | 必填 |"
        for n in numbers
        for kind, name in ((1, "甲"), (2, "乙"))
    ]
    head = "| 指标代码 | 指标名称 | 计量单位 | 小数位数 | 责任部门 | 章节 | 本年预计 |"
    tables = {
        "设置": f"| 设置项 | 内容 |\n| 报告名称 | 潮汐报告 |\n| 报告期 | 2031 |\n| 每周时间 | {SLOT} |",
        "部门": "\n".join(["| 部门代码 | 部门名称 |", *rows]),
        "章节": "| 章节代码 | 章节名称 |\n| S1 | 潮汐 |",
        "指标": "\n".join([head, *asked]),
    }
    definition = definition_of(tables).value
    assert definition is not None
    forms = {}
    for n in numbers:
        filled = f"| 指标代码 | 本年预计 |\n| I{n:02}-1 | {MARK} |\n| I{n:02}-2 | 12 |"
        forms[f"部门{n:02}"] = filled_form(definition, {"指标": filled}, f"D{n:02}")
    return workbook(tables), forms


@dataclass
class Year:
    """The workspace, its clock, and what must become of what lies in the inbox."""

    place: Workspace
    random: Random
    forms: dict[str, bytes]
    moment: dt.datetime = START
    dropped: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    lying: dict[Path, tuple[str, bytes]] = field(default_factory=dict)
    pieces: dict[Path, bytes] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    reports: list[Answered] = field(default_factory=list)

    def restart(self) -> None:
        """The machine goes off and on."""
        self.watch = Watch(self.place, None, lambda: self.moment)

    def drop(self) -> None:
        """One more file for a department, in place of what it dropped before."""
        department = self.random.choice(sorted(self.forms))
        [kind] = self.random.choices(list(KINDS), list(KINDS.values()))
        self.dropped[kind] += 1
        path = self.place.inbox / f"{department}-2031.xlsx"
        if path in self.lying:
            self.fates["replaced before anybody looked"] += 1
        whole = self.form(department)
        self.pieces.pop(path, None)
        if kind == "in pieces":
            self.pieces[path] = whole
        self.lying[path] = (kind, whole)
        self.put(path, self.spoilt(kind, whole))

    def form(self, department: str) -> bytes:
        """The department's form with a figure that no other drop has."""
        figure = f"{self.random.randrange(10**6, 10**9) / 100:.2f}".encode()
        parts = parts_of(self.forms[department])
        changed = {name: part.replace(MARK.encode(), figure) for name, part in parts.items()}
        return package_of(changed, zipfile.ZIP_STORED)

    def spoilt(self, kind: str, whole: bytes) -> bytes:
        if kind == "in pieces":
            return whole[: len(whole) // 2]
        if kind == "truncated":
            return whole[: self.random.randrange(1, len(whole) - 100)]
        if kind == "noise":
            return self.random.randbytes(self.random.randrange(1, 5000))
        if kind == "password":
            return bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le") * 20
        if kind == "macro":
            return package_of({**parts_of(whole), "xl/vbaProject.bin": b"\0" * 100})
        return whole

    def put(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        self.moment += dt.timedelta(seconds=1)
        os.utime(path, (self.moment.timestamp(),) * 2)

    def look(self, times: int) -> None:
        for _ in range(times):
            self.moment += LOOK
            for answered in self.watch.look():
                self.rejected = answered.run.rejected
                if answered.due:
                    self.reports.append(answered)

    def burst(self, drops: int) -> None:
        """Some drops, and looks until all is at rest; then each must have met its fate."""
        for number in range(drops):
            self.drop()
            if number % 3 == 2:
                self.look(1)
        for path, data in self.pieces.items():
            self.put(path, data)
        self.pieces.clear()
        self.look(15)
        accepted = self.accepted()
        for path, (kind, whole) in self.lying.items():
            good = kind in ("sound", "in pieces")
            known = hashlib.sha256(whole).hexdigest() in accepted
            refused = path.name in self.rejected
            fate = "accepted" if known and not refused else "refused and returned" if refused else "LOST"
            self.fates[fate] += 1
            if good != (known and not refused):
                self.fates["WRONG"] += 1
        self.lying.clear()

    def accepted(self) -> set[str]:
        with sqlite3.connect(self.place.ledger) as connection:
            return {row[0] for row in connection.execute("SELECT sha256 FROM submission")}


def memory() -> float:
    """Megabytes that the process holds; nan where the system does not say."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return float("nan")
    return int(status.read_text().split()[1]) * 4096 / 2**20


def soak(drops: int, seed: int) -> bool:
    """Live through the year; whether everything is accounted for."""
    folder = Path(tempfile.mkdtemp(prefix="soak"))
    definition, forms = pack()
    place = Workspace(folder)
    (place.templates / PACK).mkdir(parents=True)
    place.inbox.mkdir(parents=True)
    (place.templates / PACK / "definition.xlsx").write_bytes(definition)
    texts = ("潮汐报告", *(f"指标{n:02}甲{{{{指标{n:02}甲}}}}。" for n in range(1, DEPARTMENTS + 1)))
    (place.templates / PACK / "report.docx").write_bytes(template(texts))
    for name in STRAYS:
        (place.inbox / name).write_bytes(b"stray")
    year = Year(place, Random(seed), forms)
    year.restart()
    year.look(2)
    began = time.perf_counter()
    held: list[float] = []
    bursts = WEEKS * BURSTS_A_WEEK
    for number in range(bursts):
        start = START + number * dt.timedelta(weeks=1) / BURSTS_A_WEEK
        year.moment = max(year.moment, start)
        if year.random.random() < 0.05:
            year.restart()  # also over the time at which a report was due
        year.burst((number + 1) * drops // bursts - number * drops // bursts)
        if (number + 1) % (bursts // 4) == 0:
            gc.collect()
            held.append(memory())
    year.moment = max(year.moment, START + WEEKS * dt.timedelta(weeks=1))
    year.look(2)
    seconds = time.perf_counter() - began
    due = [moment for made in year.reports for moment in made.due]
    print(f"drops: {sum(year.dropped.values())} ({dict(year.dropped)})")
    print(f"fates: {dict(year.fates)}")
    print(f"reports: {len(year.reports)} for {len(due)} slots, {len(set(due))} different ones")
    print(f"memory by quarter: {', '.join(f'{item:.0f} MB' for item in held)}")
    print(f"ledger: {place.ledger.stat().st_size / 2**20:.0f} MB; {seconds:.0f} s")
    fates = year.fates
    accounted = sum(fates.values()) - fates["WRONG"] == sum(year.dropped.values())
    shutil.rmtree(folder, ignore_errors=True)
    return accounted and not fates["LOST"] and not fates["WRONG"] and len(due) == len(set(due)) == WEEKS


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:]]
    sys.exit(0 if soak(*(arguments + [10_000, 2031][len(arguments) :])) else 1)
