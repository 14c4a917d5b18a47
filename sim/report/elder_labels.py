"""Words of shared places, merged into those of `sim.report.labels`."""

from __future__ import annotations

OUTCOMES = {
    "participation": "参加活动的老人",
    "elder_ties": "老人的邻里联系",
    "care_unmet": "无人照应的需要",
    "neighbour_cases": "提交的邻里纠纷",
    "made_up": "自行说和的邻里纠纷",
    "card_quarrels": "牌桌上的争执",
    "meals": "供应的餐数",
    "meals_budget_yuan": "餐食的财政补贴",
    "volunteer_hours": "志愿服务的时间",
    "hours_watch": "工时：询问老人",
    "hours_care": "工时：照料老人",
    "hours_clinics": "工时：义诊",
    "hours_rota": "工时：联络志愿者",
    "hours_rooms": "工时：活动室",
    "hours_events": "工时：文化活动",
}
"""Outcomes to their Chinese."""

COUNTED = {"meals": "餐"}
"""What is counted per 1,000 household-years."""

CHANNELS = {
    "early_detection": ("early detection", "及早发现"),
    "shared_places": ("shared places", "共享空间"),
    "reciprocity": ("reciprocity", "互助"),
}
"""Channels in English and Chinese."""

EXPERIMENTS = {
    "elder_services": (
        "One place for elders: canteen, rooms, clinics and care, with the same people's hours",
        "一站式养老：餐厅、活动室、义诊与照料，工时不变，改变了什么",
    ),
    "community_culture": (
        "Six small events a year in a community, with the same people's hours",
        "社区一年六场小活动，工时不变，改变了什么",
    ),
}
"""Titles of experiments in English and Chinese."""
