"""What the command line prints: texts, progress, findings, JSON. Nothing heavy imported."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generators.names import printable

if TYPE_CHECKING:
    from generators.auditing import Audited
    from generators.model import Finding, Publication

TEXTS = {
    "zh": {
        "inbox": "读取报送文件",
        "returned": "生成校验回执",
        "issue": "生成填报表",
        "check": "校验文件",
        "backup": "备份文件",
        "verifying": "核对备份",
        "restoring": "恢复文件",
        "written": "报告：{report}\n汇总表：{summary}",
        "comparison": "与已发布报告的比较：{path}",
        "nothing": "未写入任何文件，原有报告保持不变。",
        "counts": "采用 {accepted} 个部门，退回 {rejected} 个文件，缺报 {missing} 个部门。",
        "forms": "已生成 {count} 份填报表：{folder}",
        "clean": "未发现问题。",
        "file": "{name}：{counts}",
        "file_clean": "{name}：未发现问题",
        "formats": "--json 就是 --format json，不能与其他格式同用",
        "init": "已新建工作文件夹：{folder}\n"
        "下一步：编辑 templates/{pack}/definition.xlsx 和 report.docx，再用 issue 生成填报表。",
        "published": "已发布第{number}次，日期 {date}，本期不再接收新的报送。",
        "unpublished": "没有发布。",
        "file_made": "{label}：{path}",
        "reopened": "已重新开启 {period}，可再接收报送；改好后用 publish 再次发布。理由：{why}",
        "compared": "修订稿：{path}\n改动：数 {figures} 个；段落修改 {paragraphs_changed}、"
        "新增 {paragraphs_inserted}、删除 {paragraphs_deleted}；表格单元格修改 {cells_changed}，"
        "行新增 {rows_inserted}、删除 {rows_deleted}。",
        "same": "修订稿：{path}\n两份文件的文字相同，没有改动。",
        "key": "已生成加封用的密钥：{path}。请备份，不要外传。",
        "sealed": "填报表已加封。",
        "log_intact": "审计日志完好：共 {count} 条，链头 {hash}",
        "log_changed": "审计日志被改动过。",
        "kept_changed": "台账或文件被改动过；审计日志本身共 {count} 条，首尾相接。",
        "log_changed_at": "审计日志被改动过：第一处在第 {off} 条，之前的首尾相接。",
        "log_accepted": "已重新设定链头：共 {count} 条，链头 {hash}",
        "backed_up": "备份：{backup}\n{files} 个文件，{megabytes} MB；清单的 SHA-256：{sha256}",
        "restored": "已恢复 {made} 的备份：{files} 个文件，工作文件夹 {workspace}",
        "replaced": "原有内容已移到：{replaced}",
        "unsealed": "填报表未加封（工作文件夹没有密钥）。",
        "before_sealing": "其中 {count} 份报送是加封以前接收的，没有封印，继续有效：{names}。",
        "unreported": "“{name}”还没有采用过的报送数。",
        "stale": "过时的数",
        "withdrawn": "数据中已没有的数",
        "added": "文档中还没有的数",
        "changed": "手工改过的数",
        "gone": "控件已不在的数",
        "unbound": "没有来源的数字",
        "notes": "另外",
        "audited": "{name}：已与现有数据核对 {compared} 处，发现 {count} 处问题。",
        "audit_clean": "{name}：已与现有数据核对 {compared} 处，未发现问题。",
    },
    "en": {
        "inbox": "reading submissions",
        "returned": "writing receipts",
        "issue": "writing forms",
        "check": "checking files",
        "backup": "copying files",
        "verifying": "checking the backup",
        "restoring": "restoring files",
        "written": "report: {report}\nsummary: {summary}",
        "comparison": "comparison with the published report: {path}",
        "nothing": "Nothing was written; the last report stands.",
        "counts": "{accepted} departments accepted, {rejected} files rejected, {missing} missing.",
        "forms": "{count} forms written to {folder}",
        "clean": "No findings.",
        "file": "{name}: {counts}",
        "file_clean": "{name}: no findings",
        "formats": "--json means --format json and does not go with another format",
        "init": "New workspace: {folder}\nNext: edit templates/{pack}/definition.xlsx and report.docx, "
        "then issue the forms.",
        "published": "Publication {number} of {date}; new submissions of the period are not taken.",
        "unpublished": "Nothing was published.",
        "file_made": "{label}: {path}",
        "reopened": "{period} is open to submissions again; publish it once it is right. "
        "The reason: {why}",
        "compared": "result: {path}\nchanged: {figures} figures; "
        "paragraphs {paragraphs_changed} changed, "
        "{paragraphs_inserted} inserted, {paragraphs_deleted} deleted; {cells_changed} cells; "
        "rows {rows_inserted} inserted, {rows_deleted} deleted.",
        "same": "result: {path}\nBoth documents say the same; there are no changes.",
        "key": "New key for sealing forms: {path}. Back it up and keep it secret.",
        "sealed": "Forms are sealed.",
        "log_intact": "The audit log is intact: {count} events, head {hash}",
        "log_changed": "The audit log was changed.",
        "kept_changed": "The ledger or files were changed; the {count} events of the log hang together.",
        "log_changed_at": "The audit log was changed, first in event {off}; those before hang together.",
        "log_accepted": "The head was set anew: {count} events, head {hash}",
        "backed_up": "backup: {backup}\n{files} files, {megabytes} MB; "
        "SHA-256 of the manifest: {sha256}",
        "restored": "The backup of {made} was restored: {files} files, workspace {workspace}",
        "replaced": "What was there before is in {replaced}",
        "unsealed": "Forms carry no seal (the workspace has no key).",
        "before_sealing": "{count} submissions from before sealing stand without a seal: {names}.",
        "unreported": "No accepted submission has a value of {name} yet.",
        "stale": "out of date",
        "withdrawn": "no longer in the data",
        "added": "not yet in the document",
        "changed": "changed by hand",
        "gone": "control gone",
        "unbound": "numbers without a source",
        "notes": "besides",
        "audited": "{name}: {compared} places held against the present data, {count} faults.",
        "audit_clean": "{name}: {compared} places held against the present data, no faults.",
    },
}

FILES = {
    "zh": {"report": "干净稿", "pdf": "PDF", "summary": "汇总表", "source": "底稿"},
    "en": {"report": "clean copy", "pdf": "PDF", "summary": "summary", "source": "with controls"},
}
"""What the files of a publication are called."""


def progress(lang: str, silent: bool) -> Callable[[str, Sequence[Path]], Iterable[Path]]:
    """A progress bar over paths on the terminal's error stream; nothing where there is none."""

    def bar(step: str, paths: Sequence[Path]) -> Iterator[Path]:
        hidden = silent or not sys.stderr.isatty()
        label = TEXTS[lang][step]
        with click.progressbar(paths, label=label, hidden=hidden, file=sys.stderr) as items:
            yield from items

    return bar


