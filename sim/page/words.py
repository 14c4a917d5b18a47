"""The words of the page, in both languages: every text that a browser shows stands here or with what it names.

``{name}`` in a text is filled in where it is shown. Names of outcomes, mechanisms, channels and kinds of case are those
of `sim.report.labels`.
"""

from __future__ import annotations

from sim.report.labels import Text

PAGE: dict[str, Text] = {
    # -- head
    "title": Text("Two twins, side by side", "一对孪生世界，左右对照"),
    "subtitle": Text(
        "One simulated world, lived twice with the same people and the same luck: as found on the left, with an "
        "arrangement on the right.",
        "同一个模拟世界，同样的人、同样的运气，经历两次：左边是基准，右边多一种安排。",
    ),
    "under": Text(
        "Under these assumptions. One pair of twins is one replication: a picture, not a finding. Nothing here says "
        "that a policy works.",
        "以上均在所设假设之下。一对孪生世界只是一次重复：是画面，不是结论。这里没有任何内容证明某项政策有效。",
    ),
    "assumptions": Text("Assumptions", "前提"),
    "language": Text("Language", "语言"),
    "skip": Text("Skip to the maps", "跳到地图"),
    # -- choosing
    "choose": Text("What is played", "设定"),
    "world": Text("World or press case", "世界或报道案例"),
    "worlds": Text("Worlds", "世界"),
    "presses": Text("Press cases", "报道案例"),
    "seed": Text("Seed", "随机种子"),
    "days": Text("Days to play", "播放天数"),
    "burn_in": Text("Days before day 0, without mechanisms", "第 0 天之前、无任何安排的天数"),
    "again": Text("All as at first", "恢复初始设定"),
    "mechanisms": Text("Arrangements", "各种安排"),
    "side": Text("Where it stands", "在哪一边"),
    "nowhere": Text("nowhere", "两边都没有"),
    "right": Text("on the right only", "只在右边"),
    "both": Text("on both sides", "两边都有"),
    "channels": Text("Channels", "渠道"),
    "all_off": Text("All channels off", "关闭全部渠道"),
    "all_on": Text("All channels on", "打开全部渠道"),
    "settings": Text("Parameters", "参数"),
    "world_settings": Text("Parameters of the world, the same for both", "世界的参数，两边相同"),
    "range": Text("range {low} to {high}", "范围 {low} 至 {high}"),
    "default": Text("default {value}", "默认 {value}"),
    "sources": Text("source: {ids}", "来源：{ids}"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
    "told": Text("told by the press case", "由报道案例给定"),
    "no_fit": Text("No arrangement of ours fits here.", "这里没有适用的安排。"),
    "press_note": Text(
        "Set is only what could be observed of the place; how people behave is as in any other world.",
        "只设定当地可以观察到的情形；人们如何行事与其他世界相同。",
    ),
    "long_wait": Text(
        "The world is founded anew and lives its years before day 0.", "正在重建世界，并先过完第 0 天之前的年头。"
    ),
    # -- playing
    "player": Text("Play", "播放"),
    "play": Text("Play", "播放"),
    "pause": Text("Pause", "暂停"),
    "step": Text("One day", "前进一天"),
    "reset": Text("Back to day 0", "回到第 0 天"),
    "speed": Text("Speed", "速度"),
    "per_second": Text("{n} days a second", "每秒 {n} 天"),
    "day": Text("Day {day} of {days}", "第 {day} 天，共 {days} 天"),
    "connecting": Text("Connecting ...", "正在连接……"),
    "founding": Text("Years before day 0: {percent}%", "第 0 天之前：{percent}%"),
    "ready": Text("Ready.", "就绪。"),
    "playing": Text("Playing.", "播放中。"),
    "paused": Text("Paused.", "已暂停。"),
    "ended": Text("The last day is over.", "已播放到最后一天。"),
    "gone": Text("The process of this page has ended; reload the page.", "本页的计算进程已结束，请刷新页面。"),
    "closed": Text("The server is not there any more; start it again and reload.", "服务器已断开，请重新启动后刷新。"),
    "full": Text(
        "So many pages are open already ({most}); close one and reload.",
        "已打开的页面太多（{most} 个），请关闭一些再刷新。",
    ),
    "wrong": Text("That cannot be: ", "无法照办："),
    "replayed": Text(
        "A recording: it plays without a server and cannot be changed.",
        "这是录像：不需要服务器即可播放，不能更改设定。",
    ),
    # -- maps
    "maps": Text("Maps", "地图"),
    "left_map": Text("Left", "左"),
    "right_map": Text("Right", "右"),
    "difference_map": Text("Difference, right less left", "差别：右减左"),
    "nothing_more": Text("as found", "原样"),
    "layer": Text("Show", "显示"),
    "state": Text("open grievances and what was settled", "未解决的烦心事与已解决的"),
    "trust": Text("trust in desks", "对办事处的信任"),
    "fee": Text("who pays the property fee", "谁交物业费"),
    "adopted": Text("who keeps birds", "谁在养鸡"),
    "coverage": Text("couriers' coverage", "快递员覆盖"),
    "roofs": Text("leaking roofs", "漏雨的房顶"),
    "zoom_in": Text("Zoom in", "放大"),
    "zoom_out": Text("Zoom out", "缩小"),
    "fit": Text("Whole map", "全图"),
    "to_kind": Text("Go to", "转到"),
    "map_keys": Text(
        "arrow keys move, + and - zoom, 0 shows all, a click tells a life",
        "方向键移动，+ 和 - 缩放，0 显示全图，点击看经历",
    ),
    "legend": Text("Legend", "图例"),
    "legend_twins": Text("each twin:", "每一边："),
    "legend_parts": Text("difference:", "差别："),
    "legend_land": Text("land:", "土地："),
    "calm": Text("nothing suffered", "没有烦心事"),
    "silent": Text("suffers, not voiced", "有烦心事，没说出口"),
    "voiced": Text("suffers, voiced", "有烦心事，已提出"),
    "settled": Text("settled in the last 90 days", "近 90 天内已解决"),
    "vacant": Text("nobody lives there", "无人居住"),
    "away": Text("not there at this season", "这个季节不在"),
    "no_path": Text("not asked of here", "此处不适用"),
    "low": Text("little", "低"),
    "high": Text("much", "高"),
    "pays": Text("pays", "交费"),
    "pays_not": Text("does not pay", "不交费"),
    "keeps": Text("keeps birds", "在养"),
    "has_left": Text("has left the trade", "已退出"),
    "never": Text("never has", "从未养"),
    "passes": Text(
        "passes of enrolled couriers in a week: {low} to {high} and more",
        "一周内参与的快递员经过次数：{low} 至 {high} 以上",
    ),
    "leaks": Text("roof leaks", "房顶漏雨"),
    "dry": Text("roof is tight", "房顶完好"),
    "better": Text("better on the right", "右边较好"),
    "worse": Text("worse on the right", "右边较差"),
    "more": Text("more on the right", "右边较多"),
    "less": Text("less on the right", "右边较少"),
    "same": Text("the same", "相同"),
    "open_land": Text("open land", "空地"),
    "road": Text("road", "道路"),
    "building": Text("building", "建筑"),
    "woodland": Text("woodland", "林地"),
    "yard": Text("yard", "院落"),
    "team": Text("a crew on its weekly circuit", "本周巡回的班组"),
    "office": Text("office", "办事处"),
    "hover": Text(
        "Point at a household to see it on both sides; click to read its life.",
        "指向一户可看两边的情形，点击可读它的经历。",
    ),
    "summary": Text(
        "Left: {left} of {n} households suffer from something; right: {right}.",
        "左边 {n} 户中 {left} 户有烦心事，右边 {right} 户。",
    ),
    "left_is": Text("left", "左"),
    "named": Text("{a}: {b}", "{a}：{b}"),
    "listed": Text("{a}, {b}", "{a}，{b}"),
    "sides": Text("{a}. Left: {left}; right: {right}.", "{a}。左：{left}；右：{right}。"),
    "right_is": Text("right", "右"),
    # -- series
    "series": Text("In time", "随时间变化"),
    "difference": Text("right - left", "右 − 左"),
    "not_here": Text("n/a: there is no path to this here", "无：这里没有通向它的途径"),
    "no_value": Text("n/a", "无"),
    "lower": Text("less is better", "越低越好"),
    "higher": Text("more is better", "越高越好"),
    "neither": Text("neither way is better as such", "高低本身无所谓好坏"),
    # -- predict
    "predict": Text("Predict, then reveal", "先猜，再揭晓"),
    "predict_says": Text(
        "Say before you play what will differ by the last day. Until then the right twin, the difference and the "
        "numbers are covered.",
        "播放之前先猜：到最后一天会有什么差别。在此之前，右边、差别和数字都会遮住。",
    ),
    "predict_what": Text("On the right, by the last day, this will be", "到最后一天，右边的这一项会"),
    "outcome": Text("Outcome", "指标"),
    "guess_up": Text("higher", "更高"),
    "guess_same": Text("the same", "相同"),
    "guess_down": Text("lower", "更低"),
    "lock": Text("Lock it in", "锁定"),
    "reveal": Text("Reveal now", "现在揭晓"),
    "covered": Text("covered until you reveal", "揭晓前遮住"),
    "locked": Text("Your guess is locked in: {outcome} will be {guess}.", "已锁定：{outcome}会{guess}。"),
    "was_right": Text(
        "Right: left {left}, right {right}, difference {difference}.",
        "猜对了：左 {left}，右 {right}，差 {difference}。",
    ),
    "was_wrong": Text(
        "Not so: left {left}, right {right}, difference {difference}.",
        "没猜对：左 {left}，右 {right}，差 {difference}。",
    ),
    "was_nothing": Text(
        "There is no value of it after so few days; it does not count.", "天数太少，没有数值，不计分。"
    ),
    "score": Text("Score: {good} of {all}", "得分：{all} 次中 {good} 次"),
    "forget": Text("Score back to zero", "清零"),
    # -- lives
    "lives": Text("A life, in both twins", "一段经历，两个世界"),
    "household": Text("Household number", "住户编号"),
    "tell": Text("Tell its life", "讲它的经历"),
    "household_is": Text("Household {n}", "第 {n} 户"),
    "in_compound": Text(
        "flat on floor {floor} of building {building}, compound {unit}", "第 {unit} 号小区 {building} 号楼 {floor} 层"
    ),
    "in_village": Text("a yard in village {unit}", "第 {unit} 号村的一户"),
    "in_pasture": Text("a household of sumu {unit}", "第 {unit} 号苏木的一户"),
    "no_cases": Text(
        "No desk has had a case about this household, or about what it shares with others, since day 0.",
        "第 0 天以来，没有关于这户或它与他人共用之物的案件。",
    ),
    "not_there": Text("Here no desk has had this case.", "这边没有这件案子。"),
    "never_parted": Text("So far it went the same way on both sides.", "至今两边的经过相同。"),
    "news": Text("Latest cases", "最新案件"),
    "no_news": Text("Nothing yet.", "还没有。"),
    "news_line": Text("day {day}, {side}: {kind}, {what}", "第 {day} 天，{side}：{kind}，{what}"),
    "read": Text("read", "阅读"),
    # -- results, files
    "results": Text("Outcomes so far", "至今的结果"),
    "refresh": Text("Work them out for today", "计算到今天"),
    "results_say": Text(
        "What `run` would report of this one pair if it ended today.",
        "如果到今天为止，运行命令会对这一对世界报告的结果。",
    ),
    "outcome_table": Text("Table of outcomes", "结果表"),
    "unit": Text("unit", "单位"),
    "files": Text("Take away", "带走"),
    "config": Text("Settings (YAML)", "设定（YAML）"),
    "tables": Text("Tables (ZIP)", "数据表（ZIP）"),
    "picture": Text("Picture (PNG)", "图片（PNG）"),
    "replay": Text("Recording (HTML)", "录像（HTML）"),
    "files_say": Text(
        "The settings are a file that `run` takes as it is; the recording plays from disk, without a server.",
        "设定文件可直接用于运行命令；录像不需要服务器，可从磁盘播放。",
    ),
    "made": Text("Saved: {name}", "已保存：{name}"),
    "making": Text("Being made ...", "正在生成……"),
    "about": Text("About", "说明"),
    "about_says": Text(
        "Rules, parameters and sources stand in the model's description (ODD). Many parameters are guesses, marked E. "
        "Out of scope: access in Mongolian, winter heating, intimate conflict.",
        "规则、参数和来源见模型说明（ODD）。许多参数是猜测，标为 E。不在范围之内：蒙古语服务、冬季供暖、"
        "亲密关系中的冲突。",
    ),
}
"""Every text of the page by its key."""

WORLDS = {
    "compound": Text("compounds in a city", "城市小区"),
    "village": Text("two villages and those around", "两个村及周边"),
    "pasture": Text("a sumu on the steppe", "草原苏木"),
    "county": Text("a county of all three", "三者俱全的旗县"),
}
PRESS = Text("{name}: {title}", "{name}：{title}")
KINDS_OF_PLACE = {
    "compound": Text("compounds", "小区"),
    "village": Text("villages", "村"),
    "pasture": Text("pastures", "牧区"),
}

HERE = Text("Household {n}", "第 {n} 户")
WHERE = {
    "household": Text("household {n}", "第 {n} 户"),
    "building": Text("building {n} of compound {of}", "第 {of} 号小区 {n} 号楼"),
    "compound": Text("compound {n}", "第 {n} 号小区"),
    "site": Text("work site {n}", "第 {n} 号工地"),
}
"""Whose a case is."""

ACTIVITIES = {
    "opened": Text("opened", "立案"),
    "settled": Text("settled", "已解决"),
    "failed": Text("no agreement at any level", "各级均未谈成"),
    "withdrawn": Text("withdrawn", "撤回"),
    "escalated": Text("petition or fight", "上访或冲突"),
    "lost": Text("lost on the way", "转办途中丢失"),
    "sued": Text("taken to court", "诉至法院"),
    "conceded": Text("conceded by the company", "物业公司让步"),
}
"""Activities of the log that the latest cases are told by."""
