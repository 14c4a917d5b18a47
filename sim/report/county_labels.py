"""Words of counties in English and Chinese, for `sim.report.labels`."""

SCENARIOS = {
    "yijiantiao": ("merged offices", "一肩挑"),
    "couriers": ("couriers report", "快递小哥随手报"),
    "elders": ("elder services", "一站式养老"),
    "culture": ("community culture", "社区文化活动"),
    "alliance": ("village alliance", "联村共建"),
    "team": ("mobile mediation", "流动调解"),
    "all": ("all together", "全部合用"),
}

EXPERIMENTS = {
    "combined": ("Six arrangements in one county: each alone, and all together", "一个旗县里的六项安排：单独与合用"),
    "budget": (
        "Six arrangements in one county: what is to be had for how much",
        "一个旗县里的六项安排：多少花费换来什么",
    ),
    "budget-attribution": (
        "Which mix for so many hours and yuan, in one county",
        "一个旗县里：有多少工时和钱，该选哪种组合",
    ),
    "combined-attribution": ("Six arrangements in one county: what each adds", "一个旗县里的六项安排：各自带来什么"),
}