def print_checked(checked: Sequence[tuple[str, tuple[Finding, ...]]], lang: str, verbose: bool) -> None:
    """What was found file by file, each under its name and counts."""
    from generators.messages import counted

    texts = TEXTS[lang]
    if not any(found for _, found in checked):
        click.echo(texts["clean"])
        return
    for place, (name, found) in enumerate(checked):
        if not found:
            click.echo(texts["file_clean"].format(name=name), err=True)
            continue
        if place:
            click.echo(err=True)
        head = texts["file"].format(name=name, counts=counted(found, lang))
        click.secho(head, bold=True, err=True)
        print_findings(found, lang, verbose=verbose)
        if place + 1 < len(checked) and not checked[place + 1][1]:
            click.echo(err=True)


def print_audited(audited: Audited, name: str, lang: str, quiet: bool) -> None:
    """What is off in a document, kind by kind; what it was held against comes first."""
    from generators.model import Severity

    texts = TEXTS[lang]
    groups: dict[str, list[Finding]] = {}
    for fault, finding in zip(audited.audit.faults, audited.faults, strict=True):
        groups.setdefault(texts[fault.kind], []).append(finding)
    remarks = [item for item in audited.notes if item.severity is Severity.INFO]
    others = [item for item in audited.notes if item.severity is not Severity.INFO]
    if others:
        groups[texts["notes"]] = others
    if quiet:
        print_findings(audited.faults, lang, errors_only=True)
        return
    print_findings(remarks, lang)
    if groups:
        print_checked([(kind, tuple(found)) for kind, found in groups.items()], lang, verbose=False)
    count = len(audited.faults) + len(others)
    done = texts["audited" if count else "audit_clean"]
    click.echo(done.format(name=name, compared=audited.audit.compared, count=count))


def print_findings(
    findings: Iterable[Finding],
    lang: str,
    *,
    errors_only: bool = False,
    verbose: bool = False,
    indent: str = "",
) -> None:
    """One line a finding, the gravest first; ``verbose`` lists below it what follows from it."""
    from generators.messages import line, ordered
    from generators.model import Severity

    colours = {Severity.ERROR: "red", Severity.CONFIRM: "yellow", Severity.WARNING: "yellow"}
    for finding in ordered(findings):
        if not errors_only or finding.severity is Severity.ERROR:
            text = f"{indent}{line(finding, lang)}"
            click.secho(text, fg=colours.get(finding.severity), err=True)
            if verbose:
                print_findings(finding.follows, lang, verbose=True, indent=f"{indent}  ")


def published_as_dict(publication: Publication | None, folder: Path) -> dict[str, object]:
    """A publication as the JSON output prints it: number, date, and the paths of its files."""
    if publication is None:
        return dict.fromkeys(("number", "date", "report", "pdf", "summary", "source"))
    files = {
        "report": publication.clean,
        "pdf": publication.pdf,
        "summary": publication.summary,
        "source": publication.source,
    }
    paths = {key: str(folder / file.name) if file else None for key, file in files.items()}
    return {"number": publication.number, "date": publication.date, **paths}


def print_published(made: dict[str, object], lang: str) -> None:
    """What :func:`published_as_dict` gives, for a person."""
    texts = TEXTS[lang]
    if made["number"] is None:
        click.echo(texts["unpublished"])
        return
    click.echo(texts["published"].format_map(made))
    for key, label in FILES[lang].items():
        if made[key]:
            click.echo(printable(texts["file_made"].format(label=label, path=made[key])))


def print_json(
    value: dict[str, object], findings: Iterable[Finding] | None = None, lang: str = "zh"
) -> None:
    """Print one JSON object; its findings stand last, and are left out where ``None`` is given."""
    if findings is not None:
        from generators.messages import as_dict

        value = {**value, "findings": [as_dict(finding, lang) for finding in findings]}
    if hasattr(sys.stdout, "reconfigure"):
        # A Windows console's code page lacks characters.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    click.echo(json.dumps(_harmless(value), ensure_ascii=False, indent=2))


def _harmless(value: object) -> object:
    """A value to be printed as JSON, its texts as people may read them."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {_harmless(key): _harmless(each) for key, each in value.items()}
    return [_harmless(each) for each in value] if isinstance(value, list | tuple) else value
