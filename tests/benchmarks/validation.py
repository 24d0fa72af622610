"""How much the validation finds, and how often it cries wolf, beside what is commonly checked.

``python -m tests.benchmarks.validation [WORLDS] [SEED]`` prints the tables: simulated correct
submissions, the same with one slip each, and the corpus of workbooks with one known fault.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from generators.model import Finding, Severity, Submission
from generators.validation import judge
from generators.validation.figures import Key
from tests.benchmarks.corpus import every_fault, examined, samples, tried
from tests.benchmarks.honest import World, world
from tests.benchmarks.naive import growth_check, sum_check
from tests.benchmarks.places import place_of, places_blamed, places_named
from tests.benchmarks.slips import SLIPS, Slip

NaiveCheck = Callable[[World, Submission], Iterator[tuple[tuple[Key, ...], bool]]]
NAIVE: Mapping[str, NaiveCheck] = {"growth ±0.1": growth_check, "exact sum": sum_check}
GRAVE = (Severity.ERROR, Severity.CONFIRM)


@dataclass
class Alarms:
    """How often a check was applied to correct figures, and how often it found fault."""

    applied: int = 0
    false: int = 0


@dataclass
class Score:
    """What became of the slips of one class."""

    slips: int = 0
    found: int = 0
    named: int = 0
    blamed: int = 0
    mended: int = 0
    marred: int = 0
    naive: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcome:
    """Everything that was counted. ``missed`` are slips that were not found, for study."""

    seed: int
    worlds: int = 0
    figures: int = 0
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    alarms: dict[str, Alarms] = field(default_factory=dict)
    naive: dict[str, Alarms] = field(default_factory=dict)
    naive_forms: Counter[str] = field(default_factory=Counter)
    scores: dict[str, Score] = field(default_factory=dict)
    missed: list[tuple[str, World, Slip]] = field(default_factory=list)
    marred: list[tuple[str, World, Slip, list[Finding]]] = field(default_factory=list)


def measured(worlds: int, seed: int = 0) -> Outcome:
    """Judge so many correct submissions, and each of them with one slip of every class that fits."""
    outcome = Outcome(seed, scores={name: Score() for name in SLIPS})
    for number in range(seed, seed + worlds):
        random = Random(f"slips {number}")
        here = world(number, parts=number % 2 == 0)
        sound = here.findings()
        _count_alarms(outcome, here, sound)
        if sound:
            continue  # what is found with a slip could not be told from what was found before
        for name, slipped in SLIPS.items():
            if (slip := slipped(random, here)) is not None:
                _count_slip(outcome, name, here, slip)
    return outcome


def _count_alarms(outcome: Outcome, here: World, sound: Iterable[Finding]) -> None:
    outcome.worlds += 1
    outcome.figures += len(here.form.observations)
    for finding in sound:
        outcome.findings[str(finding.severity), finding.code] += 1
        outcome.alarms.setdefault(finding.rule, Alarms()).false += 1
    for form in here.forms:
        context = here.contexts[form.identity.department]
        for tally in judge(form, here.definition, context).tallies:
            alarms = outcome.alarms.setdefault(tally.rule, Alarms())
            alarms.applied += tally.passed + tally.failed
    for name, check in NAIVE.items():
        results = [wrong for _, wrong in check(here, here.form)]
        alarms = outcome.naive.setdefault(name, Alarms())
        alarms.applied += len(results)
        alarms.false += sum(results)
        outcome.naive_forms[name] += any(results)


def _count_slip(outcome: Outcome, name: str, here: World, slip: Slip) -> None:
    score = outcome.scores[name]
    findings = here.findings(slip.form)
    mine = [item for item in findings if item.file == slip.form.file]
    wrong = {(cell.sheet, cell.address) for cell in slip.cells()}
    score.slips += 1
    score.found += bool(findings)
    score.named += bool(wrong & set(places_named(mine)))
    score.blamed += bool(wrong & set(places_blamed(mine)))
    offered = [item for item in mine if item.evidence.fix]
    good = [item for item in offered if _is_right(item, slip)]
    score.mended += bool(good)
    score.marred += len(good) < len(offered)
    score.rules.update({part.rule for item in findings for part in (item, *item.follows)})
    for check_name, check in NAIVE.items():
        score.naive[check_name] += any(
            found and set(keys) & set(slip.right) for keys, found in check(here, slip.form)
        )
    if not findings:
        outcome.missed.append((name, here, slip))
    if len(good) < len(offered):
        outcome.marred.append((name, here, slip, mine))


def _is_right(finding: Finding, slip: Slip) -> bool:
    """Whether the repair that a finding offers gives a wrong cell its right value."""
    place = place_of(finding.evidence.fix_cell)
    return any(
        (item.reading.cell.sheet, item.reading.cell.address) == place
        and slip.right.get((item.indicator, item.measure)) == Decimal(finding.evidence.fix)
        for item in slip.form.observations
    )


# --- the tables -----------------------------------------------------------------------------------


def share(part: int, whole: int) -> str:
    """A percentage, or a dash where there is nothing to take it of."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def print_table(title: str, headers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table with its first column to the left and numbers to the right."""
    every = [headers, *rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(headers))]
    print(f"\n{title}")
    for row in every:
        first, *rest = (
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *rest)))


