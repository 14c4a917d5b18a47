"""Words of couriers, merged into those of `sim.report.labels`."""

from __future__ import annotations

OUTCOMES = {
    "reports": "快递员的报告",
    "sensed_first": "无人提出前的报告",
    "duplicates": "重复的报告",
    "reports_answered": "及时得到答复的报告",
    "false_alarms": "误报",
    "people_sensed": "被报告的人家（隐私）",
    "courier_hours": "快递员的义务时间",
    "hours_reports": "工时：阅处报告",
    "hours_rest": "工时：站点听诉",
}

CHANNELS = {
    "early_detection": ("early detection", "提前发现"),
    "responsiveness": ("responsiveness", "及时答复"),
    "reciprocity": ("reciprocity", "互助互惠"),
}

SCENARIOS = {
    "members": ("party members only", "仅党员快递员"),
    "tenth": ("one courier in ten", "十分之一的快递员"),
    "everybody": ("every courier", "全体快递员"),
    "unanswered": ("every courier, unanswered", "全体快递员，无人答复"),
}

EXPERIMENTS = {
    "courier_sensing": ("Couriers report what they notice on their rounds", "快递小哥随手报：多少人才看得见"),
}
