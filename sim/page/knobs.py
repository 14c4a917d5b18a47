"""Which parameters the page has sliders for, and what they are called in both languages.

What a parameter means, its unit, range, default and source are declared beside its rule; here stand only the choice of
those that matter most to what is seen, and short words for them. Structural parameters have a smaller range than
elsewhere: a page is to be played.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim import mechanisms
from sim.parameters import Value
from sim.report.labels import Text


@dataclass(frozen=True)
class Knob:
    """A slider.

    Attributes:
        name: the parameter.
        text: what it is called.
        most: largest value on the page, where that is less than what is declared.
        start: value at first on the page, where that is not the default.
    """

    name: str
    text: Text
    most: Value | None = None
    start: Value | None = None


def _knob(name: str, en: str, zh: str, most: Value | None = None, start: Value | None = None) -> Knob:
    return Knob(name, Text(en, zh), most, start)


_COMPOUND = (
    _knob("quarrel_rate", "quarrels that a household feels aggrieved by", "每户遇到的邻里纠纷"),
    _knob("roof_old", "leaks of a roof older than 25 years", "25 年以上房顶的漏雨次数"),
    _knob("social_proof", "weight of how many neighbours have signed", "邻居签字的带动作用"),
    _knob("never_pay", "owners who never pay a share", "从不分摊的业主"),
    _knob("community_hours", "hours of a community's mediation committee", "社区调解委员会的工时"),
    _knob("director_hours", "hours of a functioning body's director", "正常运转的业委会主任的工时"),
    _knob("veto", "chance that a proposal is turned back at a sitting", "方案每次被退回的可能"),
    _knob("fee_others", "pull of others' paying on paying the fee", "他人缴费的带动作用"),
    _knob("handoff_loss", "chance that a case is lost in a hand-off", "转办途中丢失的可能"),
    _knob("silence_counts", "silence counts with the majority in ballots", "表决中未投票随多数"),
)
_VILLAGE = (
    _knob("slow_birds", "slow birds (off: broilers)", "养慢大鸡（关：普通肉鸡）"),
    _knob("flock", "birds that a household would keep, median", "每户愿养的只数，中位数"),
    _knob("mismatch", "how far the two villages' means are apart", "两村资源的互补程度"),
    _knob("farm_belief", "what a bird is believed to leave, at first", "起初认为每只鸡能挣"),
    _knob("price_volatility", "volatility of the price", "价格波动"),
    _knob("crash_day", "day of a sure crash of the price (-1: none)", "必然暴跌的日子（-1：无）", 1000),
    _knob("villager_rate", "quarrels that a village household feels", "每户村民遇到的纠纷"),
)
_PASTURE = (
    _knob("winter_speed", "speed on the steppe in winter", "冬季路上的车速"),
    _knob("boundary_rate", "grievances about grazing boundaries", "草场边界纠纷"),
    _knob("help_rate", "needs of help", "求助"),
    _knob("arrears_rate", "times that a crew comes to be owed wages", "工地拖欠工资的次数"),
    _knob("liquid", "chance that the contractor can pay at once", "总包当即能付的可能"),
    _knob("on_call_days", "wait beyond which officers pass calls on", "出动人员转出来电前的等待"),
)

WORLD: dict[str, tuple[Knob, ...]] = {
    "compound": (
        _knob("compounds", "compounds", "小区数", 80),
        _knob("households", "flats in a compound", "每小区住房", 500),
        *_COMPOUND,
    ),
    "village": (
        _knob("villages", "home villages", "本村数", 8),
        _knob("households", "households of a home village", "每个本村的户数", 1000),
        _knob("around", "households of the village around it", "周边村的户数", 1000),
        *_VILLAGE,
    ),
    "pasture": (
        _knob("sumus", "sumus", "苏木数", 4),
        _knob("households", "herder households of a sumu", "每苏木牧户", 3000),
        _knob("campers", "summer campers of a sumu", "每苏木夏季走场户", 1000),
        _knob("sites", "work sites of a sumu", "每苏木工地", 40),
        *_PASTURE,
    ),
    "county": (
        _knob("compounds", "compounds", "小区数", 60, 12),
        _knob("compound_households", "flats in a compound", "每小区住房", 500),
        _knob("villages", "home villages", "本村数", 20, 4),
        _knob("village_households", "households of a home village", "每个本村的户数", 600, 200),
        _knob("around", "households of the village around it", "周边村的户数", 600, 200),
        _knob("sumus", "sumus", "苏木数", 4, 1),
        _knob("pasture_households", "herder households of a sumu", "每苏木牧户", 2000, 600),
        *(knob for knob in _COMPOUND if knob.name in ("quarrel_rate", "social_proof", "community_hours")),
        *(knob for knob in _VILLAGE if knob.name in ("mismatch", "farm_belief", "villager_rate")),
        *(knob for knob in _PASTURE if knob.name in ("winter_speed", "boundary_rate", "arrears_rate")),
    ),
}
"""World to its sliders."""

_EXTRA = _knob("extra_hours", "hours a week added from nowhere (a placebo)", "凭空增加的每周工时（安慰剂）")

MECHANISM: dict[str, tuple[Knob, ...]] = {
    "formed_body": (_knob("coverage", "compounds in which a missing body is formed", "补设业委会的小区"),),
    "yijiantiao": (
        _knob("coverage", "compounds under the arrangement", "覆盖的小区"),
        _knob("hours", "hours a week that the secretary gives", "书记每周投入的工时"),
        _knob("merged_hours", "hours a week of one person for both offices", "一人兼任时每周的工时"),
        _knob("equal_hours", "one person gives the hours of two", "一人投入两人的工时"),
        _knob("visit_hours", "of these, for knocking on doors", "其中入户的工时"),
        _EXTRA,
    ),
    "courier_sensing": (_knob("enrolled", "couriers who look out", "参与随手报的快递员"), _EXTRA),
    "elder_services": (
        _knob("hours", "hours a week that the community's people give", "社区人员每周投入的工时"),
        _knob("seats", "seats of the canteen", "食堂座位"),
        _knob("budget", "public money for meals", "助餐的公共资金"),
        _EXTRA,
    ),
    "community_culture": (
        _knob("events", "events in a community's calendar", "每个社区的活动场次"),
        _knob("hours", "hours set aside for each event", "每场活动的工时"),
        _EXTRA,
    ),
    "village_alliance": (
        _knob("hours", "hours a week that each branch gives", "每个支部每周投入的工时"),
        _knob("share", "share of the village with money", "出资村的分成"),
        _knob("degree", "degree of integration", "融合程度"),
        _knob("coaches", "coaches of a home village", "每个本村的辅导员"),
        _EXTRA,
    ),
    "mobile_mediation": (
        _knob("hours", "hours a week that each crew gives to the field", "每个班组每周下乡的工时"),
        _knob("circuit_hours", "of these, for the weekly circuit", "其中每周巡回的工时"),
        _knob("crews", "crews of the station", "派出所的班组"),
        _knob("calendar", "a calendar of the seasons", "四季服务清单"),
        _knob("calendar_shift", "how much longer circuits are in summer", "夏季巡回加长多少"),
        _knob("judge", "a judge is on board", "法官同行"),
        _EXTRA,
    ),
}
"""Mechanism to its sliders."""


def of_mechanisms() -> dict[str, tuple[Knob, ...]]:
    """Return the sliders of every mechanism that there is; one that is not listed above has none."""
    return MECHANISM | {name: () for name in mechanisms.registry() if name not in MECHANISM}


UNITS: dict[str, str] = {
    "switch": "开关",
    "share": "比例",
    "probability": "概率",
    "1": "无量纲",
    "logit": "对数几率",
    "compounds": "个小区",
    "flats": "套",
    "villages": "个村",
    "households": "户",
    "sumus": "个苏木",
    "sites": "个工地",
    "centres": "个中心",
    "birds": "只",
    "people": "人",
    "crews": "个班组",
    "day": "第几天",
    "days": "天",
    "km/h": "公里／小时",
    "yuan/bird": "元／只",
    "log sd/year": "对数标准差／年",
    "hours/week": "小时／周",
    "hours per event": "小时／场",
    "per year": "次／年",
    "per household-year": "次／户·年",
    "per building-year": "次／栋·年",
    "per site-year": "次／工地·年",
    "hours/week per 300 flats": "小时／周，每 300 户",
    "hours/week per 1,000 households": "小时／周，每千户",
    "seats per 1,000 households": "座／千户",
    "yuan/year per 1,000 households": "元／年，每千户",
}
"""Units of these parameters to their Chinese."""

TAGS: dict[str, Text] = {
    "S": Text("S: the page", "S：报纸版面"),
    "F": Text("F: a public source", "F：公开来源"),
    "D": Text("D: derived", "D：推算"),
    "E": Text("E: a reasoned guess", "E：有理由的猜测"),
    "G": Text("G: general knowledge", "G：常识"),
}
"""Where the value of a parameter comes from."""

LARGEST = 50_000
"""Household rows of a world of the page."""
