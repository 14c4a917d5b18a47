"""What uncertain rows are called where there is no room for their meaning in full: in English and in Chinese."""

from __future__ import annotations

from functools import cache

from sim import mechanisms, places
from sim.mechanisms import mechanism_specs
from sim.schedule import world_specs

CHINESE: dict[str, str] = {
    "minor_cap": "物业自费维修的上限",
    "community_hours": "社区调解委员会工时",
    "cost_high": "同类维修最贵价",
    "pipe_cost": "修管道的常价",
    "roof_sufferers": "漏房顶下受困户数",
    "fee_floor": "总会交费的业主",
    "naming_days": "从感到到说清的天数",
    "signing_days": "一轮签字的期限",
    "application_days": "社区代办维修的延误",
    "social_proof": "看邻居签了没有的分量",
    "pipe_sufferers": "管道坏了的受困户数",
    "fee_others": "看别人交费的分量",
    "functioning_share": "运转正常的业委会",
    "management_share": "起初有物管会的小区",
    "quiet": "小事上沉默的倾向",
    "talk_hours": "一轮谈判的工时",
    "idle_director_hours": "勉强运转者的工时",
    "yijiantiao.merged_hours": "一肩挑者给两职的工时",
    "effort_cost": "尽力服务的成本",
    "satisfaction_speed": "满意度随服务变动的快慢",
    "any_desk": "找人办事的顾虑",
    "apathy": "从不参加表决的业主",
    "fade_days": "没提的纠纷淡去的天数",
    "rubbish_rate": "垃圾堆积的次数",
    "lighting_rate": "灯和门坏的次数",
    "mediation_hours": "一次调解的工时",
    "b_success": "相信能办成的分量",
    "pipe_rate": "管道坏的次数",
    "proposal_hours": "做一个维修方案的工时",
    "ballot_days": "表决的期限",
    "never_pay": "从不出钱的业主",
    "road_sufferers": "道路坏了的受困户数",
    "roof_old": "旧房顶漏雨的频率",
    "quarrel_rate": "邻里争吵的频率",
    "fee_start": "起初交费的住户",
    "fee_service": "交费看服务的分量",
    "member_leads": "党员带头签字的机会",
    "b_trust": "对承办者信任的分量",
    "rain_shape": "各小区雨量的均匀程度",
    "fee_span": "看服务和别人交费的业主",
    "public_income": "停车和广告的收入",
    "kept_share": "物业留下的公共收入",
    "b_wait": "预计等待的分量",
    "patience_days": "等答复的天数",
    "rubbish_cost": "清理垃圾的常价",
    "yijiantiao.visit_hours": "入户走访的工时",
    "owner_share": "业主自住的住户",
    "quiet_severity": "事大时更少沉默",
    "handoff_near_days": "近处转办的天数",
}
"""Rows that lead in the project's own studies to their Chinese; others go by their names."""


@cache
def _meanings() -> dict[str, str]:
    """Return what every row means, as it is declared."""
    found = {name: spec.doc for place in places.registry() for name, spec in world_specs(place).items()}
    for mechanism in mechanisms.registry():
        found |= {f"{mechanism}.{name}": spec.doc for name, spec in mechanism_specs(mechanism).items()}
    return found


def meaning(name: str, language: str) -> str:
    """Return what a row means, in a language; in Chinese its name where there is no word for it.

    Args:
        name: as `sim.study.factors.Factor.name`.
        language: ``en`` or ``zh``.
    """
    return CHINESE.get(name, name) if language == "zh" else _meanings().get(name, name)
