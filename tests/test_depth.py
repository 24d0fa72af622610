"""Length and depth in what packs, ledgers and backups hold: one finding each, and no minutes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from generators.backup.manifest import MANIFEST_FILE, read_manifest
from generators.definition.expressions import read_expression, vocabulary_of
from generators.encoding import parsed_json
from generators.ledger import UnreadableHeadError, read_head
from generators.messages import line
from generators.model import Finding
from generators.text import near
from generators.word import render as rendering
from generators.word.render import render
from generators.word.tags import tag_spans, without_tags
from generators.word.template import compile_template
from tests.district import DEFINITION, dataset, document

FILE = "linxi/report.docx"
DEEP = (
    ("{{" + "(" * 3000 + "1" + ")" * 3000 + "}}", "long_tag"),
    ("{{" + "(" * 500 + "1" + ")" * 500 + "}}", "deep_tag"),
    ("{{" + "(" * 40 + "渡口数" + ")" * 40 + "}}", ""),
    ("{{" + "+".join(["渡口数"] * 5000) + "}}", "long_tag"),
    ("{{" + "+".join(["渡口数"] * 200) + "}}", "deep_tag"),
    ("{{" + "+".join(["渡口数"] * 50) + "}}", ""),
    ("{{" + "-" * 1000 + "渡口数}}", "deep_tag"),
    ("{{" + "not " * 300 + "渡口数}}", "deep_tag"),
    ("{{" + "[" * 600 + "]" * 600 + "}}", "deep_tag"),
    ("{{渡口数" + "|数" * 5000 + "}}", "long_tag"),
    ("{{渡口数" + "|数" * 300 + "}}", "deep_tag"),
    ("{{渡口数 + " + "9" * 4300 + "}}", "long_tag"),
    ("{{渡口数 + " + "9" * 1000 + "}}", "number_in_tag"),
    ("{{渡口数 * 1e400}}", "number_in_tag"),
    ("{{" + " " * 100_000 + "渡口数}}", ""),
    ("{{'" + "长" * 100_000 + "'}}", "long_tag"),
    ("{{" * 50_000, "crosses_paragraphs"),
    ("{#" * 50_000, "crosses_paragraphs"),
    ("{{渡口数}}" * 501, "too_many_tags"),
)


def found(*paragraphs: str) -> tuple[Finding, ...]:
    compiled = compile_template(document("一、总体", *paragraphs), DEFINITION, FILE)
    if compiled.value is None:
        return compiled.findings
    return render(compiled.value, dataset(), FILE).findings


@pytest.mark.parametrize(("text", "reason"), DEEP, ids=range(len(DEEP)))
def test_a_tag_beyond_all_measure_is_one_finding_that_names_it(text: str, reason: str) -> None:
    began = time.process_time()
    findings = found(text)
    assert [item.params.get("reason") for item in findings] == ([reason] if reason else [])
    assert time.process_time() - began < 5
    for finding in findings:
        assert text[:10] in line(finding)
        assert len(line(finding)) < 700


@pytest.mark.parametrize(
    "text",
    [
        "{{9**9**9}}",
        "{{'9'*10**9}}",
        "{{range(10**9)}}",
        "{{渡口数|小数(10**9)}}",
        "{{'%99999999d' % 1}}",
    ],
)
def test_what_the_language_lacks_is_never_worked_out(text: str) -> None:
    began = time.process_time()
    assert found(text)
    assert time.process_time() - began < 5


def test_blocks_stand_in_one_another_up_to_a_depth() -> None:
    blocks = ["{% if 渡口数 %}"] * 2000 + ["字"] + ["{% endif %}"] * 2000
    assert [item.params["reason"] for item in found(*blocks)] == ["nested"]
    assert found(*["{% if 渡口数 %}"] * 10, "字", *["{% endif %}"] * 10) == ()


def test_loops_in_one_another_print_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_LOOPED", 100)
    loops = [f"{{% for 项{n} in 指标 %}}" for n in range(6)]
    findings = found(*loops, "字", *["{% endfor %}"] * 6)
    assert [item.params["reason"] for item in findings] == ["too_many_looped"]


def test_tags_are_found_as_before() -> None:
    import re

    pattern = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
    for text in (
        "a{{b}}c{%d%}{#e#}",
        "{{a{%b%}",
        "{{{a}}}",
        "{%{{a}}%}",
        "{{",
        "{{}}{{",
        "{#{{a}}",
        "}}{{a}}",
        "{}{{a\n}}",
    ):
        spans = tag_spans(text)
        assert spans == [match.span() for match in pattern.finditer(text)], text
        assert without_tags(text, spans) == pattern.sub(lambda tag: " " * len(tag[0]), text)


def test_a_rule_beyond_all_measure_is_one_problem() -> None:
    vocabulary = vocabulary_of(DEFINITION)
    for text in (
        "(" * 3000,
        "1" + "+1" * 5000,
        "渡口数 > " + "9" * 4300,
        "非" * 30_000,
        "渡口数 > 1" + "e9" * 700,
    ):
        tree, problems = read_expression(text, vocabulary)
        assert tree is None and len(problems) == 1


def test_json_without_end_is_no_json(tmp_path: Path) -> None:
    deep = "[" * 100_000
    with pytest.raises(ValueError, match="deeply"):
        parsed_json(deep)
    head = tmp_path / "audit-head.json"
    for text in (deep, "[" * 2000, '{"count": ' + "9" * 4400 + "}"):
        head.write_text(text, "ascii")
        with pytest.raises(UnreadableHeadError):
            read_head(head)
        (tmp_path / MANIFEST_FILE).write_text(text, "ascii")
        refused = read_manifest(tmp_path)
        assert isinstance(refused, Finding) and refused.code == "restore.manifest_damaged"


def test_long_names_are_not_compared_sign_by_sign() -> None:
    began = time.process_time()
    assert near("甲乙" * 16_000, ["乙甲" * 16_000, "丙"]) == ""
    assert near("渡口树", ["渡口数", "乙甲" * 16_000]) == "渡口数"
    assert time.process_time() - began < 1
