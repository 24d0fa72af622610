"""A report that people edited and new data: what is refreshed, what is kept, what is said."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

import docx
import pytest
from docx.document import Document
from lxml import etree

from generators.merge import Dataset
from generators.package import parts_of
from generators.word.reading import read_document
from generators.word.refresh import Refreshed, refresh
from generators.word.render import Report
from tests import district
from tests.district import FIGURES, PORTS, TEXTS, dataset, document, printed, saved
from tests.reports import open_report
from tests.wordprocessing import W, faults

PROSE = (
    "渔业总产值{{渔业总产值}}，{{渔业总产值.同比表述}}；渡口{{渡口数}}，计划{{渡口数.计划}}。",
    "在建渔港有{{渔港清单|列举('名称', 2)}}。",
    "工作：{{文字材料.渔政工作}}",
)
NEW = {**FIGURES, "S1-1": {**FIGURES["S1-1"], "actual": "91.2", "growth": "-2"}}


def template(*, rows: bool = True) -> bytes:
    """Prose, a list in a sentence, a text of several paragraphs, a block and a table."""
    made = docx.Document()
    made.add_heading("一、渔业", 1)
    for line in PROSE:
        made.add_paragraph(line)
    made.add_paragraph("{% if 渡口数 > 20 %}")
    made.add_paragraph("渡口较多，有{{渡口数}}。")
    made.add_paragraph("{% endif %}")
    if rows:
        table = made.add_table(rows=4, cols=2)
        lines = (
            ("名称", "投资"),
            ("{% for 港 in 渔港清单 %}", ""),
            ("{{港.名称}}", "{{港.总投资|空则}}"),
        )
        for place, cells in enumerate((*lines, ("{% endfor %}", ""))):
            for cell, text in zip(table.rows[place].cells, cells, strict=True):
                cell.text = text
    made.add_paragraph("结尾{{渔业总产值}}。")
    return saved(made)


TEMPLATE = template()


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """The report that the template prints of other data."""

    def make(
        figures: Mapping[str, Mapping[str, str]] = FIGURES,
        ports: Sequence[tuple[str, str, str]] = PORTS,
        texts: Mapping[str, str] = TEXTS,
        template: bytes = TEMPLATE,
    ) -> Report:
        with monkeypatch.context() as patch:
            patch.setattr(district, "PORTS", ports)
            patch.setattr(district, "TEXTS", texts)
            data: Dataset = dataset(figures=figures)
        return printed(template, data)

    return make


def edited(report: Report, edit: Callable[[Document], object]) -> bytes:
    """The report after an edit with python-docx, which saves what it does not know as it was."""
    made = docx.Document(io.BytesIO(report.data))
    edit(made)
    return saved(made)


def refreshed(data: bytes, before: Report, after: Report) -> Refreshed:
    """The refreshed document; it is valid, and refreshing it once more changes nothing."""
    result = refresh(data, before.manifest, after)
    assert result is not None
    assert faults(result.data) == []
    again = refresh(result.data, result.manifest, after)
    assert again is not None
    assert again.data == result.data
    assert again.manifest == result.manifest
    assert again.withheld == result.withheld
    return result


def texts(data: bytes) -> list[str]:
    read = read_document(data)
    assert read is not None
    return [item.text for item in read.texts]


def controls(made: Document, text: str) -> Iterator[etree._Element]:
    """The controls that hold a text, in reading order."""
    for control in made.element.body.iter(f"{W}sdt"):
        if "".join(node.text or "" for node in control.iter(f"{W}t")) == text:
            yield control


def paragraph_of(control: etree._Element) -> etree._Element:
    return next(iter(control.iterancestors(f"{W}p")))


def type_over(made: Document, text: str, typed: str) -> None:
    control = next(controls(made, text))
    next(control.iter(f"{W}t")).text = typed


BEFORE = printed(TEMPLATE)


def test_an_untouched_report_becomes_what_the_template_prints(other: Callable[..., Report]) -> None:
    after = other(
        {**NEW, "S1-4": {**FIGURES["S1-4"], "actual": "25"}},
        (("东港", "在建", "1.3"), ("西港", "建成", "0.35"), ("新港", "在建", "5")),
        {**TEXTS, "N1": "一段。\n二段。\n三段。"},
    )
    result = refreshed(BEFORE.data, BEFORE, after)
    assert texts(result.data) == texts(after.data)
    assert (result.overrides, result.missing, result.withheld) == ((), (), ())
    assert result.manifest == after.manifest
    back = refreshed(result.data, after, BEFORE)
    assert texts(back.data) == texts(BEFORE.data)
    assert back.withheld == ()


def test_words_by_hand_stay_and_figures_are_updated_around_them(other: Callable[..., Report]) -> None:
    def edit(made: Document) -> None:
        made.paragraphs[1].runs[0].text = "全年渔业总产值达"
        made.paragraphs[1].add_run("形势向好。").bold = True
        made.add_paragraph("手写的一段，提到85亿元。")

    data = refreshed(edited(BEFORE, edit), BEFORE, other(NEW)).data
    assert texts(data)[1] == "全年渔业总产值达91.2亿元，同比下降2%；渡口14个，计划9个。形势向好。"
    assert texts(data)[-1] == "手写的一段，提到85亿元。"
    assert docx.Document(io.BytesIO(data)).paragraphs[1].runs[-1].bold


def test_a_figure_typed_over_is_kept_and_listed_until_it_is_the_datas_again(
    other: Callable[..., Report],
) -> None:
    data = edited(BEFORE, lambda made: type_over(made, "85亿元", "约90亿元"))
    result = refreshed(data, BEFORE, other(NEW))
    assert texts(result.data)[1].startswith("渔业总产值约90亿元，同比下降2%")
    [override] = result.overrides
    assert (override.text, override.figure.text, override.heading) == (
        "约90亿元",
        "91.2亿元",
        "一、渔业",
    )
    made = docx.Document(io.BytesIO(result.data))
    type_over(made, "约90亿元", "91.2亿元")
    back = refresh(saved(made), result.manifest, other(FIGURES))
    assert back is not None
    assert back.overrides == ()
    assert texts(back.data)[1].startswith("渔业总产值85亿元，")


def test_a_sentence_pasted_a_second_time_is_updated_in_both_places(
    other: Callable[..., Report],
) -> None:
    def paste(made: Document) -> None:
        source = made.paragraphs[1]._p
        twin = copy.deepcopy(source)
        for mark in [*twin.iter(f"{W}bookmarkStart"), *twin.iter(f"{W}bookmarkEnd")]:
            mark.getparent().remove(mark)
        for number, item in enumerate(twin.iter(f"{W}id"), 9000):
            item.set(f"{W}val", str(number))
        made.element.body[-1].addprevious(twin)

    result = refreshed(edited(BEFORE, paste), BEFORE, other(NEW))
    lines = [line for line in texts(result.data) if line.startswith("渔业总产值")]
    assert lines == ["渔业总产值91.2亿元，同比下降2%；渡口14个，计划9个。"] * 2
    assert result.overrides == ()


def test_a_control_that_has_gone_is_listed_and_its_text_left_alone(other: Callable[..., Report]) -> None:
    def unwrap(made: Document) -> None:
        control = next(controls(made, "85亿元"))
        control.addprevious(control.find(f"{W}sdtContent")[0])
        control.getparent().remove(control)

    result = refreshed(edited(BEFORE, unwrap), BEFORE, other(NEW))
    assert texts(result.data)[1].startswith("渔业总产值85亿元，同比下降2%")
    assert [item.text for item in result.missing] == ["91.2亿元"]


def test_a_tracked_change_within_a_figure_is_peoples(other: Callable[..., Report]) -> None:
    made = {f"{W}author": "李四", f"{W}date": "2030-12-01T09:00:00Z"}

    def revise(document: Document) -> None:
        run = next(next(controls(document, "85亿元")).iter(f"{W}r"))
        gone = etree.SubElement(run.getparent(), f"{W}del", {**made, f"{W}id": "900"})
        gone.append(run)
        for node in list(run.iter(f"{W}t")):
            node.tag = f"{W}delText"
        come = etree.SubElement(gone.getparent(), f"{W}ins", {**made, f"{W}id": "901"})
        etree.SubElement(etree.SubElement(come, f"{W}r"), f"{W}t").text = "85亿元"

    data = edited(BEFORE, revise)
    result = refreshed(data, BEFORE, other(NEW))
    assert [item.text for item in result.overrides] == ["85亿元"]
    assert texts(result.data)[1].startswith("渔业总产值85亿元，")


def test_a_figure_that_becomes_missing_is_marked_and_unmarked(other: Callable[..., Report]) -> None:
    without = {code: values for code, values in FIGURES.items() if code != "S1-1"}
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    result = refreshed(data, BEFORE, other(without))
    assert texts(result.data)[1].startswith("渔业总产值【缺：渔业总产值】，【缺：渔业总产值·同比增长】")
    marks = [item for item in read(result.data).iter(f"{W}highlight") if item.get(f"{W}val") == "yellow"]
    assert len(marks) == 3
    back = refreshed(result.data, result, BEFORE)  # type: ignore[arg-type]
    assert texts(back.data)[:-1] == texts(BEFORE.data)
    assert list(read(back.data).iter(f"{W}highlight")) == []


def read(data: bytes) -> etree._Element:
    document = read_document(data)
    assert document is not None
    return document.roots["word/document.xml"]


def test_rows_that_nobody_edited_come_and_go(other: Callable[..., Report]) -> None:
    ports = (("北港", "在建", "2"), ("新港", "在建", "5"))
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    result = refreshed(data, BEFORE, other(ports=ports))
    rows = [[cell.text for cell in row.cells] for row in open_report(result.data).tables[0].rows]
    assert rows == [["名称", "投资"], ["北港", "2亿元"], ["新港", "5亿元"]]
    assert texts(result.data)[2] == "在建渔港有北港、新港。"
    assert texts(result.data)[-1] == "手写。"


def test_edited_rows_are_updated_in_place_and_the_rest_is_said(other: Callable[..., Report]) -> None:
    def edit(made: Document) -> None:
        made.tables[0].cell(2, 0).paragraphs[0].add_run("（改）")

    ports = (("东港", "在建", "1.5"), ("西港", "建成", "0.35"), ("新港", "在建", "5"))
    result = refreshed(edited(BEFORE, edit), BEFORE, other(ports=ports))
    rows = [[cell.text for cell in row.cells] for row in open_report(result.data).tables[0].rows]
    assert rows[1:] == [
        ["东港", "1.5亿元"],
        ["西港（改）", "0.35亿元"],
        ["南港", "—"],
        ["北港", "2亿元"],
    ]
    assert [(item.kind, item.texts) for item in result.withheld] == [
        ("added", ("新港 5亿元",)),
        ("gone", ("南港 —", "北港 2亿元")),
    ]


def test_a_list_edited_by_hand_is_left_and_said(other: Callable[..., Report]) -> None:
    def edit(made: Document) -> None:
        between = next(controls(made, "东港")).getnext().getnext()
        between.find(f"{W}t").text = "和"

    ports = (("东港", "在建", "1.2"),)
    result = refreshed(edited(BEFORE, edit), BEFORE, other(ports=ports))
    assert texts(result.data)[2] == "在建渔港有东港和西港等4个。"
    assert ("list", ("东港",)) in [(item.kind, item.texts) for item in result.withheld]


def test_a_text_gets_more_paragraphs_and_fewer(other: Callable[..., Report]) -> None:
    def edit(made: Document) -> None:
        made.paragraphs[3].runs[0].text = "主要工作："

    data = edited(BEFORE, edit)
    longer = other(texts={**TEXTS, "N1": "一。\n二。\n三。"})
    result = refreshed(data, BEFORE, longer)
    assert texts(result.data)[3:6] == ["主要工作：一。", "二。", "三。"]
    shorter = refresh(result.data, result.manifest, other(texts={**TEXTS, "N1": "只有一段。"}))
    assert shorter is not None
    assert texts(shorter.data)[3:5] == ["主要工作：只有一段。", "名称"]


def test_a_paragraph_typed_into_a_text_of_several_is_kept(other: Callable[..., Report]) -> None:
    def edit(made: Document) -> None:
        made.paragraphs[4].insert_paragraph_before("插入的一段。")

    result = refreshed(edited(BEFORE, edit), BEFORE, other(texts={**TEXTS, "N1": "一。\n二。\n三。"}))
    assert "插入的一段。" in texts(result.data)
    assert [item.kind for item in result.withheld] == ["list"]


def test_a_condition_that_comes_to_hold_puts_its_paragraphs_in(other: Callable[..., Report]) -> None:
    more = other({**FIGURES, "S1-4": {**FIGURES["S1-4"], "actual": "25"}})
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    result = refreshed(data, BEFORE, more)
    assert texts(result.data)[5] == "渡口较多，有25个。"
    assert texts(result.data)[:-1] == texts(more.data)


def test_the_headings_words_and_other_parts_stay_the_same_in_every_byte(
    other: Callable[..., Report],
) -> None:
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    before, after = parts_of(data), parts_of(refreshed(data, BEFORE, other(NEW)).data)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"word/document.xml", "docProps/custom.xml"}


def test_with_a_changed_template_only_figures_are_refreshed(other: Callable[..., Report]) -> None:
    changed = document("渔业总产值为{{渔业总产值}}。", "新的一段{{渡口数.目标}}。")
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    result = refreshed(data, BEFORE, other(NEW, template=changed))
    assert texts(result.data)[1].startswith("渔业总产值91.2亿元，同比增长1.5%")
    assert texts(result.data)[-1] == "手写。"
    assert result.manifest.template == BEFORE.manifest.template


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a document"])
def test_what_is_no_document_is_not_refreshed(data: bytes) -> None:
    assert refresh(data, BEFORE.manifest, BEFORE) is None


def test_words_about_one_name_never_get_another(other: Callable[..., Report]) -> None:
    """东港 goes, 新港 comes: what somebody wrote beside 东港 is not about 新港."""

    def edit(made: Document) -> None:
        control = next(controls(made, "东港"))
        control.getnext().getnext().find(f"{W}t").text = "（国家一级渔港）、"
        twin = copy.deepcopy(control)
        twin.find(f"{W}sdtPr/{W}id").set(f"{W}val", "9000")
        made.paragraphs[-1]._p.append(twin)

    ports = (("新港", "在建", "1.2"), *PORTS[1:])
    result = refreshed(edited(BEFORE, edit), BEFORE, other(ports=ports))
    assert texts(result.data)[2] == "在建渔港有东港（国家一级渔港）、西港等4个。"
    assert texts(result.data)[-1].endswith("东港")
    assert [item.texts for item in result.withheld if item.kind == "list"] == [("新港、西港等4个",)]
    assert "东港" in [item.text for item in result.manifest.figures]  # an audit finds it stale


def test_another_name_takes_the_place_of_one_that_nobody_wrote_about(
    other: Callable[..., Report],
) -> None:
    ports = (("新港", "在建", "1.2"), *PORTS[1:])
    data = edited(BEFORE, lambda made: made.add_paragraph("手写。"))
    result = refreshed(data, BEFORE, other(ports=ports))
    assert texts(result.data)[2] == "在建渔港有新港、西港等4个。"
    assert result.withheld == ()
