"""Words of press cases: what cases, and the numbers that the page reported, are called in both languages."""

from __future__ import annotations

from sim.report.labels import Language, Text

CASES = {
    "S1": Text("Hohhot 2025, the city's year", "呼和浩特 2025 年，全市一年"),
    "S2": Text("eight roofs free of charge at renewal", "续签时免费修好八处房顶"),
    "S3": Text("three roofs in fifteen days by cost sharing", "分摊费用，十五天修好三处房顶"),
    "S4": Text("pests, from door to door", "逐户除虫"),
    "S5": Text("a contractor upgrades road and gate", "施工方改造道路和大门"),
    "S6": Text("two villages, one base, slow birds", "两村联建一个基地，养慢大鸡"),
    "S6_ordinary": Text("the same villages with ordinary birds", "同样的村子，养普通肉鸡"),
    "S9": Text("a border station's year on the steppe", "草原边境派出所的一年"),
}
"""Press cases by name."""

MEASURES = {
    "problems": Text(
        "stubborn problems (a shared defect open for 30 days, or too dear for the company's duty) solved in a year in "
        "the mean compound under the arrangement",
        "平均每个“一肩挑”小区一年解决的难题（公共问题 30 天未决，或超出物业公司应修的限度）",
    ),
    "roofs_conceded": Text(
        "of the leaking roofs, those that the company mended free of charge after talks",
        "漏雨的房顶中，物业公司经谈判免费修好的",
    ),
    "yuan_conceded": Text(
        "what the roofs mended free of charge would have cost at the market price, yuan",
        "免费修好的房顶按市场价需要花费，元",
    ),
    "roofs_shared": Text("of the leaking roofs, those mended with owners' shares", "漏雨的房顶中，由业主分摊修好的"),
    "span_days": Text("from the first round of signing to the last roof mended, days", "从首轮签字到最后一处修好，天"),
    "pests_gone": Text("pests gone by the end of the run", "到结束时虫害已除"),
    "upgraded": Text("the contractor has agreed to a better road and gate", "施工方同意改造道路和大门"),
    "joined": Text(
        "households that have placed chicks from a base for the first time since day 0, by the end of the run",
        "自第 0 天起首次从基地领养雏鸡的农户，到结束时",
    ),
    "covered": Text(
        "households that have joined at any time and are in the trade at the end, with birds or between batches",
        "曾参加、到结束时仍在养（或两批之间）的农户",
    ),
    "station_disputes": Text(
        "disputes settled in the year at the border station or by its team, cases", "一年中派出所或其小组解决的纠纷，件"
    ),
    "station_help": Text(
        "help brought in the year by the station or its team, times", "一年中派出所或其小组上门帮助，次"
    ),
    "law_talks": Text("law talks held in the year", "一年中举办的普法讲座，场"),
    "room_disputes": Text(
        "independent check: disputes settled at the roadside room in ten months, cases",
        "独立核对：路边调解室十个月解决的纠纷，件",
    ),
    "works_agreed": Text(
        "from the first case about the crew's wages until an agreement, which is no recovery, days",
        "从首次为工钱立案到谈妥（谈妥不等于付清），天",
    ),
}
"""Reported numbers by their measure, with the unit where it is not told by the words."""


def case(name: str, language: Language, default: str) -> str:
    """Return what a case is called, by default as its file says."""
    return CASES[name](language) if name in CASES else default


def measure(name: str, language: Language, default: str) -> str:
    """Return what a reported number is, by default as the measure says."""
    return MEASURES[name](language) if name in MEASURES else default
