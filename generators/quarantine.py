"""Inbox files that are no forms → copies in ``workbooks/quarantine``, each with its reason beside it.

The inbox belongs to the departments and is never written to; what lay in it and was refused is kept
here, so that somebody can look into it after it has gone. A copy bears the SHA-256 of its content
and an ending that no program opens; the note beside it is plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generators.collection import Collection
from generators.messages import action, message
from generators.model import Finding, Severity
from generators.taking import Taken
from generators.text import local_moment, reason_of
from generators.workspace import Workspace, write_files

COPY_ENDING, NOTE_ENDING = ".quarantined", ".txt"
MOST_FILES = 500
MOST_BYTES = 500 * 2**20
"""What the folder holds at most; beyond it, the copies that were made first go first."""

_NO_FORM = "envelope.unknown_form"
_REST = (
    "说明：本文件没有作为填报表采用，程序没有打开其中的任何链接，也没有运行其中的任何内容。"
    "旁边的同名 .quarantined 文件是它的副本，收件文件夹中的原件没有改动。"
    "来历不明的，请不要打开；确需查看的，请先杀毒，再把副本另存并改回原来的扩展名。"
)


def set_apart(workspace: Workspace, collection: Collection) -> tuple[Finding, ...]:
    """Copy every file of the inbox that is no form, once for each content.

    Returns warnings: where a copy could not be written, and where the folder cannot hold them all.
    """
    strangers = {item.file.sha256: item for item in collection.current if is_no_form(item)}
    if not strangers:
        return ()
    kept = list(_within_bounds(strangers.values()))
    try:
        _make_room(workspace.quarantine, kept)
    except OSError as error:
        return (_not_written(workspace.quarantine, reason_of(error)),)
    found = []
    for item in kept:
        copy = workspace.quarantine / f"{item.file.sha256}{COPY_ENDING}"
        note = copy.with_suffix(NOTE_ENDING)
        if copy.is_file() and note.is_file():
            continue
        text = _note(item, collection.definition.settings.time_zone)
        failure = write_files({copy: item.file.data, note: text.encode("utf-8-sig")}, private=True)
        if failure is not None:
            found.append(_not_written(copy, failure.params["reason"]))
    if len(kept) < len(strangers):
        params = {"count": str(len(strangers) - len(kept)), "folder": str(workspace.quarantine)}
        found.append(Finding("run.quarantine_full", Severity.WARNING, params=params))
    return tuple(found)


def is_no_form(item: Taken) -> bool:
    """Whether a file is none that the program issued: unreadable, hostile, or of another kind.

    A form for another period, report or department is one.
    """
    return item.submission is None and any(
        found.severity is Severity.ERROR and (found.rule == "format" or found.code == _NO_FORM)
        for found in item.findings
    )


def _within_bounds(items: Iterable[Taken]) -> Iterator[Taken]:
    """As many of the files as the folder may hold, by name."""
    number = size = 0
    for item in sorted(items, key=lambda item: (item.file.name, item.file.sha256)):
        if number < MOST_FILES and size + len(item.file.data) <= MOST_BYTES:
            number += 1
            size += len(item.file.data)
            yield item


def _make_room(folder: Path, kept: Sequence[Taken]) -> None:
    """Take the oldest copies away that the folder cannot hold beside ``kept``."""
    if not folder.is_dir():
        return
    copies = {path.stem for path in folder.glob(f"*{COPY_ENDING}")}
    for note in folder.glob(f"*{NOTE_ENDING}"):  # its copy went when a run was killed
        if note.stem not in copies:
            note.unlink(missing_ok=True)
    wanted = {item.file.sha256 for item in kept}
    size, number = sum(len(item.file.data) for item in kept), len(kept)
    others = [path for path in folder.glob(f"*{COPY_ENDING}") if path.stem not in wanted]
    for path in sorted(others, key=lambda path: (-path.stat().st_mtime, path.name)):
        number += 1
        size += path.stat().st_size
        if number > MOST_FILES or size > MOST_BYTES:
            path.unlink()
            path.with_suffix(NOTE_ENDING).unlink(missing_ok=True)


def _note(item: Taken, time_zone: str) -> str:
    """What the text file says; lines end as Windows ends them."""
    [first, *_] = [found for found in item.findings if found.severity is Severity.ERROR]
    moment = local_moment(item.file.received.isoformat(), time_zone)
    lines = (
        f"原文件名：{_one_line(item.file.name)}",
        f"放入时间：{moment:%Y-%m-%d %H:%M}" if moment else "",
        f"大小：{len(item.file.data):,} 字节",
        f"SHA-256：{item.file.sha256}",
        f"原因：{_one_line(message(first))}",
        f"处理：{_one_line(action(first))}",
        _REST,
    )
    return "".join(f"{line}\r\n" for line in lines if line)


def _one_line(text: str) -> str:
    """A file's name may hold line breaks on some systems: it must not write lines of its own."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)


def _not_written(path: Path, reason: str) -> Finding:
    params = {"path": str(path), "reason": reason}
    return Finding("run.quarantine_not_written", Severity.WARNING, params=params)
