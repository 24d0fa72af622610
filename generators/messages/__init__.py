"""The message catalogue: what every finding says and what to do about it, Chinese and English.

One entry a finding code, in the room of its concern. An entry's texts are ``str.format`` templates
over the finding's params; ``measure`` params are shown by their labels. Adding a finding means
adding its entry: a test goes through the code and fails when one is missing.
"""

from generators.messages.entry import (
    LANGUAGES,
    MEASURE_LABELS,
    RULE_LABELS,
    SEVERITY_LABELS,
    Entry,
    rule_label,
)
from generators.messages.listing import as_csv, counted
from generators.messages.log import EVENT_LABELS
from generators.messages.wording import (
    CATALOGUE,
    GAP,
    action,
    as_dict,
    called,
    everything_in,
    line,
    message,
    names_param,
    numbered,
    ordered,
    place,
    spots_param,
    whereabouts,
)

__all__ = [
    "CATALOGUE",
    "EVENT_LABELS",
    "GAP",
    "LANGUAGES",
    "MEASURE_LABELS",
    "RULE_LABELS",
    "SEVERITY_LABELS",
    "Entry",
    "action",
    "as_csv",
    "as_dict",
    "called",
    "counted",
    "everything_in",
    "line",
    "message",
    "names_param",
    "numbered",
    "ordered",
    "place",
    "rule_label",
    "spots_param",
    "whereabouts",
]
