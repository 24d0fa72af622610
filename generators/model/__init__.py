"""The nouns of the program: frozen dataclasses, no input or output.

Chinese terms and their names in code are those of the field (SDMX where it has one):
指标 Indicator, 口径 Measure, 观测值 Observation, 报送 Submission, 校验结果 Finding,
来源 Provenance, 清单 Register, 文字材料 Narrative.
"""

from generators.model.cells import (
    Cell,
    Reading,
    Value,
)
from generators.model.findings import (
    Finding,
    Operand,
    Result,
    Severity,
)
from generators.model.pack import (
    Accumulation,
    Asked,
    ColumnKind,
    Definition,
    Department,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    Register,
    RegisterColumn,
    RuleSetting,
    Section,
    Settings,
    SummaryTable,
    TargetKind,
)
from generators.model.submissions import (
    Accepted,
    Explanation,
    FormIdentity,
    NarrativeText,
    Observation,
    ObservationStatus,
    Provenance,
    RegisterRow,
    Submission,
)

__all__ = [
    "Accepted",
    "Accumulation",
    "Asked",
    "Cell",
    "ColumnKind",
    "Definition",
    "Department",
    "Explanation",
    "Finding",
    "FormIdentity",
    "GrowthBasis",
    "Indicator",
    "Measure",
    "Narrative",
    "NarrativeText",
    "Observation",
    "ObservationStatus",
    "Operand",
    "Provenance",
    "Reading",
    "Register",
    "RegisterColumn",
    "RegisterRow",
    "Result",
    "RuleSetting",
    "Section",
    "Settings",
    "Severity",
    "Submission",
    "SummaryTable",
    "TargetKind",
    "Value",
]
