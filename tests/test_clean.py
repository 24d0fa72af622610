"""The clean copy: nothing of the program's is left, and nothing else has changed."""

from __future__ import annotations

import copy
import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.package import package_of, parts_of
from generators.word.clean import without_controls
from generators.word.properties import with_properties
from generators.word.reading import Document, read_document
from generators.word.unfinished import Kind, unfinished
from tests.conftest import Outcome
from tests.district import document, printed, saved
from tests.office import convert, needs_office, pages
from tests.wordprocessing import faults

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OWN = re.compile(rb"huibao|hbb?_|urn:huibao")
FIGURE = "渡口共{{渡口数}}，捕捞收入{{捕捞收入}}。"


def read(data: bytes) -> Document:
    found = read_document(data)
    assert found is not None
    return found


def lines(data: bytes) -> list[str]:
    """What a document says, paragraph by paragraph."""
    return [text.text for text in read(data).texts]


def body(data: bytes) -> str:
    return parts_of(data)["word/document.xml"].decode()


def changed(data: bytes, *replacements: tuple[str, str]) -> bytes:
    """The document with texts of its body's XML replaced; each must stand in it."""
    parts = parts_of(data)
    xml = parts["word/document.xml"].decode()
    for old, new in replacements:
        assert old in xml, old
        xml = xml.replace(old, new)
    return package_of({**parts, "word/document.xml": xml.encode()})


def emptied(data: bytes, count: int = 0) -> bytes:
    """The document with its first ``count`` controls, or all, showing Word's request to type."""
    place = r'(<w:id w:val="\d+"/>)(?=<w:text/>|</w:sdtPr>)'
    xml = re.sub(place, r"\1<w:showingPlcHdr/>", body(data), count=count)
    assert xml != body(data)
    return package_of({**parts_of(data), "word/document.xml": xml.encode()})


def edited(data: bytes, change: Any) -> bytes:
    made = docx.Document(io.BytesIO(data))
    change(made)
    return saved(made)


def is_clean(data: bytes) -> bool:
    return not any(OWN.search(part) for part in parts_of(data).values())


# --- any document ---------------------------------------------------------------------------------

TAGS = (
    "{{渔业总产值}}",
    "{{渔业总产值.同比表述}}",
    "{{水质达标率.目标表述}}",
    "{{渔港清单|列举('名称', 最多=2)}}",
    "{{渔港清单|求和('总投资')}}",
    "{{文字材料.渔政工作}}",
    "{{PM2.5浓度（年均）}}",
)
PLACES = ("paragraph", "bold", "cell", "loop", "header", "box", "link", "control", "bookmark")
paragraphs = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(TAGS), st.text("甲乙，。“”0", max_size=4)),
    min_size=1,
    max_size=8,
)


def made_of(items: list[tuple[str, str, str]]) -> bytes:
    """A template with figures in all the places where a document may hold them."""
    made = docx.Document()
    for number, (place, tag, text) in enumerate(items, start=100):
        typed = f"{text}{tag}{text}"
        paragraph = made.add_paragraph()
        if place in ("paragraph", "bookmark"):
            paragraph.add_run(typed)
        elif place == "bold":
            paragraph.add_run(typed).bold = True
        elif place == "cell":
            made.add_table(1, 2).cell(0, 1).text = typed
        elif place == "loop":
            table = made.add_table(3, 1)
            for row, content in enumerate(
                ("{% for 港 in 渔港清单 %}", "{{港.名称}}{{港.总投资|空则}}", "{% endfor %}")
            ):
                table.cell(row, 0).text = content
        elif place == "header":
            made.sections[0].header.paragraphs[0].add_run(typed)
        elif place == "box":
            paragraph._p.append(text_box(typed, number))
        else:
            outer = (
                f'<w:hyperlink {W} w:anchor="people"/>'
                if place == "link"
                else f'<w:sdt {W}><w:sdtPr><w:alias w:val="审签 · 办公室"/><w:tag w:val="own"/>'
                f'<w:id w:val="{number}"/></w:sdtPr><w:sdtContent/></w:sdt>'
            )
            holder = parse_xml(outer)
            run = paragraph.add_run(typed)._r
            paragraph._p.append(holder)
            (holder.find(qn("w:sdtContent")) if place == "control" else holder).append(run)
        if place == "bookmark":
            start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
            for mark in (start, end):
                mark.set(qn("w:id"), str(number))
            start.set(qn("w:name"), f"people_{number}")
            paragraph._p.insert(0, start)
            paragraph._p.append(end)
    return saved(made)


