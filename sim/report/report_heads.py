"""Heads of tables, readings and short words of a report, in English and Chinese."""

from __future__ import annotations

from sim.report.labels import Text

HEADS = {
    "scenario": Text("scenario", "情景"),
    "baseline": Text("baseline", "对照"),
    "comparison": Text("comparison", "比较"),
    "outcome": Text("outcome", "结果变量"),
    "unit": Text("unit", "单位"),
    "mean_baseline": Text("baseline's mean", "对照均值"),
    "mean_scenario": Text("scenario's mean", "情景均值"),
    "difference": Text("difference", "差值"),
    "relative": Text("relative", "相对"),
    "interval": Text("95% interval", "95% 区间"),
    "share_same_sign": Text("same sign", "同号比例"),
    "n": Text("pairs", "对数"),
    "reading": Text("reading", "读法"),
    "better": Text("clearly better", "明显更好"),
    "worse": Text("clearly worse", "明显更差"),
    "open": Text("cannot be told", "分不清"),
    "points": Text("points", "点数"),
    "lowest": Text("lowest difference", "最小差值"),
    "highest": Text("highest difference", "最大差值"),
    "words": Text("words", "由什么组成"),
    "label": Text("called here", "本文称呼"),
    "setting": Text("setting", "设置"),
    "value": Text("value", "值"),
    "tag": Text("tag", "标记"),
    "meaning": Text("meaning", "含义"),
    "parameters": Text("parameters", "参数个数"),
    "drawn": Text("of them drawn anew for each replication", "其中每次重复重新抽取的"),
    "stage": Text("stage", "环节"),
    "kind": Text("kind of case", "案件类别"),
    "day": Text("days after opening", "立案后天数"),
    "channel": Text("channel", "渠道"),
    "shapley": Text("share (Shapley)", "份额（Shapley）"),
    "first": Text("alone", "单独"),
    "last": Text("added to all others", "加到其余之上"),
    "purposes": Text("spends hours on", "工时用途"),
    "with_none": Text("hours with none", "全无时的工时"),
    "alone": Text("hours alone", "单独时的工时"),
    "with_all": Text("hours with all", "全有时的工时"),
    "everybody_alone": Text("everybody's, alone", "所有人工时：单独"),
    "everybody_last": Text("everybody's, last", "所有人工时：最后加上"),
    "case": Text("case", "案例"),
    "measure": Text("measure", "指标"),
    "reported": Text("reported", "报道"),
    "median": Text("half of the worlds reach", "半数世界达到"),
    "middle": Text("90% interval", "90% 区间"),
    "without": Text("without it", "没有该安排"),
    "reached": Text("worlds that reach it", "达到的世界"),
    "verdict": Text("verdict", "判断"),
    "estimate": Text("estimate", "估计"),
    "parameter": Text("parameter", "参数"),
    "range": Text("range", "范围"),
    "sources": Text("sources", "来源"),
    "source": Text("source", "来源"),
    "says": Text("what it says", "内容"),
    "trust": Text("how far to be trusted", "可信程度"),
    "table": Text("table", "表"),
    "digest": Text("digest of its content", "内容摘要"),
    "end": Text("end", "结局"),
    "share": Text("share", "比例"),
    "compounds": Text("compounds", "小区数"),
    "ability": Text("ability, 0 to 1", "能力，0 至 1"),
    "factor": Text("parameter", "参数"),
    "group": Text("group", "分组"),
    "of": Text("made of", "源自"),
    "low": Text("low", "下限"),
    "high": Text("high", "上限"),
    "effect": Text("effect", "成效"),
    "cost": Text("yuan more", "多花的元"),
    "place": Text("place", "位置"),
    "mix": Text("mix", "组合"),
    "more_hours": Text("hours more", "多用工时"),
    "public_yuan": Text("public yuan more", "多用公共支出，元"),
    "more": Text("more rows in", "其余各行见"),
}
"""Column of a table to its head; others are headed by their own names."""

