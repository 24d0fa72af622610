"""``history 指标``: what it understands, every step that a figure went, and what it prints."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from generators.history import History, Step, history_as_dict, history_table, indicator_history
from generators.ledger import Ledger, sqlite_url
from generators.ledger.tables import SCHEMA_VERSION
from generators.messages import line
from generators.model import (
    Cell,
    Definition,
    FormIdentity,
    Measure,
    Observation,
    Reading,
    Submission,
)
from generators.workspace import Workspace
from tests.conftest import CHECKOUT, huibao
from tests.workbooks import DEFINITION, PACK, changed, sound_definition

# 报告期 | 部门 | 报送 | 数
REPORTED = """
2030 | yy | 1 | S1-01.actual=11.8, S1-01.target=6
2031 | yy | 1 | S1-01.actual=12.3, S1-01.growth=3.5, S2-01.target=不少于14个
2031 | yy | 2 | S1-01.actual=12.3, S1-01.growth=-0.4, S2-01.target=不少于14个
2031 | yy | 3 | S1-01.actual=12.3, S1-01.growth=, S2-01.target=不少于15个
2031 | yy | 4 | S1-01.actual=12.5, S1-01.growth=, S2-01.target=16
2031 | yy | 5 | S1-01.actual=12.3, S1-01.growth=3.5, S2-01.target=16
2031 | jt | 1 | S2-01.actual=14, X-09.actual=7
"""
COLUMNS = {Measure.ACTUAL: 4, Measure.GROWTH: 6, Measure.TARGET: 8}


def submission(period: str, department: str, vintage: str, figures: str) -> Submission:
    observations = []
    for figure in figures.split(", "):
        name, _, text = figure.partition("=")
        code, _, measure = name.rpartition(".")
        number = text.removeprefix("-").replace(".", "", 1).isdigit()
        value = (Decimal(text) if number else text) or None
        column = COLUMNS[Measure(measure)]
        cell = Cell("指标", 5, column, f"{'ABCDEFGH'[column - 1]}5", value, text)
        observations.append(Observation(code, Measure(measure), Reading(cell, value)))
    identity = FormIdentity(PACK, department, period, "3")
    name = {"yy": "渔业局", "jt": "交通局"}[department]
    sha256 = f"{period}{department}{vintage}".ljust(64, "0")
    return Submission(identity, f"{name}-{period}.xlsx", sha256, "", tuple(observations))


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def reported(place: Workspace) -> Workspace:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        for day, row in enumerate(REPORTED.strip().splitlines(), start=1):
            period, department, vintage, figures = (part.strip() for part in row.split("|"))
            received = dt.datetime(int(period), 12, day, 1, 30, tzinfo=dt.UTC)
            ledger.accept(submission(period, department, vintage, figures), received)
    return place


def history(
    place: Workspace, definition: Definition, question: str, period: str | None = None
) -> History:
    found = indicator_history(place, definition, question, period)
    assert found.value is not None, [line(item) for item in found.findings]
    assert found.findings == ()
    return found.value


def brief(step: Step) -> str:
    """A step on one line: ``2031 actual 1–3 12.3 D5``."""
    known = step.known
    through = f"–{step.last}" if step.last > known.vintage else ""
    return f"{known.period} {known.measure} {known.vintage}{through} {known.value} {known.cell}".strip()


# --- the steps ----------------------------------------------------------------------------------


def test_a_value_that_stays_is_one_step_and_one_that_goes_is_a_step_too(
    reported: Workspace, definition: Definition
) -> None:
    found = history(reported, definition, "渔业总产值")
    assert (found.code, found.name, found.unit) == ("S1-01", "渔业总产值", "亿元")
    assert [brief(step) for step in found.steps] == [
        "2030 actual 1 11.8 D5",
        "2030 target 1 6 H5",
        "2031 actual 1–3 12.3 D5",
        "2031 actual 4 12.5 D5",
        "2031 actual 5 12.3 D5",
        "2031 growth 1 3.5 F5",
        "2031 growth 2 -0.4 F5",
        "2031 growth 3–4 None",
        "2031 growth 5 3.5 F5",
    ]


def test_a_step_knows_the_one_before_it_in_its_own_period(
    reported: Workspace, definition: Definition
) -> None:
    steps = history(reported, definition, "渔业总产值.本年").steps
    assert [step.before and step.before.value for step in steps] == [
        None,
        None,
        Decimal("12.3"),
        Decimal("12.5"),
    ]


def test_targets_in_words_have_a_history(reported: Workspace, definition: Definition) -> None:
    found = history(reported, definition, "渡口数.目标")
    assert [brief(step) for step in found.steps] == [
        "2031 target 1–2 不少于14个 H5",
        "2031 target 3 不少于15个 H5",
        "2031 target 4–5 16 H5",
    ]


def test_two_departments_that_report_one_indicator_are_told_apart(
    reported: Workspace, definition: Definition
) -> None:
    steps = history(reported, definition, "渡口数").steps
    assert {(step.known.department, step.known.measure) for step in steps} == {
        ("jt", Measure.ACTUAL),
        ("yy", Measure.TARGET),
    }


def test_one_period_alone(reported: Workspace, definition: Definition) -> None:
    found = history(reported, definition, "渔业总产值", "2030")
    assert [brief(step) for step in found.steps] == ["2030 actual 1 11.8 D5", "2030 target 1 6 H5"]
    assert history(reported, definition, "渔业总产值", "2029").steps == ()


# --- the question ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("渔业总产值.同比", Measure.GROWTH),
        ("渔业总产值.同比增长", Measure.GROWTH),
        ("渔业总产值.同比增长(%)", Measure.GROWTH),
        ("渔业总产值．同比增长（％）", Measure.GROWTH),
        ("S1-01.growth", Measure.GROWTH),
        ("s1-01 . GROWTH", Measure.GROWTH),
        ("渔业总产值。本年", Measure.ACTUAL),
        ("渔业总产值·本年预计", Measure.ACTUAL),
        ("渔业总产值.actual", Measure.ACTUAL),
        ("S1-01.目标", Measure.TARGET),
        (" 渔业 总产值.下年目标", Measure.TARGET),
        ("渔业总产值.target for next year", Measure.TARGET),
    ],
)
def test_a_figure_is_asked_for_by_name_or_code_and_measure(
    reported: Workspace, definition: Definition, question: str, measure: Measure
) -> None:
    steps = history(reported, definition, question).steps
    assert {step.known.measure for step in steps} == {measure}
    assert {step.known.indicator for step in steps} == {"S1-01"}


def test_every_measure_has_the_short_word_the_header_and_the_english_key(
    reported: Workspace, definition: Definition
) -> None:
    for words in ("本年 今年 本年预计 actual", "上年 去年 上年实际 previous", "计划 年度计划 plan"):
        for word in words.split():
            assert history(reported, definition, f"S1-02.{word}").code == "S1-02"


def test_a_name_with_a_dot_in_it_is_a_name(place: Workspace) -> None:
    dotted = sound_definition(changed(DEFINITION, "指标", ("渔业总产值", "PM2.5浓度")))
    assert history(place, dotted, "PM2.5浓度").code == "S1-01"
    assert history(place, dotted, "PM2.5浓度.上年").code == "S1-01"
    found = indicator_history(place, dotted, "PM2.5浓渡", None)
    assert [line(item) for item in found.findings] == [
        "[错误] 运行 没有名为“PM2.5浓渡”的指标，是不是“PM2.5浓度”？ → "
        "请写指标名称或指标代码，要看其中一个口径的，在后面加点和口径，如 .上年"
    ]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("渔业总产植", "没有名为“渔业总产植”的指标，是不是“渔业总产值”？"),
        ("渔业总产植.上年", "没有名为“渔业总产植”的指标，是不是“渔业总产值”？"),
        ("S1-011", "没有名为“S1-011”的指标，是不是“S1-01”？"),
        ("人均寿命", "没有名为“人均寿命”的指标"),
        ("渔业总产值.上年实记", "没有口径“上年实记”，是不是“上年实际”？"),
        ("渔业总产值.完成率", "没有口径“完成率”"),
        (".上年", "没有名为“.上年”的指标"),
        ("", "没有名为“”的指标"),
    ],
)
def test_what_is_not_known_is_told_with_the_near_one(
    place: Workspace, definition: Definition, question: str, said: str
) -> None:
    found = indicator_history(place, definition, question, None)
    assert found.value is None
    [finding] = found.findings
    assert line(finding).startswith(f"[错误] 运行 {said} → ")


def test_an_indicator_that_left_the_definition_is_known_by_its_code(
    reported: Workspace, definition: Definition
) -> None:
    for question in ("X-09", "X-09.本年"):
        found = history(reported, definition, question)
        assert (found.code, found.name, found.unit) == ("X-09", "X-09", "")
        assert [brief(step) for step in found.steps] == ["2031 actual 1 7 D5"]


def test_nothing_reported_is_no_fault_and_makes_no_ledger(
    place: Workspace, definition: Definition
) -> None:
    assert history(place, definition, "渔业总产值").steps == ()
    assert not place.root.exists()


# --- what is printed --------------------------------------------------------------------------------


def table(found: History, definition: Definition, capsys: pytest.CaptureFixture[str], lang: str) -> str:
    history_table(found, definition, lang)
    return capsys.readouterr().out


def cells(printed: str) -> list[list[str]]:
    """The rows below the line, by word."""
    lines = printed.splitlines()
    start = next(place for place, text in enumerate(lines) if "──" in text)
    return [text.split() for text in lines[start + 1 :] if text.strip()]


def test_the_table_in_chinese(
    reported: Workspace, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = table(history(reported, definition, "渔业总产值", "2031"), definition, capsys, "zh")
    assert printed.splitlines()[0].strip() == "渔业总产值（S1-01）"
    assert printed.splitlines()[2].split() == [
        *("报告期", "口径", "数值", "变动", "部门", "版次", "报送时间", "文件", "单元格")
    ]
    file = "渔业局-2031.xlsx"
    assert cells(printed) == [
        ["2031", "本年预计", "12.3亿元", "渔业局", "1–3", "2031-12-02", "09:30", file, "指标!D5"],
        ["2031", "本年预计", "12.5亿元", "+0.2", "渔业局", "4", "2031-12-05", "09:30", file, "指标!D5"],
        ["2031", "本年预计", "12.3亿元", "-0.2", "渔业局", "5", "2031-12-06", "09:30", file, "指标!D5"],
        ["2031", "同比增长(%)", "3.5%", "渔业局", "1", "2031-12-02", "09:30", file, "指标!F5"],
        ["2031", "同比增长(%)", "-0.4%", "-3.9", "渔业局", "2", "2031-12-03", "09:30", file, "指标!F5"],
        ["2031", "同比增长(%)", "（删去）", "渔业局", "3–4", "2031-12-04", "09:30", file],
        ["2031", "同比增长(%)", "3.5%", "新增", "渔业局", "5", "2031-12-06", "09:30", file, "指标!F5"],
    ]


def test_the_table_in_english(
    reported: Workspace, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = table(history(reported, definition, "渡口数.目标"), definition, capsys, "en")
    assert printed.splitlines()[0].strip() == "渡口数 (S2-01)"
    assert "vintage" in printed.splitlines()[2]
    assert [row[5:8] for row in cells(printed)] == [
        ["不少于14个", "渔业局", "1–2"],
        ["不少于15个", "changed", "渔业局"],
        ["16个", "changed", "渔业局"],
    ]


def test_a_long_file_name_is_shown_whole(
    reported: Workspace, definition: Definition, capsys: pytest.CaptureFixture[str]
) -> None:
    found = history(reported, definition, "渔业总产值", "2030")
    long = "临溪区渔业局关于报送二〇三一年度渔业总产值等指标的填报表（最终稿，已经局长办公会审定）.xlsx"
    steps = tuple(replace(item, known=replace(item.known, file=long)) for item in found.steps)
    printed = table(replace(found, steps=steps), definition, capsys, "zh")
    assert "…" not in printed
    assert printed.count("指标!D5") == 1


def test_the_json_has_every_step_with_its_place(reported: Workspace, definition: Definition) -> None:
    found = history_as_dict(history(reported, definition, "S1-01.growth"), "Asia/Shanghai")
    assert found["indicator"] == {"code": "S1-01", "name": "渔业总产值", "unit": "亿元"}
    values = found["values"]
    assert isinstance(values, list)
    assert values[1] == {
        "period": "2031",
        "measure": "growth",
        "value": -0.4,
        "vintage": 2,
        "received": "2031-12-03 09:30",
        "department": "yy",
        "file": "渔业局-2031.xlsx",
        "sheet": "指标",
        "cell": "F5",
        "sha256": "2031yy2".ljust(64, "0"),
    }
    assert [item["value"] for item in values] == [3.5, -0.4, None, 3.5]
    assert (values[2]["sheet"], values[2]["cell"]) == ("", "")


# --- the command ------------------------------------------------------------------------------------


def call(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "history", *arguments]
    command += ["--workspace", str(workspace)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


def test_before_the_first_run_it_says_that_there_is_nothing(workspace: Path) -> None:
    done = call(workspace, "地区生产总值")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "“地区生产总值”还没有采用过的报送数。\n"
    english = call(workspace, "地区生产总值", "--lang", "en")
    assert english.stdout == "No accepted submission has a value of 地区生产总值 yet.\n"
    outcome = huibao(workspace, "history", "地区生产总值")
    assert outcome.code == 0
    assert (outcome.result["values"], outcome.result["findings"]) == ([], [])
    assert not (workspace / "workbooks/ledger.db").exists()


def test_a_correction_shows_in_the_history(workspace: Path) -> None:
    huibao(workspace)
    form = workspace / "workbooks/inbox/统计局-2023.xlsx"
    book = openpyxl.load_workbook(form)
    book["指标"]["F5"] = -0.8
    book.save(form)
    huibao(workspace)
    outcome = huibao(workspace, "history", "地区生产总值.同比")
    assert outcome.code == 0
    assert outcome.result["indicator"] == {"code": "A1-01", "name": "地区生产总值", "unit": "亿元"}
    assert [(item["vintage"], item["value"], item["cell"]) for item in outcome.result["values"]] == [
        (1, 1.5, "F5"),
        (2, -0.8, "F5"),
    ]
    for item in outcome.result["values"]:
        assert (workspace / "workbooks/archive" / f"{item['sha256']}.xlsx").is_file()
    done = call(workspace, "A1-01.growth", "--lang", "en", "--period", "2023")
    assert (done.returncode, done.stderr) == (0, "")
    assert "-2.3" in done.stdout
    assert "统计局-2023.xlsx" in done.stdout
    assert call(workspace, "A1-01", "--period", "2022").stdout.startswith("“地区生产总值”还没有")


def test_an_unknown_indicator_ends_with_2(workspace: Path) -> None:
    done = call(workspace, "地区生产总直")
    assert (done.returncode, done.stdout) == (2, "")
    assert "是不是“地区生产总值”？" in done.stderr
    outcome = huibao(workspace, "history", "地区生产总直")
    assert (outcome.code, list(outcome.result)) == (2, ["findings"])
    assert outcome.result["findings"][0]["code"] == "run.unknown_indicator"


def test_a_ledger_that_cannot_be_used_is_a_finding(workspace: Path) -> None:
    ledger = workspace / "workbooks/ledger.db"
    ledger.write_bytes(b"not a database" * 400)
    outcome = huibao(workspace, "history", "地区生产总值")
    assert (outcome.code, list(outcome.result)) == (2, ["findings"])
    assert outcome.result["findings"][0]["code"] == "run.ledger"
    done = call(workspace, "地区生产总值")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_newer_programs_ledger_is_refused_by_every_command(workspace: Path) -> None:
    path = workspace / "workbooks/ledger.db"
    with Ledger(sqlite_url(path)):
        pass
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for command in (["run"], ["status"], ["history", "地区生产总值"]):
        outcome = huibao(workspace, *command)
        assert (outcome.code, outcome.error) == (2, ""), command
        [finding] = outcome.result["findings"]
        assert finding["code"] == "run.ledger_newer"
        assert finding["message"].startswith("台账“workbooks/ledger.db”由更新版本的程序建立")
        assert f"（结构第 99 版，本程序只认到第 {SCHEMA_VERSION} 版）" in finding["message"]
    assert path.read_bytes() == before
    assert not (workspace / "reports").exists()


def test_a_database_elsewhere_has_a_history_too(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIBAO_LEDGER", f"sqlite:///{tmp_path.as_posix()}/city.db")
    assert huibao(workspace, "history", "地区生产总值").result["values"] == []
    assert not (tmp_path / "city.db").exists()
    huibao(workspace)
    values = json.loads(call(workspace, "地区生产总值.本年", "--json").stdout)["values"]
    assert [item["value"] for item in values] == [85]
    assert not (workspace / "workbooks/ledger.db").exists()