def text_box(text: str, number: int) -> Any:
    """A run with a text box as Word writes it, and the copy of it for old programs."""
    content = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    return parse_xml(
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps">'
        f'<w:drawing><wp:inline><wp:extent cx="1800000" cy="600000"/><wp:docPr id="{number}" '
        f'name="框{number}"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/'
        f'2010/wordprocessingShape"><wps:wsp><wps:spPr/><wps:txbx>{content}</wps:txbx><wps:bodyPr/>'
        "</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback>"
        f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


@settings(max_examples=50)
@given(paragraphs)
def test_a_clean_copy_reads_the_same_and_holds_nothing_of_the_program(
    items: list[tuple[str, str, str]],
) -> None:
    report = printed(made_of(items))
    clean = without_controls(report.data, report.manifest)
    assert lines(clean) == lines(report.data)
    assert faults(clean) == []
    assert is_clean(clean)
    # People's own controls and bookmarks are all that is left.
    assert {item.tag for item in read(clean).controls} <= {"own"}
    assert body(clean).count("审签 · 办公室") == sum(place == "control" for place, _, _ in items)
    assert body(clean).count('w:name="people_') == sum(place == "bookmark" for place, _, _ in items)
    # The manifest only makes it certain, and once is enough.
    assert without_controls(report.data) == clean
    assert without_controls(clean) == clean
    # Byte for byte the same is every part that held nothing of the program's.
    before, after = parts_of(report.data), parts_of(clean)
    assert set(before) - set(after) == {"docProps/custom.xml"}
    own = {name for name, part in before.items() if OWN.search(part) or b"<w:sdt>" in part}
    listings = {"[Content_Types].xml", "_rels/.rels"}
    assert {name for name, part in after.items() if part != before[name]} <= own | listings


def test_the_sample_report_is_cleaned(main_job: Outcome) -> None:
    data = main_job.report.read_bytes()
    clean = without_controls(data)
    assert len(list(read(data).controls)) > 400
    assert list(read(clean).controls) == []
    assert (lines(clean), faults(clean), is_clean(clean)) == (lines(data), [], True)


# --- what people and programs do to a document ------------------------------------------------------


def test_a_copied_sentence_is_known_by_its_tag() -> None:
    """Pasting doubles controls, but a bookmark stays where it was."""

    def paste(made: Any) -> None:
        sentence = made.paragraphs[0]._p
        pasted = copy.deepcopy(sentence)
        for mark in list(pasted.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
            mark.getparent().remove(mark)
        made.element.body.insert(0, pasted)
        made.element.body.remove(sentence)

    pasted = edited(printed(document(FIGURE)).data, paste)
    assert list(read(without_controls(pasted)).controls) == []


def test_a_control_without_a_tag_is_known_by_its_alias() -> None:
    """LibreOffice 7.4 drops tags, and a person may have moved text between bookmark and control."""
    report = printed(document(FIGURE)).data
    bare = re.sub(r'<w:tag w:val="[^"]*"/>|<w:bookmark(Start|End)[^>]*/>', "", body(report))
    data = package_of({**parts_of(report), "word/document.xml": bare.encode()})
    assert len(list(read(data).controls)) == 2
    clean = without_controls(data)
    assert list(read(clean).controls) == []
    assert lines(clean) == lines(report)


@pytest.mark.parametrize(
    "kind",
    [
        "<w:date/>",
        "<w:dropDownList/>",
        '<w:dataBinding w:xpath="/a" w:storeItemID="{0}"/>',
        '<w14:checkbox xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"/>',
    ],
)
def test_a_control_of_another_kind_is_a_persons_whatever_it_is_called(kind: str) -> None:
    control = (
        f'<w:sdt {W}><w:sdtPr><w:alias w:val="渡口数 · 交通局 · 指标!D5"/><w:id w:val="9"/>{kind}'
        "</w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
    )
    data = edited(
        printed(document(FIGURE)).data, lambda made: made.paragraphs[0]._p.append(parse_xml(control))
    )
    clean = without_controls(data)
    assert [item.text for item in read(clean).controls] == ["☐"]


@pytest.mark.parametrize("kind", ["", "<w:text/>", "<w:richText/>"])
def test_the_programs_controls_are_known_whatever_text_they_are_for(kind: str) -> None:
    report = printed(document(FIGURE)).data
    xml = re.sub(r'(<w:id w:val="\d+"/>)(<w:text/>)?</w:sdtPr>', rf"\1{kind}</w:sdtPr>", body(report))
    clean = without_controls(package_of({**parts_of(report), "word/document.xml": xml.encode()}))
    assert list(read(clean).controls) == []


def test_controls_that_libreoffice_wrote_one_into_the_other_are_all_taken_away() -> None:
    report = printed(document("{{渡口数}}{{捕捞收入}}"))

    def tangle(made: Any) -> None:
        outer, inner = made.element.body.iter(qn("w:sdt"))
        content = outer.find(qn("w:sdtContent"))
        marks = outer.getprevious(), inner.getprevious()
        content.insert(0, marks[0])
        content.extend((marks[1], inner))

    data = edited(report.data, tangle)
    clean = without_controls(data)
    assert "<w:sdt>" not in body(clean)
    assert [re.sub("<[^>]*>", "", body(item)).strip() for item in (data, clean)] == ["14个2376万元"] * 2
    assert faults(clean) == []


def test_a_persons_own_text_control_stays() -> None:
    control = (
        f'<w:sdt {W}><w:sdtPr><w:alias w:val="签发人"/><w:tag w:val="a|b"/><w:id w:val="9"/><w:text/>'
        "</w:sdtPr><w:sdtContent><w:r><w:t>王</w:t></w:r></w:sdtContent></w:sdt>"
    )
    data = edited(
        printed(document(FIGURE)).data, lambda made: made.paragraphs[0]._p.append(parse_xml(control))
    )
    assert [item.alias for item in read(without_controls(data)).controls] == ["签发人"]


def test_words_request_to_type_is_not_left_as_text() -> None:
    report = printed(document(FIGURE)).data
    asked = emptied(changed(report, ("14个", "单击此处输入文字。")))
    clean = without_controls(asked)
    assert lines(clean) == ["渡口共，捕捞收入。"]
    assert faults(clean) == []


def test_links_and_cross_references_to_the_programs_bookmarks_become_what_they_show() -> None:
    report = printed(document(FIGURE)).data
    name = next(item.bookmark for item in read(report).controls)

    def refer(made: Any) -> None:
        def field(kind: str) -> str:
            return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

        def run(text: str) -> str:
            return f"<w:r><w:t>{text}</w:t></w:r>"

        made.element.body.insert(
            0,
            parse_xml(
                f'<w:p {W}><w:hyperlink w:anchor="{name}">{run("见上")}</w:hyperlink>'
                f'<w:fldSimple w:instr=" REF {name} \\h ">{run("甲")}</w:fldSimple>'
                f"{field('begin')}<w:r><w:instrText> REF {name} </w:instrText></w:r>"
                f"{field('separate')}{run('乙')}{field('end')}"
                f"{field('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>"
                f"{field('separate')}{run('3')}{field('end')}</w:p>"
            ),
        )

    data = edited(report, refer)
    clean = without_controls(data)
    assert lines(clean) == lines(data) == ["见上甲乙3", "渡口共14个，捕捞收入2376万元。"]
    assert is_clean(clean)
    assert body(clean).count("fldChar ") == 3  # the page number's
    assert " PAGE " in body(clean)


def test_notes_are_cleaned_too() -> None:
    report = printed(document(FIGURE)).data
    figure = re.search(r"<w:bookmarkStart.*?<w:bookmarkEnd[^>]*/>", body(report))
    assert figure is not None
    notes = f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{figure[0]}</w:p></w:footnote></w:footnotes>'
    parts = {**parts_of(report), "word/footnotes.xml": notes.encode()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", link.encode())
    data = package_of(parts)
    clean = without_controls(data)
    assert lines(clean) == lines(data) == ["渡口共14个，捕捞收入2376万元。", "14个"]
    assert is_clean(clean)


def test_properties_of_people_stay() -> None:
    report = printed(document(FIGURE)).data
    both = with_properties(report, {"huibao_pack": "linxi"})
    parts = parts_of(both)
    parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b"huibao_pack", "密级".encode())
    clean = without_controls(package_of(parts))
    assert "密级" in parts_of(clean)["docProps/custom.xml"].decode()
    without = parts_of(without_controls(report))
    assert "docProps/custom.xml" not in without
    assert b"custom-properties" not in without["[Content_Types].xml"] + without["_rels/.rels"]


def rendered(path: Path, folder: Path) -> str:
    """What LibreOffice prints, page numbers apart: a control may move the end of a line."""
    lines = (line.text for page in pages(convert(path, folder)) for line in page.lines)
    return "".join(text for text in lines if not re.fullmatch(r"[—\s\d]+", text))


@needs_office
def test_the_clean_copy_of_the_sample_report_renders_the_same_text(
    main_job: Outcome, tmp_path: Path
) -> None:
    clean = tmp_path / "clean.docx"
    clean.write_bytes(without_controls(main_job.report.read_bytes()))
    shown = [rendered(path, tmp_path / path.stem) for path in (main_job.report, clean)]
    assert len(shown[0]) > 5000
    assert shown[0] == shown[1]


@needs_office
def test_a_document_that_libreoffice_saved_is_cleaned_too(tmp_path: Path) -> None:
    report = tmp_path / "report.docx"
    side_by_side = "{{渡口数}}{{捕捞收入}}{{渔业总产值.同比表述}}"
    report.write_bytes(printed(document(FIGURE, "{{渔业总产值.同比表述}}", side_by_side)).data)
    saved_by_office = convert(report, tmp_path / "office", "docx").read_bytes()
    assert list(read(saved_by_office).controls)
    clean = without_controls(saved_by_office)
    assert "<w:sdt>" not in body(clean)
    assert lines(clean) == lines(saved_by_office)
    assert is_clean(clean)


# --- what is not finished ------------------------------------------------------------------------------


def kinds(data: bytes) -> list[tuple[str, str, str]]:
    report = printed(document(FIGURE))
    return [(item.kind, item.part, item.paragraph) for item in unfinished(read(data), report.manifest)]


def test_a_finished_document_has_nothing_unfinished() -> None:
    assert kinds(printed(document(FIGURE, "甲")).data) == []


@pytest.mark.parametrize(
    "change",
    [
        '<w:ins w:id="1" w:author="王"><w:r><w:t>新</w:t></w:r></w:ins>',
        '<w:del w:id="1" w:author="王"><w:r><w:delText>旧</w:delText></w:r></w:del>',
        '<w:moveFrom w:id="1" w:author="王"><w:r><w:t>移</w:t></w:r></w:moveFrom>',
        '<w:r><w:rPr><w:rPrChange w:id="1" w:author="王"><w:rPr/></w:rPrChange></w:rPr></w:r>',
        '<w:r><w:rPr><w:ins w:id="1" w:author="王"/></w:rPr></w:r>',
    ],
)
def test_a_tracked_change_is_found_with_its_paragraph(change: str) -> None:
    element = parse_xml(f"<w:p {W}>{change}</w:p>")[0]
    data = edited(
        printed(document(FIGURE, "甲")).data, lambda made: made.paragraphs[1]._p.append(element)
    )
    [(kind, part, paragraph)] = kinds(data)
    assert (kind, part) == (Kind.CHANGE, "document")
    assert paragraph.startswith("甲")


def test_a_tracked_row_and_section_have_a_place_too() -> None:
    def track(made: Any) -> None:
        table = made.add_table(1, 1)
        table.cell(0, 0).text = "行"
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(parse_xml(f'<w:ins {W} w:id="1" w:author="王"/>'))
        made.add_paragraph("末段")
        section = made.element.body.find(qn("w:sectPr"))
        section.append(
            parse_xml(f'<w:sectPrChange {W} w:id="2" w:author="王"><w:sectPr/></w:sectPrChange>')
        )

    found = kinds(edited(printed(document(FIGURE)).data, track))
    assert found == [(Kind.CHANGE, "document", "行"), (Kind.CHANGE, "document", "末段")]


def test_comments_missing_figures_and_emptied_controls_are_found_once_a_paragraph() -> None:
    report = printed(document("渡口{{渡口数}}", "缺{{PM2.5浓度（年均）}}和{{PM2.5浓度（年均）}}"))

    def comment(made: Any) -> None:
        made.add_comment(made.add_paragraph("有批注").runs[0], "请核", author="王")

    data = changed(edited(report.data, comment), ("14个", "单击此处输入文字。"))
    data = emptied(data, 1)
    found = [(item.kind, item.paragraph) for item in unfinished(read(data), report.manifest)]
    assert found == [
        (Kind.COMMENT, "有批注"),
        (Kind.MISSING, "缺【缺：PM2.5浓度（年均）】和【缺：PM2.5浓度（年均）】"),
        (Kind.EMPTIED, "渡口单击此处输入文字。"),
    ]


def test_a_note_and_a_heading_are_named() -> None:
    report = printed(document(FIGURE))

    def head(made: Any) -> None:
        made.paragraphs[0].insert_paragraph_before("一、渔业", "Heading 1")
        made.add_paragraph("【缺：甲】")
        made.sections[0].header.paragraphs[0].text = "【缺：乙】"

    found = unfinished(read(edited(report.data, head)), report.manifest)
    assert [(item.part, item.heading, item.paragraph) for item in found] == [
        ("document", "一、渔业", "【缺：甲】"),
        ("header", "", "【缺：乙】"),
    ]


def test_a_damaged_part_is_left_as_it_is() -> None:
    parts = parts_of(printed(document(FIGURE)).data)
    parts["word/people.xml"] = b"<w:broken"
    assert parts_of(without_controls(package_of(parts)))["word/people.xml"] == b"<w:broken"
