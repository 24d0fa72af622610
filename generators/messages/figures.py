"""What is said of figures held against each other, their past, other departments and texts (1 to 5)."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_REASON = "确认无误的，请在该行“情况说明”列写明原因"
_REASON_EN = "if it is right, give the reason in 情况说明 on that row"

FIGURES: Mapping[str, Entry] = {
    "range.rate": Entry(
        "“{item}”为 {value}{unit}，比率一般在 {bounds} 之间",
        f"请核对；{_REASON}",
        "{item} is {value}{unit}; a rate is usually within {bounds}",
        f"check it; {_REASON_EN}",
    ),
    "range.growth": Entry(
        "“{item}”为 {value}{unit}，下降不会超过 100%",
        f"请核对正负号和小数点；{_REASON}",
        "{item} is {value}{unit}: nothing falls by more than 100%",
        f"check sign and decimal point; {_REASON_EN}",
    ),
    "presence.plan_alone": Entry(
        "填了年度计划（{plan}{unit}），没有填“{item}”",
        "请补填完成数；确无数据的，请在该行“情况说明”列写明原因",
        "there is a plan ({plan}{unit}) but no {item}",
        "fill in what was achieved, or say in 情况说明 on that row why there is no figure",
    ),
    "percent.digits": Entry(
        "“{item}”填的是 {value}，像是把百分数填成了小数",
        f"按“{{unit}}”填报：5.3% 填 5.3，不填 0.053；{_REASON}",
        "{item} is {value}, which looks like a fraction instead of a percentage",
        f"type it in {{unit}}: 5.3 for 5.3%, not 0.053; {_REASON_EN}",
    ),
    "percent.reference": Entry(
        "“{item}”为 {value}，“{other_measure}”为 {reference}，相差约 100 倍，像是百分数与小数混填",
        f"按“{{unit}}”填报：90.5% 填 90.5，不填 0.905；{_REASON}",
        "{item} is {value} and {other_measure} is {reference}, about a hundred times apart",
        f"type it in {{unit}}: 90.5 for 90.5%, not 0.905; {_REASON_EN}",
    ),
    "percent.past": Entry(
        "“{item}”为 {value}，上年报送为 {reference}，相差约 100 倍，像是百分数与小数混填",
        f"按“{{unit}}”填报：90.5% 填 90.5，不填 0.905；{_REASON}",
        "{item} is {value} and was {reference} a year ago, about a hundred times apart",
        f"type it in {{unit}}: 90.5 for 90.5%, not 0.905; {_REASON_EN}",
    ),
    "percent.throughout": Entry(
        "“{measure}”列（{first}–{last}）有 {count} 项像是把百分数填成了小数",
        f"请把整列改按百分数填报：5.3% 填 5.3，不填 0.053；{_REASON}",
        "in the column {measure} ({first}–{last}) {count} figures look like fractions",
        f"type percentages throughout: 5.3 for 5.3%, not 0.053; {_REASON_EN}",
    ),
    "percent.throughout_sheet": Entry(
        "{first}–{last} 有 {count} 个数像是把百分数填成了小数",
        f"请改按百分数填报：5.3% 填 5.3，不填 0.053；{_REASON}",
        "from {first} to {last} {count} figures look like fractions",
        f"type percentages throughout: 5.3 for 5.3%, not 0.053; {_REASON_EN}",
    ),
    "unit.ladder": Entry(
        "“{item}”与“{other_measure}”相差约 {times} 倍，像是计量单位填错",
        f"请按“{{unit}}”核对这两个数；{_REASON}",
        "{item} and {other_measure} are about {times} times apart: is one in another unit?",
        f"check both in {{unit}}; {_REASON_EN}",
    ),
    "unit.ladder_past": Entry(
        "“{item}”与上年报送的 {reference} 相差约 {times} 倍，像是计量单位填错",
        f"请按“{{unit}}”核对；{_REASON}",
        "{item} and last year's {reference} are about {times} times apart: is it in another unit?",
        f"check it in {{unit}}; {_REASON_EN}",
    ),
    "unit.throughout": Entry(
        "“{measure}”列（{first}–{last}）有 {count} 项都相差约 {times} 倍，像是整列的计量单位填错",
        f"请按各行“计量单位”列核对整列；{_REASON}",
        "in the column {measure} ({first}–{last}) {count} figures are about {times} times off",
        f"check the whole column in the units of its rows; {_REASON_EN}",
    ),
    "unit.throughout_sheet": Entry(
        "{first}–{last} 有 {count} 个数都相差约 {times} 倍，像是整表的计量单位填错",
        f"请按各行“计量单位”列核对整表；{_REASON}",
        "from {first} to {last} {count} figures are about {times} times off",
        f"check the whole sheet in the units of its rows; {_REASON_EN}",
    ),
    "structure.shifted_down": Entry(
        "“{measure}”列 {first}–{last} 的 {count} 个数像是整体下移了 {rows} 行",
        "请把这一段数据移回各自的行；没有错行的，请在第一行“情况说明”列写明",
        "in the column {measure}, {first}–{last}, {count} figures seem to have slipped {rows} rows down",
        "move the block back; if it is right, say so in 情况说明 on its first row",
    ),
    "structure.shifted_up": Entry(
        "“{measure}”列 {first}–{last} 的 {count} 个数像是整体上移了 {rows} 行",
        "请把这一段数据移回各自的行；没有错行的，请在第一行“情况说明”列写明",
        "in the column {measure}, {first}–{last}, {count} figures seem to have slipped {rows} rows up",
        "move the block back; if it is right, say so in 情况说明 on its first row",
    ),
    "growth.levels": Entry(
        "“{indicator}”同比增长填 {growth}%，按本年预计 {actual}、上年实际 {previous} 推算应在 "
        "{low}% 至 {high}% 之间",
        f"请核对这三个数；{_REASON}",
        "growth of {indicator} is {growth}%, but {actual} against {previous} gives {low}% to {high}%",
        f"check the three figures; {_REASON_EN}",
    ),
    "growth.points": Entry(
        "“{indicator}”比上年提高填 {growth} 个百分点，按本年预计 {actual}、上年实际 {previous} 推算应在 "
        "{low} 至 {high} 之间",
        f"请核对这三个数；{_REASON}",
        "the change of {indicator} is {growth} points, but {actual} against {previous} gives {low} to "
        "{high}",
        f"check the three figures; {_REASON_EN}",
    ),
    "completion.relation": Entry(
        "完成率与完成数、计划数对不上，应在 {low}% 至 {high}% 之间（{text}）",
        f"请核对这三个数；{_REASON}",
        "the rate of completion should lie within {low}% to {high}% ({text})",
        f"check the three figures; {_REASON_EN}",
    ),
    "parts.relation": Entry(
        "分项之和与合计对不上，按各分项推算应在 {low} 至 {high} 之间（{text}）",
        f"请核对各分项和合计；{_REASON}",
        "the parts do not add up to the total, which should lie within {low} to {high} ({text})",
        f"check the parts and the total; {_REASON_EN}",
    ),
    "pack.relation": Entry(
        "不满足填报关系：{text}",
        f"请核对有关的数；{_REASON}",
        "the figures do not satisfy: {text}",
        f"check them; {_REASON_EN}",
    ),
    "target.rate": Entry(
        "“{item}”要填增速，所填 {value}% 超过 {fastest}%，像是填成了总量",
        f"请改填增长速度；{_REASON}",
        "{item} asks for a growth rate; {value}% is beyond {fastest}% and looks like a level",
        f"type the growth rate; {_REASON_EN}",
    ),
    "target.level": Entry(
        "“{item}”为 {value}{unit}，与“{other_measure}”{reference}{unit} 相差 {factor} 倍以上",
        f"“下年目标”要填总量，不填增速，请核对；{_REASON}",
        "{item} is {value}{unit}, over {factor} times apart from {other_measure}, {reference}{unit}",
        f"the target is a level, not a growth rate: check it; {_REASON_EN}",
    ),
    "base.differs": Entry(
        "“{item}”为 {value}{unit}，上年报送的 {period} 年度数是 {reference}{unit}",
        "请核对；上年数已经核定或修订的，请在该行“情况说明”列写明",
        "{item} is {value}{unit}, but {reference}{unit} was reported for {period}",
        "check it; if last year's figure was revised, say so in 情况说明 on that row",
    ),
    "cumulative.falls": Entry(
        "“{item}”是累计数，为 {value}{unit}，小于 {period} 报送的 {reference}{unit}",
        f"请核对；{_REASON}",
        "{item} is cumulative, but its {value}{unit} is below the {reference}{unit} of {period}",
        f"check it; {_REASON_EN}",
    ),
    "revision.plan": Entry(
        "“{item}”由 {previous}{unit} 改成了 {value}{unit}（上一版是第 {vintage} 次报送）",
        "年度计划一般不在年中变动；确有调整的，请在该行“情况说明”列写明依据",
        "{item} changed from {previous}{unit} (vintage {vintage}) to {value}{unit}",
        "plans rarely change within the year; if this one did, say why in 情况说明 on that row",
    ),
    "revision.large": Entry(
        "“{item}”由 {previous}{unit} 改成了 {value}{unit}，变动较大（上一版是第 {vintage} 次报送）",
        f"请核对；{_REASON}",
        "{item} was revised from {previous}{unit} (vintage {vintage}) to {value}{unit}",
        f"check it; {_REASON_EN}",
    ),
    "stale.vintage": Entry(
        "内容与第 {vintage} 次报送（{other}）完全相同",
        "请核对是否放错了文件；内容确实没有变化的，无需处理",
        "the content is that of vintage {vintage} ({other})",
        "check whether it is the right file; nothing to do if nothing has changed",
    ),
    "stale.period": Entry(
        "{count} 个数与 {period} 报送的完全相同，像是沿用了上年的数据",
        "请核对是否填错了年份；确实没有变化的，无需处理",
        "{count} figures are exactly those of {period}: is it last year's form?",
        "check the year; nothing to do if nothing has changed",
    ),
    "outlier.history": Entry(
        "“{item}”为 {value}{unit}，按前 {periods} 期的走势一般在 {usual}{unit} 左右",
        "请核对；确认无误的，可在该行“情况说明”列写明原因",
        "{item} is {value}{unit}; by the {periods} periods before it would be about {usual}{unit}",
        "check it; a remark in 情况说明 helps the reader",
    ),
    "conflict.stands": Entry(
        "“{item}”为 {value}{unit}，{other}报送的是 {other_value}{unit}（{other_place}）",
        "请与{other}核对，两家改为一致；报告采用本部门的数。口径不同的，请在该行“情况说明”列写明",
        "{item} is {value}{unit}, but {other} reports {other_value}{unit} ({other_place})",
        "agree on one figure with {other}; yours is used. If the scope differs, say so in 情况说明",
    ),
    "conflict.yields": Entry(
        "“{item}”为 {value}{unit}，责任部门{other}报送的是 {other_value}{unit}（{other_place}）",
        "请与{other}核对，两家改为一致；报告采用{other}的数。口径不同的，请在该行“情况说明”列写明",
        "{item} is {value}{unit}, but its owner {other} reports {other_value}{unit} ({other_place})",
        "agree on one figure with {other}; theirs is used. If the scope differs, say so in 情况说明",
    ),
    "narrative.differs": Entry(
        "文字材料“{narrative}”中“{indicator}”写的是 {said}，“{item}”填的是 {value}{unit}（“{excerpt}”）",
        "请核对文字和数据，改为一致",
        "the text {narrative} gives {said} for {indicator}, but {item} is {value}{unit} (“{excerpt}”)",
        "make text and figure agree",
    ),
    "published.differs": Entry(
        "“{item}”为 {value}{unit}，已公布的是 {reference}{unit}（{source}）",
        f"请核对；{_REASON}",
        "{item} is {value}{unit}, but {reference}{unit} was published ({source})",
        f"check it; {_REASON_EN}",
    ),
    "published.differs_unsourced": Entry(
        "“{item}”为 {value}{unit}，已公布的是 {reference}{unit}",
        f"请核对；{_REASON}",
        "{item} is {value}{unit}, but {reference}{unit} was published",
        f"check it; {_REASON_EN}",
    ),
}