def print_outcome(outcome: Outcome) -> None:
    """The tables on simulated submissions."""
    grave = sum(count for (severity, _), count in outcome.findings.items() if severity in GRAVE)
    total = sum(outcome.findings.values())
    print(
        f"{outcome.worlds} simulated correct submissions (seeds {outcome.seed} to "
        f"{outcome.seed + outcome.worlds - 1}), {outcome.figures} cells: {grave} errors and "
        f"confirmations, {total - grave} warnings"
    )
    for (severity, code), count in sorted(outcome.findings.items()):
        print(f"  {severity} {code}: {count}")
    print_table(
        "False alarms on the correct submissions",
        ("check", "applied", "alarms", "of those", "submissions with one"),
        [
            *(
                (name, str(item.applied), str(item.false), share(item.false, item.applied), "")
                for name, item in sorted(outcome.alarms.items())
            ),
            *(
                (
                    f"(naive) {name}",
                    str(item.applied),
                    str(item.false),
                    share(item.false, item.applied),
                    share(outcome.naive_forms[name], outcome.worlds),
                )
                for name, item in outcome.naive.items()
            ),
        ],
    )
    print_table(
        "One slip each: found, a wrong cell among operands, blamed, repair offered and right, or wrong",
        ("class", "slips", "found", "named", "blamed", "mended", "marred", *NAIVE),
        [
            (
                name,
                str(item.slips),
                *(
                    share(count, item.slips)
                    for count in (item.found, item.named, item.blamed, item.mended, item.marred)
                ),
                *(share(item.naive[check], item.slips) for check in NAIVE),
            )
            for name, item in outcome.scores.items()
        ],
    )
    rules = sorted({rule for item in outcome.scores.values() for rule in item.rules})
    print_table(
        "Share of the slips that each rule has a finding for",
        ("rule", *outcome.scores),
        [
            (rule, *(share(item.rules[rule], item.slips) for item in outcome.scores.values()))
            for rule in rules
        ],
    )


def print_corpus() -> None:
    """The table on the corpus: by rule, how many faults were told at their cells, and what else was."""
    faults: Counter[str] = Counter()
    told: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for fault in every_fault():
        verdict = tried(fault)
        faults[fault.code] += 1
        told[fault.code] += not verdict.missing
        beside[fault.code] += bool(verdict.beside)
    sound: Counter[str] = Counter(
        item.code
        for sample in samples()
        for item in examined(sample.data, sample.file, sample.definition)
        if item.severity is not Severity.INFO
    )
    rows = [
        (code, str(faults[code]), share(told[code], faults[code]), str(beside[code]), str(sound[code]))
        for code in sorted(faults)
    ]
    total = sum(faults.values())
    rows.append(("all", str(total), share(sum(told.values()), total), str(sum(beside.values())), ""))
    print_table(
        f"The corpus: {total} workbooks with one known fault, from {len(samples())} samples",
        ("finding", "faults", "told at the cell", "with others beside", "on the samples themselves"),
        rows,
    )


def main() -> None:
    """Print all tables."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    print_outcome(measured(worlds, seed))
    print_corpus()


if __name__ == "__main__":
    main()