READINGS = {
    "better": Text("better", "更好"),
    "worse": Text("worse", "更差"),
    "more": Text("more", "更多"),
    "less": Text("less", "更少"),
    "open": Text("cannot be told", "分不清"),
    "unknown": Text("n/a", "无"),
    "unreached": Text("no path to it", "够不着"),
}
"""What a difference says for the people who live there."""

PLACES_OF_COST = {
    "frontier": Text("frontier", "前沿"),
    "dominated": Text("dominated", "被占优"),
    "between": Text("neither", "两者都不是"),
}
"""Words of `sim.study.budget.places`."""

BROUGHT = {
    "unresolved": Text("severity-days fewer", "减少的严重度·天"),
    "collective_income": Text("yuan of collective income more", "增加的集体收入，元"),
}
"""Effect of `sim.study.budget` to the head of its column."""

VERDICTS = {
    "ordinary": Text("ordinary", "寻常"),
    "in the tail": Text("in the tail", "在尾部"),
    "not met": Text("not met", "未达到"),
    "exceeded": Text("exceeded by nearly all", "几乎都超过"),
}
"""Verdicts of `sim.study.press.judge`."""

MEASURES = {
    "shapley": Text("share", "份额"),
    "first": Text("alone", "单独"),
    "last": Text("added to all others", "加到其余之上"),
    "interaction": Text("interaction", "交互"),
    "total": Text("total", "合计"),
}

TAGS = {
    "S": Text("the newspaper page", "报纸版面"),
    "F": Text("found in a public source", "公开来源"),
    "D": Text("derived by arithmetic", "推算"),
    "E": Text("a reasoned guess", "有理由的猜测"),
    "G": Text("general knowledge", "常识"),
}
"""Tags of sources."""

SETTINGS = {
    "name": Text("name", "名称"),
    "question": Text("question", "问题"),
    "hypothesis": Text("hypothesis", "假设"),
    "place": Text("place", "地点"),
    "replications": Text("replications", "重复次数"),
    "days": Text("days", "天数"),
    "burn_in": Text("burn-in, days", "预热天数"),
    "layouts": Text("maps", "地图数"),
    "seed": Text("seed", "种子"),
    "prior_draws": Text("each replication draws the uncertain parameters", "每次重复抽取不确定的参数"),
    "events": Text("replications whose events are kept", "保留事件的重复数"),
    "size": Text("size", "规模"),
    "commit": Text("commit", "提交号"),
    "dirty": Text("files differed from the commit", "文件与提交不一致"),
    "version": Text("version", "版本"),
    "engine": Text("digest of the model's source", "模型源码摘要"),
    "lock": Text("digest of the libraries' lock", "依赖锁文件摘要"),
    "libraries": Text("libraries", "依赖库"),
    "environment": Text("machine", "机器"),
    "points": Text("points", "点数"),
}
"""Setting or entry of a manifest to its word."""

PLACES = {
    "compound": Text("residential compounds", "住宅小区"),
    "village": Text("villages", "村"),
    "pasture": Text("pastures", "牧区苏木"),
    "county": Text("a county of compounds, villages and pastures", "旗县（小区、村、苏木）"),
}
YES, NO = Text("yes", "是"), Text("no", "否")

ESTIMATES = {
    "twins": Text("twins: all compounds", "双胞胎：全部小区"),
    "twins_covered": Text("twins: covered compounds", "双胞胎：被覆盖的小区"),
    "twins_others": Text("twins: the others, spillover", "双胞胎：其他小区（外溢）"),
    "treated_minus_untreated": Text("naive: covered less others", "朴素：覆盖减未覆盖"),
    "gap": Text("of it who was chosen, and chance", "其中：挑了谁与偶然"),
    "before_after": Text("naive: after less before", "朴素：后减前"),
    "drift": Text("of it what happened anyway", "其中：本来就有的变化"),
}
"""Estimates of `sim.study.naive`."""
