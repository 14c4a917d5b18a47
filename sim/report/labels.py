"""Words: what outcomes, scenarios, mechanisms, channels, desks, kinds and ends are called, in English and in Chinese.

A figure asks for the word of a thing in a language, ``outcome("unresolved", "zh")``, or calls one of the `Text` of
this file, ``DAYS("zh")``, ``TWINS("en", n=200)``. A figure's own sentences stand as `Text` at the top of its file.
Tests see that nothing declared lacks a Chinese word and that the project's font has every character.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim import outcomes
from sim.report import county_labels, courier_labels, elder_labels, village_labels
from sim.report.tables import interval

Language = Literal["en", "zh"]
ENGLISH: Language = "en"
CHINESE: Language = "zh"
LANGUAGES = (ENGLISH, CHINESE)


@dataclass(frozen=True)
class Text:
    """A word or sentence in both languages; ``{name}`` in it is filled in by the call.

    Attributes:
        en: in English.
        zh: in Chinese.
    """

    en: str
    zh: str

    def __call__(self, language: Language, /, **values: object) -> str:
        """Return it in a language, filled in."""
        text = self.zh if language == CHINESE else self.en
        return text.format(**values) if values else text


# -- common words -----------------------------------------------------------------------------

UNDER = Text("Under these assumptions.", "以上均在所设假设之下。")
DAYS = Text("days", "天")
MONTHS = Text("months from day 0", "自第 0 天起的月数")
DIFFERENCE = Text("difference", "差值")
AGAINST = Text("against {name}", "对比：{name}")
EACH_DRAWN = Text(", each with its own draw of the uncertain parameters,", "（每次重复各自抽取不确定的参数）")
NO_VALUE = Text("n/a", "无")
TO = Text(" to ", " 至 ")

SCENARIOS = {
    "lot": Text("drawn by lot", "抽签"),
    "best": Text("best leaders first", "能者先行"),
    "baseline": Text("baseline", "基准"),
    "none": Text("as found", "原样"),
    "body": Text("body", "只设业委会"),
    "body_branch": Text("body and branch", "两人分任"),
    "merged": Text("merged", "一肩挑"),
    "placebo": Text("placebo (hours only)", "只加工时"),
    "merged_equal_hours": Text("merged, equal hours", "一肩挑，工时相等"),
    "merged_selected": Text("merged, best of three", "一肩挑，择优"),
    "removed": Text("merged, removed after a year", "一肩挑，一年后离任"),
    "today": Text("today's coverage", "现有覆盖面"),
    "calls": Text("calls, no circuits", "只接电话上门"),
    "circuits": Text("calls and circuits", "接电话并巡回"),
    "panel": Text("panel at the centre", "在中心联合调解"),
    "panel_there": Text("panel at the site", "到工地联合调解"),
    "panel_summons": Text("panel at the site, summons", "到工地联合调解，并召集"),
    "crews": Text("crews on the steppe", "下乡班组"),
    "desks": Text("more hours at the desk", "办公桌加工时"),
    "field": Text("officers in the field, more hours", "人员下乡，另加工时"),
    "no_calendar": Text("no calendar of the seasons", "不按四季清单"),
    "everywhere": Text("everywhere", "全面推行"),
    "one_person": Text("one person, no practice", "一人兼任，无做法"),
    "plus_authority": Text("+ authority", "加召集转办"),
    "plus_monitoring": Text("+ monitoring", "加检查物业"),
    "plus_leverage": Text("+ renewal leverage", "加续签谈判"),
    "plus_visits": Text("+ on-site visits", "加入户"),
    "plus_sharing": Text("+ cost sharing", "加党员先签"),
    "plus_ledger": Text("+ case ledger", "加台账"),
    "without_authority": Text("merged - authority", "一肩挑减召集转办"),
    "without_monitoring": Text("merged - monitoring", "一肩挑减检查物业"),
    "without_leverage": Text("merged - renewal leverage", "一肩挑减续签谈判"),
    "without_visits": Text("merged - on-site visits", "一肩挑减入户"),
    "without_sharing": Text("merged - cost sharing", "一肩挑减党员先签"),
    "without_ledger": Text("merged - case ledger", "一肩挑减台账"),
    **{name: Text(*words) for name, words in village_labels.SCENARIOS.items()},
    **{name: Text(*words) for name, words in courier_labels.SCENARIOS.items()},
    **{name: Text(*words) for name, words in county_labels.SCENARIOS.items()},
    "full": Text("all channels", "全部做法"),  # of the alliance as of mobile mediation
}
"""Scenarios of the experiments that come with the project; others are called by their names."""

EXPERIMENTS = {
    "yijiantiao": Text(
        "One person as branch secretary and chair of the owners' body: what it changes, practice by practice",
        "书记兼任业委会（物管会）主任，“一肩挑”改变了什么",
    ),
    "yijiantiao_channels": Text(
        "The merger taken apart: each practice added alone, and each left out",
        "拆开“一肩挑”：每项做法单独加上，或单独去掉",
    ),
    "yijiantiao-attribution": Text(
        "What carries the effect of merged offices, channel by channel", "“一肩挑”的作用由哪些渠道承担"
    ),
    "coverage": Text(
        "Merged in more and more compounds, by lot or the best leaders first", "“一肩挑”的覆盖面：抽签或能者先行"
    ),
    "capture": Text("When one is easier to buy than two", "一个人比两个人更容易被收买：何时更差"),
    "key_person": Text("The key person is removed after twelve months", "关键人一年后离任，还剩下什么"),
    "hohhot_2025": Text("Merged in 892 of 1,990 compounds", "1990个小区中的892个“一肩挑”"),
    **{name: Text(*words) for name, words in village_labels.EXPERIMENTS.items()},
    **{name: Text(*words) for name, words in courier_labels.EXPERIMENTS.items()},
    **{name: Text(*words) for name, words in elder_labels.EXPERIMENTS.items()},
    **{name: Text(*words) for name, words in county_labels.EXPERIMENTS.items()},
    "mobile_mediation": Text(
        "Mediators who come to you: officers on calls and circuits, with the same people's hours",
        "流动调解：人员离开办公桌下乡巡回，工时不变，改变了什么",
    ),
    "mobile_mediation-attribution": Text(
        "What carries the effect of mobile mediation, channel by channel", "流动调解的作用由哪些渠道承担"
    ),
    "distance": Text("How far people live, and what it does", "住得多远，有什么不同"),
    "teams": Text("How many crews, and how long their circuits", "派多少班组，巡回多久"),
    "station_hours": Text("Hours added to a station, and hours moved", "给派出所多加工时，还是把工时挪出去"),
    "arrears": Text(
        "Wages owed: four agencies at one table, or one office after another", "拖欠工资：四家坐一桌，还是一家一家跑"
    ),
}
"""Titles of the experiments that come with the project; others are headed by their question."""

MECHANISMS = {
    "formed_body": Text("a body is formed", "成立业委会（物管会）"),
    "yijiantiao": Text("merged offices (yijiantiao)", "一肩挑"),
    "village_alliance": Text("village alliance", "联村共建"),
    "mobile_mediation": Text("mobile mediation", "流动调解"),
    "courier_sensing": Text("couriers report", "快递小哥随手报"),
    "elder_services": Text("elder services", "一站式养老"),
    "community_culture": Text("community culture", "社区文化活动"),
}
CHANNELS = {
    "formation": Text("formation", "成立"),
    "coordination": Text("coordination (the merger)", "合并本身"),
    "authority": Text("authority", "召集与就近转办"),
    "monitoring": Text("monitoring", "检查物业"),
    "renewal_leverage": Text("renewal leverage", "续签谈判"),
    "cost_sharing": Text("cost sharing", "党员先签"),
    "onsite_visits": Text("on-site visits", "入户"),
    "case_ledger": Text("case ledger", "台账"),
    **{name: Text(*words) for name, words in village_labels.CHANNELS.items()},
    **{name: Text(*words) for name, words in courier_labels.CHANNELS.items()},
    "legal_awareness": Text("legal awareness", "普法"),
    **{name: Text(*words) for name, words in elder_labels.CHANNELS.items()},
}

CHANNELS_OF = {
    "village_alliance": {name: Text(*words) for name, words in village_labels.OF_ALLIANCE.items()},
    "mobile_mediation": {
        "coordination": Text("coordination (all on board)", "多家同行"),
        "onsite_visits": Text("on-site visits (calls, circuits)", "上门与巡回"),
    },
}
"""Mechanism to its channels that are something else there than elsewhere."""

DESKS = {
    "company": Text("company", "物业公司"),
    "body": Text("owners' body", "业委会（物管会）"),
    "branch": Text("party branch", "党支部"),
    "community": Text("community", "社区"),
    "centre": Text("sub-district centre", "街道综治中心"),
    "court": Text("court", "法院"),
    "hotline": Text("hotline", "热线"),
    "station": Text("border station", "边境派出所"),
    "room": Text("roadside room", "路边调解室"),
    "justice": Text("justice office", "司法所"),
    "team": Text("officers on call", "出动人员"),
    "mediator": Text("village mediator", "村调解员"),
}
KINDS = {
    "all": Text("all cases", "全部案件"),
    "roof": Text("leaking roofs", "房顶漏雨"),
    "pipe": Text("pipes", "管道"),
    "lighting": Text("lighting and doors", "照明与门"),
    "rubbish": Text("rubbish", "垃圾"),
    "pests": Text("pests", "虫害"),
    "road": Text("road and gate", "道路与大门"),
    "nuisance": Text("building works nearby", "施工扰民"),
    "neighbour": Text("quarrels between neighbours", "邻里纠纷"),
    "fee": Text("companies' claims to fees", "追讨物业费"),
    "boundary": Text("grazing boundaries", "草场边界"),
    "livestock": Text("livestock", "牲畜"),
    "wages": Text("wages owed", "拖欠工资"),
    "help": Text("needs of help", "求助"),
    "contract": Text("contracts with the enterprise", "与企业的合同纠纷"),
    "sharing": Text("shares of the collective", "集体分配纠纷"),
}
ENDS = {
    "settled": Text("settled", "已解决"),
    "open": Text("still open", "仍未了结"),
    "failed": Text("no agreement at any level", "各级均未谈成"),
    "withdrawn": Text("withdrawn", "当事人撤回"),
    "escalated": Text("petition or fight", "上访或冲突"),
}
ENDS_SHORT = ENDS | {
    "open": Text("open", "未了结"),
    "failed": Text("no agreement", "未谈成"),
    "withdrawn": Text("withdrawn", "撤回"),
    "escalated": Text("petition", "上访冲突"),
}

# -- outcomes ---------------------------------------------------------------------------------

_PER = " / 1,000 household-years"
_COUNTED = {
    "severity-days": "加权受困天数",
    "grievances": "件烦心事",
    "cases": "件案件",
    "roofs": "个房顶",
    "roof-days": "漏雨房顶·天",
    "rounds": "轮",
    "proposals": "个方案",
    "hours": "小时",
    "yuan": "元",
    "defect-days": "毛病·天",
    "talks": "场",
    "times": "次",
    "km": "公里",
    "reports": "份报告",
    **elder_labels.COUNTED,
}
UNITS = {
    "": "",
    "1": "",
    "share": "比例",
    "0 to 1": "0 至 1",
    "hours per case": "小时／件",
    "hours per agreement": "小时／件协议",
    "per agreement": "每份协议",
    "per compound-year": "每小区每年",
    "per contract that came up": "每份到期合同",
    "per grievance": "每件烦心事",
    "per hand-off": "每次转办",
    "yuan per yuan conceded": "元／让出的每元",
    "yuan per yuan": "元／元",
    **{f"{what}{_PER}": f"{chinese}／千户·年" for what, chinese in _COUNTED.items()},
    **village_labels.UNITS,
}
"""Units of outcomes to their Chinese."""

_DEFECTS = ("pipe", "lighting", "rubbish", "pests", "road", "nuisance")
_KINDS = (*_DEFECTS, "fee", "boundary", "livestock", "wages", "help", "contract", "sharing")
_PURPOSES = {
    "company": "物业办事",
    "centre": "综治中心",
    "body": "业委会（物管会）办事",
    "branch": "党支部办事",
    "community": "社区办事",
    "ledger": "台账",
    "summons": "召集",
    "calls": "动员签字",
    "talks": "谈判",
    "inspections": "检查",
    "rounds": "巡查",
    "doors": "入户",
    "station": "派出所办事",
    "room": "调解室办事",
    "justice": "司法所办事",
    "team": "出动办事",
    "mediator": "村调解员办事",
    "circuits": "巡回",
    "summoned": "传唤",
    "papers": "登记",
    "lessons": "普法",
}
OUTCOMES = {
    "unresolved": "未解决的困扰",
    "settled_30": "30 天内解决",
    "settled_90": "90 天内解决",
    "settled_365": "一年内解决",
    "settled_90_roof": "房顶案件 90 天内解决",
    "settled_90_neighbour": "邻里纠纷 90 天内解决",
    "settled_365_roof": "房顶案件一年内解决",
    "arisen": "产生的烦心事",
    "voiced": "说出口的烦心事",
    "claims": "每件烦心事提出的次数",
    "private": "自行解决",
    "opened": "立案",
    "petitions": "上访和冲突",
    "relapse": "被毁的协议",
    "durable_365": "维持一年的协议",
    "lost": "转办中丢失的案件",
    "settled_low": "在小区内解决",
    "settled_at_table": "调解桌上真正解决",
    "settled_in_books": "台账上的解决率",
    "mended": "修好的房顶",
    "leaking": "房顶漏雨的日子",
    "rounds_failed": "未凑齐的签字",
    "turned_back": "被退回的方案",
    "hours": "投入工时",
    "hours_per_settled": "每解决一件的工时",
    "collection": "物业费收缴率",
    "companies": "有物业的小区",
    "repair_yuan": "付给施工队",
    "paid_company_yuan": "维修：物业公司出",
    "paid_public_yuan": "维修：公共收益出",
    "paid_fund_yuan": "维修：维修资金出",
    "paid_owners_yuan": "维修：业主出",
    "paid_developer_yuan": "维修：开发商出",
    "paid_budget_yuan": "维修：财政出",
    "conceded_yuan": "维修：谈判让出",
    "patches_yuan": "维修：住户自行出",
    "unpaid_yuan": "维修：尚未支付",
    "recouped_yuan": "让出后收回",
    "recouped": "让出后收回的比例",
    "inspections": "检查物业",
    "talks": "与物业谈判",
    "contracts_up": "到期的合同",
    "renewals_raised": "提出的续签表决",
    "replacement_ballots": "更换物业的表决",
    "replaced": "被更换的物业",
    "companies_left": "离开的物业",
    "contracts_developer": "合同：前期物业",
    "contracts_fixed": "合同：固定期限",
    "contracts_holdover": "合同：到期未续",
    "contracts_none": "合同：无物业",
    "captured": "被收买的小区",
    "elections": "启动的业委会选举",
    "elected": "选出的业委会",
    "sued": "诉至法院",
    "unresolved_connected": "未解决：与干部相熟",
    "unresolved_unconnected": "未解决：与干部不熟",
    "unresolved_owner": "未解决：自住业主",
    "unresolved_tenant": "未解决：租户",
    "unresolved_elder": "未解决：有老人",
    "unresolved_no_elder": "未解决：无老人",
    "unresolved_top": "未解决：顶层",
    "unresolved_below": "未解决：顶层以下",
    "unresolved_fee": "未解决：追讨物业费",
    "suffering_gini": "受困的基尼系数",
    "suffering_theil": "受困的泰尔指数",
    "suffering_between": "其中：小区、村之间",
    "suffering_top_tenth": "最受困的十分之一户所占",
    "suffering_none": "没有受困的户",
    "unresolved_near": "未解决：最近的牧户",
    "unresolved_far": "未解决：最远的牧户",
    "settled_90_compound": "90 天内解决：小区",
    "settled_90_village": "90 天内解决：村",
    "settled_90_pasture": "90 天内解决：苏木",
    "unresolved_compound": "未解决：小区",
    "unresolved_village": "未解决：村",
    "unresolved_pasture": "未解决：苏木",
    "unresolved_seasonal": "未解决：季节性人员",
    "wages_paid": "付清的工资",
    "wages_paid_30": "30 天内付清的工资",
    "wages_paid_90": "90 天内付清的工资",
    "wages_paid_365": "一年内付清的工资",
    "hours_per_durable": "每件持久解决的工时",
    "wages_agreed": "谈妥的工资",
    "wages_defaulted": "承诺未付的工资",
    "law_talks": "普法讲座",
    "helped": "上门帮助",
    "travel_people": "当事人路上的时间",
    "travel_field": "办事人员的里程",
    "satisfaction": "满意度",
    "without_owners": "未经业主决定的维修",
    **{f"hours_{name}": f"工时：{words}" for name, words in _PURPOSES.items()},
    **{f"defects_{kind}": f"未修好的日子：{KINDS[kind].zh}" for kind in _DEFECTS},
    **{f"settled_90_{kind}": f"90 天内解决：{KINDS[kind].zh}" for kind in _KINDS},
    **{f"claims_at_{desk}": f"找谁：{words.zh}" for desk, words in DESKS.items()},
    **{f"settled_at_{desk}": f"在哪解决：{words.zh}" for desk, words in DESKS.items()},
    **{f"trust_{desk}": f"信任：{words.zh}" for desk, words in DESKS.items()},
    **village_labels.OUTCOMES,
    **courier_labels.OUTCOMES,
    **elder_labels.OUTCOMES,
}
"""Outcomes to their Chinese; the English stands in `sim.outcomes.OUTCOMES`."""

_ENGLISH = {spec.name: spec.label for spec in outcomes.OUTCOMES}


# -- asking -----------------------------------------------------------------------------------


def outcome(name: str, language: Language, default: str = "") -> str:
    """Return what an outcome is called.

    Args:
        name: its column in the table of runs.
        language: in which language.
        default: what to say where there is no label; the name with spaces if empty.
    """
    known = OUTCOMES if language == CHINESE else _ENGLISH
    return known.get(name, default or name.replace("_", " "))


def unit(words: str, language: Language) -> str:
    """Return a unit, as `sim.outcomes.OUTCOMES` writes it, in a language; an unknown one stays as it is."""
    if language == CHINESE:
        return UNITS.get(words, words)
    return "" if words == "1" else words


def scenario(name: str, language: Language) -> str:
    """Return what a scenario is called; its name with spaces where it has no label."""
    return SCENARIOS[name](language) if name in SCENARIOS else name.replace("_", " ")


def point(name: str, language: Language) -> str:
    """Return what a scenario is called; where it stands in a sweep, its point in brackets behind it."""
    base, _, where = name.partition(".")
    words = scenario(base, language)
    if not where:
        return words
    return f"{words}（{where}）" if language == CHINESE else f"{words} ({where})"


def mechanism(name: str, language: Language) -> str:
    """Return what a mechanism is called; its name with spaces where it has no label."""
    return MECHANISMS[name](language) if name in MECHANISMS else name.replace("_", " ")


def channel(name: str, language: Language, mechanism: str = "") -> str:
    """Return what a channel is called, as one of a mechanism; its name with spaces where it has no label."""
    known = {**CHANNELS, **CHANNELS_OF.get(mechanism, {})}
    return known[name](language) if name in known else name.replace("_", " ")


def kind(name: str, language: Language) -> str:
    """Return what a kind of cases is called; its name with spaces where it has no label."""
    return KINDS[name](language) if name in KINDS else name.replace("_", " ")


def title(experiment: str, question: str, language: Language) -> str:
    """Return what stands above an experiment's figures: its title, else its question, else its name."""
    return EXPERIMENTS[experiment](language) if experiment in EXPERIMENTS else question or experiment


def span(low: float, high: float, scale: float | None, language: Language) -> str:
    """Write an interval, see `sim.report.tables.interval`."""
    text = interval(low, high, scale)
    return NO_VALUE(language) if text == "n/a" else text.replace(" to ", TO(language))
