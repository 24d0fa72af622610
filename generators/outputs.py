"""Report and summary are written; beside it, under a numbered name, where one is open in a program."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path

from generators.ledger import Ledger
from generators.model import Finding, Severity
from generators.support.files import sha256_of
from generators.workspace import write_files


def write_outputs(
    outputs: dict[Path, bytes], beside: Mapping[Path, bytes], ledger: Ledger
) -> tuple[dict[Path, bytes], tuple[Finding, ...]]:
    """Write all files or none; the outputs by their paths now, none where nothing was written.

    One that is open in another program goes beside it, under a numbered name.
    """
    said: list[Finding] = []
    for _ in range(len(outputs) + 1):
        unwritten = write_files({**beside, **outputs})
        if unwritten is None:
            return outputs, tuple(said)
        held = Path(unwritten.params["path"])
        if unwritten.code != "run.held" or held not in outputs:
            break
        free = _numbered(held, ledger)
        outputs = {free if path == held else path: data for path, data in outputs.items()}
        params = {"path": held.name, "beside": free.name}
        said.append(Finding("run.beside", Severity.WARNING, file=held.name, params=params))
    assert unwritten is not None, "an output is put beside itself once"
    return {}, (unwritten,)


def _numbered(path: Path, ledger: Ledger) -> Path:
    """The first numbered name beside a file that is free, or that holds what nobody has edited."""
    for number in count(2):
        free = path.with_name(f"{path.stem}（{number}）{path.suffix}")
        try:
            known = ledger.issue_of_document(sha256_of(free))
        except FileNotFoundError:
            return free
        except OSError:
            continue
        if path.suffix != ".docx" or (known is not None and not known.refreshed):
            return free
    raise AssertionError("numbers do not end")
