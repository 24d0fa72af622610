"""The command line as a user meets it: commands, options anywhere, exit codes, languages."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.conftest import CHECKOUT, huibao
from tests.workbooks import edited, put

HEAVY = ("pandas", "openpyxl", "docx", "sqlalchemy", "xlsxwriter", "jinja2", "lxml")


def call(*arguments: str, cwd: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """Run the program as typed, in ``cwd``."""
    command = [sys.executable, str(CHECKOUT / "run_report.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, cwd=cwd, encoding="utf-8", timeout=120, check=False
    )


def test_help_is_quick_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['huibao', '--help']\n"
        "from generators.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=CHECKOUT, encoding="utf-8", check=True
    )
    assert done.stderr.strip() == "[]"
    commands = ("run", "issue", "check", "status", "history", "trace", "audit", "compare")
    for command in (*commands, "publish", "reopen", "init", "audit-log", "backup", "restore"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "--workspace", "{w}"),
        ("--workspace", "{w}", "--json", "run"),
        ("run", "--json", "--workspace", "{w}"),
        ("--json", "--report", "annual-plan", "--workspace={w}"),
        ("--lang", "en", "run", "--workspace", "{w}", "--json", "--period", "2023"),
    ],
)
def test_run_is_the_default_and_options_stand_anywhere(
    workspace: Path, arguments: tuple[str, ...]
) -> None:
    done = call(*(item.format(w=workspace) for item in arguments))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []


def test_the_current_folder_is_the_workspace_where_it_is_one(workspace: Path) -> None:
    done = call("--json", cwd=workspace)
    assert Path(json.loads(done.stdout)["report"]).parent == (workspace / "reports").resolve()


def test_without_json_a_person_reads_what_was_written(workspace: Path) -> None:
    (workspace / "workbooks/inbox/教育局-2023.xlsx").unlink()
    done = call("--workspace", str(workspace))
    assert done.returncode == 1
    assert "采用 20 个部门，退回 0 个文件，缺报 1 个部门。" in done.stdout
    assert "[错误] 缺数 教育局没有可用的报送 → 请催报，或处理其被退回的文件" in done.stderr.splitlines()
    english = call("--workspace", str(workspace), "--lang", "en")
    assert "20 departments accepted, 0 files rejected, 1 missing." in english.stdout
    assert "[error] missing: 教育局 has no usable submission" in english.stderr


def test_quiet_says_only_errors(workspace: Path) -> None:
    (workspace / "workbooks/inbox/教育局-2023.xlsx").unlink()
    done = call("--workspace", str(workspace), "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "[错误] 缺数 教育局没有可用的报送 → 请催报，或处理其被退回的文件"
    ]


def test_a_misspelt_command_is_told() -> None:
    done = call("statsu")
    assert done.returncode == 2
    assert "status" in done.stderr


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    outcome = huibao(tmp_path)
    assert (outcome.code, outcome.result["report"]) == (2, None)
    assert "没有 templates 文件夹" in outcome.result["findings"][0]["message"]


def test_an_unknown_pack_is_told_with_the_near_one(workspace: Path) -> None:
    outcome = huibao(workspace, "--report", "anual-plan")
    assert outcome.code == 2
    assert outcome.result["findings"][0]["message"] == (
        "没有名为“anual-plan”的报告套件，是不是“annual-plan”？"
    )


def test_forms_of_another_period_are_refused(workspace: Path) -> None:
    outcome = huibao(workspace, "--period", "2024")
    assert outcome.code == 2
    found = [item for item in outcome.result["findings"] if item["code"] == "envelope.period"]
    assert len(found) == 21
    assert outcome.result["missing"] == []
    assert found[0]["message"] == "填报表的报告期是“2023”，本次报告期是“2024”"


def test_check_says_what_would_be_rejected_and_takes_nothing_in(workspace: Path) -> None:
    good = workspace / "workbooks/inbox/教育局-2023.xlsx"
    bad = workspace / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    assert huibao(workspace, "check", str(good)).code == 0
    outcome = huibao(workspace, "check", str(good), str(bad))
    assert (outcome.code, outcome.result["rejected"]) == (1, ["bad.xlsx"])
    assert not (workspace / "workbooks/archive").exists()
    assert not (workspace / "reports").exists()


@pytest.fixture
def faulty(workspace: Path) -> dict[str, Path]:
    """Copies of three submissions: one that is returned, one that is to be looked at, one sound."""

    def change(name: str, *changes: Callable[[Any], object]) -> Path:
        source = workspace / f"workbooks/inbox/{name}-2023.xlsx"

        def every(book: Any) -> None:
            for each in changes:
                each(book)

        target = workspace / source.name
        target.write_bytes(edited(source.read_bytes(), every))
        return target

    def blank(book: Any) -> None:
        for row in book["指标"].iter_rows(min_row=4):
            if row[0].value and not row[3].protection.locked:
                row[3].value = None

    return {
        "sound": change("统计局"),
        "odd": change("财政局", lambda book: book["指标"].row_dimensions[5].__setattr__("hidden", True)),
        "returned": change("教育局", blank, lambda book: put(book["指标"]["I5"], "无")),
    }


def checked(workspace: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return call("check", *map(str, arguments), "--workspace", str(workspace))


def test_check_lists_what_is_wrong_file_by_file_the_gravest_first(
    workspace: Path, faulty: dict[str, Path]
) -> None:
    done = checked(workspace, *faulty.values())
    assert (done.returncode, done.stdout) == (1, "")
    blocks = [block.splitlines() for block in done.stderr.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [
        "教育局-2023.xlsx：错误 1",
        "财政局-2023.xlsx：提醒 1",
        "统计局-2023.xlsx：未发现问题",
    ]
    assert blocks[0][1:] == [
        "[错误] 教育局-2023.xlsx › 指标!D5 应填未填 “本年预计”整列没有填写，其中必填的有 3 项"
        " → 请逐项填写；已经填过的，请看是否被误删或粘贴到了别的列（由此引起的另外 3 处问题一并消除）"
    ]
    assert blocks[1][1].startswith("[提醒] 财政局-2023.xlsx › 指标!D5 表格结构 第 5 行被隐藏，")
    english = checked(workspace, *faulty.values(), "--lang", "en").stderr
    assert english.startswith("教育局-2023.xlsx: error 1\n[error] 教育局-2023.xlsx › 指标!D5 presence: ")
    assert english.endswith("统计局-2023.xlsx: no findings\n")


def test_check_lists_what_follows_only_where_it_is_asked_to(
    workspace: Path, faulty: dict[str, Path]
) -> None:
    done = checked(workspace, faulty["returned"], "--verbose")
    [head, cause, *follows] = done.stderr.splitlines()
    assert len(follows) == 3
    assert all(item.startswith("  [错误] 教育局-2023.xlsx › 指标!D") for item in follows)
    quiet = checked(workspace, *faulty.values(), "--quiet")
    assert (quiet.stdout, quiet.stderr.splitlines()) == ("", [cause])
    assert head == "教育局-2023.xlsx：错误 1"


def test_check_of_sound_files_says_so(workspace: Path, faulty: dict[str, Path]) -> None:
    done = checked(workspace, faulty["sound"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "未发现问题。\n", "")


def test_files_of_one_name_are_told_apart(workspace: Path, faulty: dict[str, Path]) -> None:
    again = workspace / "again" / faulty["returned"].name
    again.parent.mkdir()
    shutil.copy(faulty["returned"], again)
    outcome = huibao(workspace, "check", str(faulty["returned"]), str(again))
    assert outcome.result["rejected"] == [str(faulty["returned"]), str(again)]


def test_check_gives_json_in_either_way(workspace: Path, faulty: dict[str, Path]) -> None:
    first = checked(workspace, *faulty.values(), "--format", "json")
    second = call(
        *("--format", "json", "check", *map(str, faulty.values()), "--workspace", str(workspace))
    )
    third = checked(workspace, *faulty.values(), "--json")
    assert first.stdout == second.stdout == third.stdout
    assert (first.returncode, first.stderr) == (1, "")
    result = json.loads(first.stdout)
    assert result["rejected"] == ["教育局-2023.xlsx"]
    assert [item["code"] for item in result["findings"]] == ["presence.column", "structure.hidden"]
    assert [item["code"] for item in result["findings"][0]["follows"]] == ["presence.figure"] * 3


def test_check_gives_a_table_for_excel(workspace: Path, faulty: dict[str, Path]) -> None:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "check", "--format", "csv"]
    command += [*map(str, faulty.values()), "--workspace", str(workspace)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}  # as on Windows
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"), newline="")))
    assert [(row["级别"], row["单元格"], row["根源"]) for row in rows][:2] == [
        ("错误", "D5", ""),
        ("错误", "D5", "教育局-2023.xlsx › 指标!D5"),
    ]
    assert len(rows) == 5
    assert (rows[4]["规则"], rows[4]["文件"]) == ("表格结构", "财政局-2023.xlsx")
    sound = checked(workspace, faulty["sound"], "--format", "csv", "--lang", "en")
    assert sound.returncode == 0
    assert sound.stdout.startswith("\ufeffseverity,rule,code,department,file,")
    assert len(sound.stdout.splitlines()) == 1


def test_two_formats_at_once_are_refused(workspace: Path, faulty: dict[str, Path]) -> None:
    done = checked(workspace, faulty["sound"], "--json", "--format", "csv")
    assert done.returncode == 2
    assert "--json 就是 --format json" in done.stderr
    assert checked(workspace, faulty["sound"], "--format", "xml").returncode == 2


def test_status_before_and_after_a_run(workspace: Path) -> None:
    path = workspace / "workbooks/inbox/教育局-2023.xlsx"
    os.utime(path, (1_700_000_000, 1_700_000_000))  # 2023-11-15 06:13 in Shanghai
    (workspace / "workbooks/inbox/财政局-2023.xlsx").unlink()

    def row(name: str) -> dict[str, object]:
        rows = huibao(workspace, "status").result["departments"]
        return next(item for item in rows if item["name"] == name)

    assert row("教育局")["vintage"] is None
    huibao(workspace)
    education, finance = row("教育局"), row("财政局")
    assert (education["state"], education["vintage"]) == ("accepted", 1)
    assert (education["received"], education["timeliness"]) == ("2023-11-15 06:13", "on_time")
    assert row("统计局")["timeliness"] == "late"
    assert (finance["state"], finance["timeliness"], finance["file"]) == ("missing", "missing", "")
    table = call("status", "--workspace", str(workspace)).stdout
    assert "教育局" in table
    assert "按时" in table
    assert "未报送" in table
    assert "填报表未加封" in table


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    done = call("--json", "--workspace", str(tmp_path / "none"))
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_help_and_version_answer_beside_other_options(workspace: Path) -> None:
    assert "--workspace" in call("--help").stdout
    assert call("--workspace", str(workspace), "--version").stdout.startswith("huibao")
    assert "--period" in call("run", "--help").stdout


def test_a_console_that_lacks_chinese_is_no_failure(workspace: Path) -> None:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "status", "--workspace", str(workspace)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def second_pack(workspace: Path) -> None:
    """Make a second pack, a copy of the first, and drop one of its forms among the others."""
    shutil.copytree(workspace / "templates/annual-plan", workspace / "templates/zweite")
    forms = huibao(workspace, "issue", "--report", "zweite").result["forms"]
    assert {Path(path).parent for path in forms} == {workspace / "workbooks/forms/zweite"}
    shutil.copy(forms[0], workspace / "workbooks/inbox/other.xlsx")


def test_two_packs_share_a_workspace_without_disturbing_each_other(workspace: Path) -> None:
    second_pack(workspace)
    outcome = huibao(workspace, "--report", "annual-plan")
    assert (outcome.code, outcome.result["findings"]) == (0, [])
    other = huibao(workspace, "--report", "zweite")
    assert (other.code, other.result["rejected"]) == (2, ["other.xlsx"])


@pytest.mark.parametrize("name", ["教育局-2023.xls", "教育局-2023.ods", "教育局-2023.docx"])
def test_a_rejected_file_makes_its_department_rejected_not_missing(workspace: Path, name: str) -> None:
    inbox = workspace / "workbooks/inbox"
    (inbox / "教育局-2023.xlsx").unlink()
    (inbox / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    os.utime(inbox / name, (0, 0))  # what is younger than a minute may be half of what is coming
    outcome = huibao(workspace)
    assert (outcome.code, outcome.result["rejected"], outcome.result["missing"]) == (1, [name], [])


def test_issue_writes_one_form_for_each_department(workspace: Path) -> None:
    outcome = huibao(workspace, "issue")
    assert outcome.code == 0
    assert len(outcome.result["forms"]) == 21
    assert all(Path(path).is_file() for path in outcome.result["forms"])


def test_two_runs_never_work_at_once(workspace: Path) -> None:
    lock = workspace / "workbooks/huibao.lock"
    with FileLock(lock):
        outcome = huibao(workspace)
    assert outcome.code == 2
    assert outcome.result["findings"][0]["code"] == "run.busy"
    assert huibao(workspace).code == 0


def test_another_database_may_keep_the_ledger(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIBAO_LEDGER", f"sqlite:///{tmp_path.as_posix()}/city.db")
    assert huibao(workspace).code == 0
    assert (tmp_path / "city.db").is_file()
    assert not (workspace / "workbooks/ledger.db").exists()
    rows = huibao(workspace, "status").result["departments"]
    assert {row["vintage"] for row in rows} == {1}


def test_a_damaged_ledger_is_told_and_recovers_when_it_is_moved_away(workspace: Path) -> None:
    ledger = workspace / "workbooks/ledger.db"
    ledger.write_bytes(b"not a database" * 400)
    outcome = huibao(workspace)
    assert (outcome.code, outcome.error) == (2, "")
    assert [item["code"] for item in outcome.result["findings"]] == ["run.ledger"]
    table = call("status", "--workspace", str(workspace))
    assert table.returncode == 2
    assert "台账" in table.stderr
    assert "Traceback" not in table.stderr
    ledger.rename(workspace / "damaged.db")
    assert huibao(workspace).code == 0


def test_the_report_gets_its_old_content_back_where_its_summary_cannot_be_written(
    workspace: Path,
) -> None:
    before = huibao(workspace)
    content = before.report.read_bytes()
    before.summary.unlink()
    before.summary.mkdir()
    (workspace / "workbooks/inbox/教育局-2023.xlsx").unlink()
    after = huibao(workspace)
    assert (after.code, after.result["report"]) == (2, None)
    assert before.report.read_bytes() == content


def test_a_report_that_cannot_be_replaced_is_told(workspace: Path) -> None:
    before = huibao(workspace)
    content = before.summary.read_bytes()
    before.report.unlink()
    before.report.mkdir()  # a folder in its place cannot be replaced by a file
    after = huibao(workspace)
    assert (after.code, after.result["report"]) == (2, None)
    found = after.result["findings"][0]
    assert found["code"] == "run.not_written"
    assert before.report.name in found["message"]
    assert before.summary.read_bytes() == content
    assert not [path for path in before.report.parent.iterdir() if path.suffix == ".tmp"]


def test_a_reader_that_has_seen_enough_is_no_failure(workspace: Path) -> None:
    """``status | head -1``: the pipe is closed while the program still prints."""
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "status", "--workspace", str(workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        told = process.stderr.read().decode()
    assert "Traceback" not in told
    assert process.returncode in (0, 1)
