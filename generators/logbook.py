"""The audit log for people and programs: which events are asked for, and each in words or as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Set

from generators.ledger import Asked, existing_ledger
from generators.messages import EVENT_LABELS
from generators.model import Event, EventKind, Finding, Happening, Result, Severity
from generators.text import shorten
from generators.workspace import Workspace

_OVERRIDE = ("heading", "item", "text", "figure")
_SHOWN_FILES = 2
_SHOWN_HASH = 12
_SHOWN = 300


def events_asked(kinds: Set[str], since: str, pack: str | None, period: str | None) -> Asked | Finding:
    """What is asked for; ``since`` is as it was typed: this computer's time where it names no zone."""
    if not since:
        return Asked(kinds, None, pack, period)
    try:
        moment = dt.datetime.fromisoformat(since.strip().replace("/", "-"))
        return Asked(kinds, moment.astimezone(dt.UTC).isoformat(timespec="seconds"), pack, period)
    except (ValueError, OverflowError, OSError):
        return Finding("log.since", Severity.ERROR, params={"since": since})


def logged(workspace: Workspace, asked: Asked) -> Result[tuple[Event, ...]]:
    """The events that are asked for, the newest last; none where there is no ledger yet."""
    ledger = existing_ledger(workspace.ledger)
    if ledger is None:
        return Result((), (Finding("log.no_ledger", Severity.INFO),))
    with ledger:
        return Result(tuple(ledger.log(asked)))


def event_as_dict(event: Event) -> dict[str, object]:
    """An event as the JSON output prints it."""
    happening = event.happening
    return {
        "number": event.number,
        "time": event.time,
        "kind": str(happening.kind),
        "by": happening.by,
        "owner": happening.owner,
        "saved_by": happening.saved_by,
        "pack": happening.pack,
        "period": happening.period,
        "department": happening.department,
        "file": happening.file,
        "outcome": happening.outcome,
        "exit_code": happening.exit_code,
        "taken": dict(happening.taken),
        "written": dict(happening.written),
        "detail": dict(happening.detail),
        "previous": event.previous,
        "hash": event.hash,
    }


_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "accepted": "采用",
        "rejected": "退回",
        "exit_code": "退出码 {}",
        "vintage": "第 {} 次报送",
        "number": "第 {} 次发布",
        "date": "日期 {}",
        "why": "理由：{}",
        "due": "应于 {}",
        "was": "时钟曾走到 {}",
        "now": "被拨回 {}",
        "seen_to": "此后的定时按时再做：{}",
        "key": "密钥 {}",
        "codes": "原因：{}",
        "override": "“{heading}”的“{item}”：{figure} 改为 {text}",
        "taken": "入 {}",
        "written": "出 {}",
        "files": "{} 个文件",
        "by": "经办 {}",
        "owner": "文件所有者 {}",
        "saved_by": "工作簿自述保存人 {}",
        "comma": "，",
    },
    "en": {
        "accepted": "accepted",
        "rejected": "rejected",
        "exit_code": "exit code {}",
        "vintage": "vintage {}",
        "number": "publication {}",
        "date": "of {}",
        "why": "why: {}",
        "due": "due {}",
        "was": "the clock had been at {}",
        "now": "it was put back to {}",
        "seen_to": "slots are due again after {}",
        "key": "key {}",
        "codes": "for {}",
        "override": "{item} under “{heading}”: {figure} became {text}",
        "taken": "in: {}",
        "written": "out: {}",
        "files": "{} files",
        "by": "by {}",
        "owner": "file of {}",
        "saved_by": "saved by {}, says the workbook",
        "comma": ", ",
    },
}


def event_lines(event: Event, language: str) -> str:
    """An event for a person: what, then who and which files; hashes are shortened.

    Names come from departments: what a terminal might obey is not among what is printed.
    """
    happening, words = event.happening, _WORDS[language]
    detail = happening.detail
    label = str(happening.kind)
    if happening.kind in set(EventKind):
        label = EVENT_LABELS[language][EventKind(happening.kind)]
    what = [words.get(happening.outcome, happening.outcome)]
    what += [" ".join(item for item in (happening.pack, happening.period) if item)]
    what += [str(detail.get("name") or happening.department)]
    what += [happening.file]
    if happening.kind == EventKind.OVERRIDE:
        what.append(words["override"].format_map({key: detail.get(key, "") for key in _OVERRIDE}))
    for key in ("vintage", "number", "date", "why", "due", "was", "now", "seen_to", "key"):
        if told := detail.get(key):
            shown = words["comma"].join(map(str, told)) if isinstance(told, list) else told
            what.append(words[key].format(shown))
    codes = detail.get("codes")
    if isinstance(codes, list) and codes:
        what.append(words["codes"].format(" ".join(map(str, codes))))
    if happening.exit_code is not None:
        what.append(words["exit_code"].format(happening.exit_code))
    who = [words[key].format(value) for key, value in _people(happening) if value]
    files = [words[key].format(_files(each, words)) for key, each in _files_of(happening) if each]
    first = f"#{event.number} {_local(event.time)} {label}"
    told = words["comma"].join(item for item in what if item)
    rest = words["comma"].join([*who, *files])
    return f"{_plain(first)}  {_plain(told)}\n    {_plain(rest)}  [{_plain(event.hash)[:_SHOWN_HASH]}]"


def _people(happening: Happening) -> Iterator[tuple[str, str]]:
    yield "by", happening.by
    yield "owner", happening.owner or ""
    yield "saved_by", happening.saved_by


def _files_of(happening: Happening) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "taken", happening.taken
    yield "written", happening.written


def _files(files: Mapping[str, str], words: Mapping[str, str]) -> str:
    if len(files) > _SHOWN_FILES:
        return words["files"].format(len(files))
    return " ".join(f"{name} {str(sha256)[:_SHOWN_HASH]}" for name, sha256 in files.items())


def _local(time: str) -> str:
    """A moment by this computer's clock, its distance from UTC beside it."""
    try:
        return dt.datetime.fromisoformat(time).astimezone().isoformat(" ", "seconds")
    except (ValueError, TypeError, OverflowError, OSError):
        return str(time)


def _plain(text: object) -> str:
    line = shorten(str(text), _SHOWN)
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
