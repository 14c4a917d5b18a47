"""Words of villages, merged into those of `sim.report.labels`."""

from __future__ import annotations

OUTCOMES = {
    "collective_net": "集体净收入",
    "collective_income": "集体收入",
    "collective_money": "收入：有资金的村",
    "collective_land": "收入：有土地的村",
    "collective_margin": "收入：每只差价",
    "collective_own": "收入：集体自养",
    "collective_rent": "收入：出租房屋",
    "collective_plant": "收入：加工点",
    "dividends": "分红",
    "grants": "财政补助",
    "farm_income": "养殖收入",
    "farm_income_kept": "养殖户的养殖收入",
    "farm_share": "养殖占收入的比例",
    "net_per_bird": "每只净得",
    "wages": "务工收入",
    "adopted": "参加的农户",
    "adopted_member": "参加的农户：有党员",
    "adopted_around": "参加的农户：周边村",
    "survival": "成活率",
    "lost_batches": "亏本的批次",
    "left_trade": "退出养殖",
    "turned_away": "没有名额的申请",
    "contract_share": "签合同的批次",
    "contract_uptake": "签下的合同",
    "firm_per_bird": "企业每只所得",
    "side_sold": "卖给他人的合同批次",
    "contract_paid": "企业违约欠款的清偿",
    "left_in_anger": "因纠纷退出养殖",
    "unresolved_around": "未解决的困扰：周边村",
    "unresolved_home": "未解决的困扰：本村",
    "unresolved_large": "未解决的困扰：大户",
    "unresolved_small": "未解决的困扰：小户",
    "gini": "收入的基尼系数",
    "adopted_small": "参加的农户：小户",
    "adopted_large": "参加的农户：大户",
    "contract_share_small": "签合同的批次：小户",
    "contract_share_large": "签合同的批次：大户",
    "lost_batches_small": "亏本的批次：小户",
    "lost_batches_large": "亏本的批次：大户",
    "left_trade_small": "退出养殖：小户",
    "left_trade_large": "退出养殖：大户",
    "birds_small": "养殖收入：小户",
    "birds_large": "养殖收入：大户",
    "birds_member": "养殖收入：有党员",
    "birds_no_member": "养殖收入：无党员",
    "birds_home": "养殖收入：本村",
    "birds_around": "养殖收入：周边村",
    "allied": "联村的日子",
    "rounds_of_talks": "磋商轮数",
    "talks_failed": "未谈成的磋商",
    "dissolved": "散伙的联村",
    "hours_asking": "工时：问农户",
    "hours_calling": "工时：动员党员带头",
    "hours_showing": "工时：参观",
    "hours_contracts": "工时：签合同",
    "hours_orders": "工时：代购",
    "hours_meeting": "工时：磋商",
    "hours_sharing": "工时：分配纠纷到场",
    "hours_coaching": "工时：结对指导",
}
"""Outcomes to their Chinese."""

UNITS = {
    "yuan / home village-year": "元／村·年",
    "yuan / year": "元／年",
    "yuan / household-year": "元／户·年",
    "yuan / bird sold": "元／售出的只",
    "yuan / bird bought": "元／收购的只",
    "per year in the trade": "每养殖年",
    "per offer": "每次可签",
    "per contract": "每份合同",
    "per township-year": "每乡每年",
}
"""Units of outcomes to their Chinese."""

CHANNELS = {
    "complementarity": ("pooling", "资源共享"),
    "demonstration": ("demonstration", "党员带头"),
    "floor_price": ("floor price", "保底价回收"),
    "inputs_and_skill": ("inputs and skill", "代购与指导"),
}
"""Channels in English and Chinese."""

EXPERIMENTS = {
    "village_alliance": (
        "An alliance of a village with money and one with land: what it brings, net of unpaid hours",
        "有资金的村与有土地的村联村共建：扣除无偿工时之后的收益",
    ),
    "village_alliance_channels": (
        "The alliance taken apart: each channel left out, and alone",
        "拆开联村共建：每项做法单独去掉，或单独留下",
    ),
    "village_alliance-attribution": (
        "What carries the effect of an alliance of two villages, channel by channel",
        "联村共建的作用由哪些渠道承担",
    ),
    "complementarity": (
        "Pooling what two villages have, where it differs and where it does not",
        "两村资源共享：各有所缺与各有一半",
    ),
    "price_crash": ("A crash of the price: with a floor price and without", "价格大跌：有保底价与没有保底价"),
    "flock": ("What a flock is worth, by bird and size", "养多少只、养哪种，值多少"),
    "share": ("The share that is signed: talks, income, and how long it lasts", "分成比例：磋商、收入与能维持多久"),
}
"""Titles of experiments in English and Chinese."""

OF_ALLIANCE = {
    "authority": ("authority", "乡里召集"),
    "coordination": ("joint office", "联合办事"),
    **CHANNELS,
}
"""Channels of the alliance in English and Chinese."""

SCENARIOS = {
    "pooled": ("pooling alone", "只有资源共享"),
    "rest": ("all but pooling", "除资源共享外全部"),
    "floor": ("with a floor price", "有保底价"),
    "no_floor": ("without a floor price", "没有保底价"),
    **{f"no_{c}": (f"alliance - {en}", f"联村共建减{zh}") for c, (en, zh) in OF_ALLIANCE.items()},
    **{f"only_{c}": (f"{en} alone", f"只有{zh}") for c, (en, zh) in CHANNELS.items() if c != "complementarity"},
    "only_complementarity": ("pooling, nothing else", "资源共享而无其他"),
    **{f"share_{s:02}": (f"share 0.{s:02}", f"分成 0.{s:02}") for s in (5, 20, 35, 50, 65, 80, 95)},
}
"""Scenarios of these experiments in English and Chinese."""
