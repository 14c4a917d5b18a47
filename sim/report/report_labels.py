"""Sentences of a report, in English and Chinese."""

from __future__ import annotations

from sim.report.labels import Text

TITLE = Text("{title}: a report", "{title}：报告")
SUBTITLE = Text(
    "A simulation under stated assumptions. It explores and explains; it predicts nothing, and it does not say that a "
    "policy works.",
    "在所设假设之下的模拟。用来探索和理解，不作预测，也不说明某项政策有效。",
)

SECTIONS = {
    "brief": Text("In brief", "摘要"),
    "question": Text("The question", "问题"),
    "compared": Text("What is compared", "比较什么"),
    "assumptions": Text("Assumptions", "假设"),
    "results": Text("What came out", "结果"),
    "sweep": Text("Point by point", "逐点结果"),
    "press": Text("Reported beside simulated", "报道与模拟"),
    "worth": Text("What it costs, and what is worth most", "花费，以及什么最值得"),
    "funnel": Text("The funnel", "漏斗"),
    "ends": Text("How cases end", "案件如何了结"),
    "attribution": Text("What carries the effect", "作用由什么承担"),
    "sensitivity": Text("What the difference rests on", "差别取决于什么"),
    "whom": Text("For whom, at whose cost", "对谁、由谁承担"),
    "naive": Text("What an evaluation without twins would say", "没有双胞胎对照的评估会怎么说"),
    "figures": Text("More figures", "其他图"),
    "ledger": Text("Evidence", "证据"),
    "limits": Text("Limits", "局限"),
    "cite": Text("How to cite", "如何引用"),
    "manifest": Text("Manifest", "运行记录"),
}

# -- in brief ----------------------------------------------------------------------------------

LIVED = Text(
    "Each scenario was lived in {replications} replications of {place}, {days} days after a burn-in of {burn_in}; "
    "replication by replication the scenarios are twins that share people, weather, luck and drawn parameters.",
    "每个情景在{place}中运行 {replications} 次重复，预热 {burn_in} 天后再运行 {days} 天；"
    "同一次重复中，各情景互为双胞胎：居民、天气、运气和抽取的参数都相同。",
)
EXPLAINED = {
    "unresolved": Text(
        "'Unresolved' counts the days on which a grievance is suffered, weighted by severity, voiced or not: less is "
        "better.",
        "“未解决的困扰”是有人受困的天数，按严重程度加权，无论是否说出口：越少越好。",
    ),
}
"""Headlines that need a word."""
QUOTED = Text("'{name}'", "“{name}”")
LOWERS = Text(
    "Under these assumptions, {scenario} instead of {baseline} lowers {outcome} by {difference} ({unit}), {relative} "
    "of {mean} (95% interval {low} to {high}; the same sign in {share} of {n} pairs of twins).",
    "在所设假设之下，以{scenario}代替{baseline}，“{outcome}”减少 {difference}（{unit}），为 {mean} 的 {relative}"
    "（95% 区间 {low} 至 {high}；{n} 对双胞胎中 {share} 同号）。",
)
RAISES = Text(
    "Under these assumptions, {scenario} instead of {baseline} raises {outcome} by {difference} ({unit}), {relative} "
    "of {mean} (95% interval {low} to {high}; the same sign in {share} of {n} pairs of twins).",
    "在所设假设之下，以{scenario}代替{baseline}，“{outcome}”增加 {difference}（{unit}），为 {mean} 的 {relative}"
    "（95% 区间 {low} 至 {high}；{n} 对双胞胎中 {share} 同号）。",
)
CANNOT = Text(
    "Whether {scenario} instead of {baseline} changes {outcome} cannot be told: the difference is {difference} "
    "({unit}), its 95% interval {low} to {high} contains none at all ({n} pairs of twins). That is not the same as no "
    "effect.",
    "以{scenario}代替{baseline}是否改变“{outcome}”，无法判断：差值 {difference}（{unit}），"
    "95% 区间 {low} 至 {high} 包含零（{n} 对双胞胎）。这不等于没有作用。",
)
UNKNOWN = Text(
    "Of {outcome} nothing can be said for {scenario} against {baseline}: there was nothing to divide by.",
    "“{outcome}”在{scenario}与{baseline}之间无从比较：没有可计算的数。",
)
UNREACHED = Text(
    "Nothing in which {scenario} differs from {baseline} has a path to {outcome}: n/a, which is not 0.",
    "{scenario}与{baseline}的不同之处够不着“{outcome}”：无（不等于 0）。",
)
SAME = Text(
    "{scenario} and {baseline} do not differ in {outcome} in any of {n} pairs of twins.",
    "在 {n} 对双胞胎中，{scenario}与{baseline}的“{outcome}”完全相同。",
)
BETTER = Text("Clearly better: {names}.", "明显更好：{names}。")
WORSE = Text("Clearly worse: {names}.", "明显更差：{names}。")
CANNOT_TELL = Text("Cannot be told from chance: {names}.", "与偶然分不清：{names}。")
COST_MORE = Text("It takes {difference} more hours ({unit}).", "多用工时 {difference}（{unit}）。")
COST_LESS = Text("It takes {difference} fewer hours ({unit}).", "少用工时 {difference}（{unit}）。")
COST_OPEN = Text(
    "Whether it takes more hours cannot be told ({difference}, {unit}).",
    "是否多用工时无法判断（{difference}，{unit}）。",
)
NOT_POLICY = Text(
    "These are consequences of assumptions, many of them guesses, not observations; the intervals are about chance and "
    "the drawn parameters, not about a wrong rule.",
    "以上是由假设推出的后果，而不是观察；其中许多假设是猜测。区间只反映偶然性和抽取的参数，不反映规则本身的错误。",
)
QUICK = Text(
    "This run is too small and too short to say anything (size=quick); it shows that everything works.",
    "本次运行规模太小、时间太短（size=quick），只说明程序能用，说明不了别的。",
)
FEW = Text("With so few pairs of twins the intervals are a rough idea.", "双胞胎对数很少，区间只是粗略的。")
MANY_POINTS = Text(
    "At {points} points of the sweep, {scenario} against {baseline} is clearly better in {outcome} at {better}, "
    "clearly worse at {worse}, and cannot be told from chance at {open}; the difference goes from {lowest} to "
    "{highest} ({unit}).",
    "在扫描的 {points} 个点上，{scenario}相对{baseline}的“{outcome}”，{better} 个点明显更好，{worse} 个点明显更差，"
    "{open} 个点分不清；差值从 {lowest} 到 {highest}（{unit}）。",
)
TOTAL = Text(
    "Under these assumptions all channels together change {outcome} by {total} ({unit}), from {none} to {all}.",
    "在所设假设之下，全部渠道合起来使“{outcome}”变化 {total}（{unit}），从{none}到{all}。",
)
LARGEST = Text(
    "The largest share is carried by {channel}: {share} (95% interval {low} to {high}).",
    "承担最多的是“{channel}”：{share}（95% 区间 {low} 至 {high}）。",
)
REPORTED = Text(
    "{case}, {measure}: the page reports {reported}; half of the worlds under the arrangement reach {median} (90% "
    "interval {low} to {high}), without it {without}; {verdict}.",
    "{case}，{measure}：版面报道 {reported}；有该安排时半数世界达到 {median}（90% 区间 {low} 至 {high}），"
    "没有时 {without}；判断：{verdict}。",
)
PRESS = Text(
    "The page is official press and shows selected cases: what it reports is compared with what comes out, and nothing "
    "is fitted to it.",
    "版面是官方报道，案例是挑选过的：这里只把报道的数与模拟的数并列，不作拟合。",
)

# -- what is compared, assumptions -------------------------------------------------------------

QUESTION = Text("What is asked: {question}", "所问：{question}")
HYPOTHESIS = Text("What was expected before: {hypothesis}", "事先的预期：{hypothesis}")
NO_QUESTION = Text("The experiment does not say what it asks.", "实验没有写明问题。")
SCENARIOS = Text("Scenarios; a word is a mechanism, or a setting of one", "情景；每个词是一项机制，或它的一个设置")
AS_FOUND = Text("(as found)", "（原样）")
HOW = Text("How it was run", "如何运行")
MECHANISMS = Text("The mechanisms in the scenarios: {names}.", "情景中的机制：{names}。")
ASSUMED = (
    Text(
        "No effect is typed in: a mechanism changes who meets, decides, sees, pays, and for how many hours of the same "
        "people. Switched off, or with no hours, it changes no bit of any run.",
        "没有直接写入的效果：机制只改变谁开会、谁决定、谁看见、谁出钱，以及同一批人工时怎么用。"
        "关掉它，或不给工时，运行结果一位不变。",
    ),
    Text(
        "People claim, choose desks, sign, pay and vote by rules from the literature; trust and beliefs follow what "
        "happens to them and their neighbours. Every rule stands in ODD.md.",
        "居民是否提出、找谁、是否签字、出钱、投票，都按文献中的规则；信任和看法随自己和邻居的经历而变。"
        "全部规则见 ODD.md。",
    ),
    Text(
        "Nobody has a capacity that is not counted in hours; money is booked twice and never lost.",
        "任何人的能力都以工时计；钱款复式记账，分文不失。",
    ),
    Text(
        "Parameters that nobody has measured are drawn anew for each replication from their ranges, so intervals hold "
        "what chance and ignorance of numbers do; they do not hold what a wrong rule would do.",
        "没有人测量过的参数，每次重复在其范围内重新抽取，因此区间包含偶然性和对数字的无知；不包含规则写错带来的误差。",
    ),
)
TAGGED = Text("Parameters of this world and its mechanisms, by where they come from", "本世界及其机制的参数，按来源")
GUESSES = Text(
    "Of {all} parameters {guesses} are reasoned guesses; {drawn} are drawn anew for each replication.",
    "{all} 个参数中，{guesses} 个是有理由的猜测；{drawn} 个在每次重复中重新抽取。",
)

# -- results -----------------------------------------------------------------------------------

PAIR = Text("{scenario} against {baseline}", "{scenario}，对比{baseline}")
COMPARED_NOTE = Text(
    "Mean difference between twins with its bootstrap interval. Clearly: the interval does not contain zero, and it is "
    "known what is better for those who live there. Outcomes are many, so one in twenty may look clear by chance; "
    "comparison.csv has p-values corrected for that.",
    "双胞胎之间的平均差值及自助法区间。“明显”：区间不含零，且知道对居民怎样算好。"
    "结果变量很多，偶然显得明显的约有二十分之一；comparison.csv 中有校正后的 p 值。",
)
BASELINE_RATES = Text("How things stand in the first scenario", "第一个情景的状况")
RATES_NOTE = Text("Mean over replications.", "各次重复的平均值。")
WHOM = Text("Who gains and who does not, and who pays: {pair}", "谁得益、谁不得益、谁出钱：{pair}")
WHOM_NOTE = Text(
    "A gain for some may stand beside a loss for others; hours and yuan of those who pay are costs.",
    "一些人得益时，另一些人可能受损；出钱者的工时和钱款是成本。",
)
COSTS = Text(
    "What each scenario costs and brings against the first, per 1,000 household-years",
    "各情景与第一个相比的花费与成效，每千户·年",
)
COSTS_NOTE = Text(
    "Hours of everybody, paid or not, at the middle of three wages that nobody knows (budget.csv has all), and the "
    "public's money; what people pay themselves is not in it. Dominated: another costs no more and brings no less. A "
    "difference whose interval contains zero cannot be told from none.",
    "所有人的工时，无论是否付酬，按三档工时价格的中间一档计（三档都在 budget.csv 中；真实价格无人知道），另加公共支出；"
    "居民自己出的钱不在内。被占优：另有情景花费不更多、成效不更少。区间包含零的差值与没有差别分不清。",
)
SURE = Text(
    "How probable it is that a scenario is worth most, by how many yuan {what} is worth",
    "各情景最值得的概率，按{what}值多少元",
)
SURE_NOTE = Text(
    "Shares of the replications{each} in which a scenario has the largest net benefit; a star where it has the "
    "largest on average: the choice of who takes no account of risk. Last row: what knowing everything beforehand "
    "would be worth, at most (EVPI). All prices and wages: acceptability.csv.",
    "在多大比例的重复中{each}，该情景的净收益最大；带星号的是平均净收益最大的，不计风险的人应选它。末行：假如事先无所不知，"
    "至多值多少（EVPI）。各档价格与工时见 acceptability.csv。",
)
LIMITED = Text(
    "Which mix for so many hours (rows) and so much public money (columns, yuan): {what}",
    "有这么多工时（行）和公共支出（列，元），该选哪种组合：{what}",
)
LIMITED_NOTE = Text(
    "The number of the mix that saves most within both limits, and in brackets in which share of the replications none "
    "that can be afforded saves more; -: no mix that can be afforded saves anything. Limits are of what is taken more "
    "than with no arrangement, in the mean, per 1,000 household-years; hours are everybody's, paid or not. All of it: "
    "limits.csv.",
    "格中为不超出两项限额而减少最多的组合的编号，括号内为在多大比例的重复中，负担得起的组合里没有减少更多的；"
    "“-”：负担得起的组合都没有成效。限额指每千户·年比什么都不做多用的部分，取均值；工时为所有人的，无论是否付酬。"
    "全部见 limits.csv。",
)
LIMITED_MIXES = Text("The mixes in it: {what}", "其中的组合：{what}")
HOURS_AT_MOST = Text("hours at most", "工时至多")
ANY_LIMIT = Text("any", "不限")
A_UNIT = {
    "unresolved": Text("a severity-day fewer", "每减少一个严重度·天"),
    "collective_income": Text("a yuan of collective income more", "每增加一元集体收入"),
}
"""Effect of `sim.study.budget` to a unit of it."""
EVPI = Text("EVPI, yuan / 1,000 household-years", "EVPI，元／千户·年")
POINTS = Text("{pair}: every point of the sweep, {outcome}", "{pair}：扫描的每个点，{outcome}")
SUMMARY = Text("Points of the sweep, counted", "扫描各点的计数")
GRID_NOTE = Text("Named values and settings as in grid.csv.", "取值与设置见 grid.csv。")
FUNNEL = Text(
    "Grievances per 1,000 household-years that come as far, and in the last columns shares",
    "每千户·年走到各环节的烦心事件数；末两列为比例",
)
FUNNEL_WORDS = Text(
    "In {scenario} {felt} grievances are felt per 1,000 household-years, {claimed} are claimed and {settled} are "
    "claimed and settled. Of the cases that were settled or failed, {succeed} were settled; of what is felt, {of_felt} "
    "is claimed and settled. Both are true of one run.",
    "在{scenario}中，每 1,000 户·年感到 {felt} 件，提出 {claimed} 件，提出并解决 {settled} 件。"
    "已谈成或谈崩的案件中，谈成 {succeed}；感到的事中，提出并解决 {of_felt}。两者同时成立。",
)
BOOKS = Text(
    "Disputes that came to a table: settled in truth, and as recorded", "上了调解桌的纠纷：真正解决的与台账上的"
)
BOOKS_NOTE = Text(
    "The desk that is judged by its books leaves out what is given up, taken elsewhere or still open, and closes some "
    "of what is late on paper. Means over replications.",
    "按台账受考核的部门不计放弃的、转走的和未了结的，部分逾期案件只在纸面上办结。取各次重复的平均。",
)
ENDS = Text(
    "All cases of a run's first year: how they have ended so many days after opening",
    "第一年立案的全部案件：立案若干天后的结局",
)
ENDS_NOTE = Text(
    "Competing ends by Aalen-Johansen in each replication, with what is still open at the end of the run as censored; "
    "means over replications.",
    "各次重复按 Aalen-Johansen 估计竞争结局，运行结束时未了结的作删失处理；取各次重复的平均。",
)
SHARES = Text("What each channel carries of {outcome} ({unit})", "各渠道承担的“{outcome}”（{unit}）")
SHARES_NOTE = Text(
    "Shares are exact for the model: averages over all orders in which the channels could be switched on. Channels "
    "share the hours of the same people, so what they do alone need not add up.",
    "份额对模型而言是精确的：对所有打开次序取平均。各渠道共用同一批人的工时，单独的作用未必能相加。",
)
HOURS = Text("Hours of the channels, per 1,000 household-years", "各渠道的工时，每千户·年")
NO_ATTRIBUTION = Text(
    "The channels were not taken apart here; python3 -m sim attribute {name} does, for an experiment that says of "
    "which mechanism.",
    "这里没有拆分渠道；python3 -m sim attribute {name} 可以拆分（实验须写明拆分哪项机制）。",
)
TAKEN_FROM = Text("Taken from {folder}.", "取自 {folder}。")
NO_SENSITIVITY = Text(
    "A study of sensitivity was not run, so it is not said here how much of the difference rests on parameters that "
    "nobody has measured.",
    "没有做敏感性研究，因此这里没有说明差别有多少取决于没人测量过的参数。",
)
SENSITIVITY = {
    "morris": Text("Screening (Morris): how far each parameter moves the result", "筛选（Morris）：各参数对结果的影响"),
    "sobol": Text("Shares of the variance (Sobol)", "方差份额（Sobol）"),
    "groups": Text("Groups of parameters, and chance: shares of the variance", "参数分组与偶然性：方差份额"),
    "scans": Text("One parameter at a time", "逐个参数扫描"),
    "spread": Text("How far results spread", "结果的离散程度"),
    "burn_in": Text("How far the shorter burn-in matters", "较短预热期的影响"),
}
RESTS_ON = Text(
    "By estimate {total} of the variance of {outcome} ({measure}) comes from {group}, with all that it acts through "
    "(95% interval {low} to {high}).",
    "据估计，“{outcome}”（{measure}）的方差中，{group}连同其交互占 {total}（95% 区间 {low} 至 {high}）。",
)
SENSITIVE = {
    "effect": Text("the difference", "差值"),
    "baseline": Text("the baseline's level", "基准水平"),
    "guesses": Text("reasoned guesses", "有理由的猜测"),
    "rows with a source": Text("parameters with a source", "有来源的参数"),
    "another seed": Text("another seed, that is chance", "换一个种子（即偶然性）"),
}
"""Measures and groups of a study of sensitivity; others are called by their names."""
OTHERS = {
    "couriers": Text("Couriers: reported beside simulated", "快递小哥：报道与模拟"),
    "hubs": Text(
        "Hubs for elders: the base and the selection that the reported number takes",
        "养老场所：要得到报道的数，需要怎样的基数和挑选",
    ),
    "tail": Text("The best few beside all", "最好的几个与全体"),
    "books": Text("True beside as booked", "实际与账面"),
    "budget": Text("What every mix costs and saves", "各种组合的成本与节省"),
    "leaders": Text("How able the secretaries in office are", "在任书记的能力"),
    "distance": Text("By distance", "按距离"),
    "channels": Text("Press cases: the arrangement without one channel", "报道的案例：去掉一个渠道"),
}
NAIVE = Text(
    "What comparing covered with other compounds, or before with after, would have said, beside the effects of twins",
    "把覆盖与未覆盖的小区相比、或前后相比会得出的数，与双胞胎对照并列",
)
NAIVE_WORDS = Text(
    "Who compares covered compounds with others without a twin takes who was chosen for what was done.",
    "没有双胞胎对照就把覆盖与未覆盖的小区相比，会把“挑了谁”当成“做了什么”。",
)
CASES = Text("Press cases: reported beside simulated", "报道的案例：报道与模拟")
CUT = Text("The first rows; all {of} are in {file}.", "只列前若干行；全部 {of} 行见 {file}。")
FIGURE = Text("Figure: {words}.", "图：{words}。")

# -- evidence, limits, cite, manifest ----------------------------------------------------------

LEDGER = Text(
    "Every parameter of this world and of the mechanisms in it: declared value, range, tag and sources",
    "本世界及其机制的每个参数：声明值、范围、标记与来源",
)
LEDGER_NOTE = Text(
    "Declared values; what this experiment sets otherwise stands in the manifest. "
    "python3 -m sim show parameter/NAME tells a source in full.",
    "此处为声明值；本实验另行设置的见运行记录。python3 -m sim show parameter/NAME 给出来源全文。",
)
SOURCES = Text("The sources these rest on", "所依据的来源")
LIMITS = (
    Text(
        "The newspaper page with which the project began is official press; its cases are selected. No controlled "
        "evidence on its arrangements was found.",
        "项目起点的报纸版面是官方报道，案例经过挑选。没有找到对这些安排的对照研究。",
    ),
    Text(
        "One replication says nothing, and levels of what accumulates depend on how long a world has lived: "
        "differences between twins are what is to be read.",
        "单次重复说明不了什么；会累积的量取决于世界运行了多久：应当看双胞胎之间的差值。",
    ),
    Text(
        "A difference whose interval contains zero is not shown to be zero.",
        "区间包含零，不等于差值为零。",
    ),
    Text(
        "No real compound, village, office or person is modelled or ranked.",
        "没有模拟任何真实的小区、村、机构或个人，也不作排名。",
    ),
    Text(
        "Out of scope: access in Mongolian, winter heating, intimate conflict.",
        "不在范围内：蒙古语服务、冬季供暖、亲密关系中的冲突。",
    ),
)
CITE = Text(
    "Cite the software with the commit that stands below, and this result by the digests of its tables.",
    "引用软件时请注明下面的提交号；引用本结果时请注明各表的摘要。",
)
AGAIN = Text("To get the same numbers again:", "重新得到同样的数：")
NO_MANIFEST = Text(
    "This folder keeps no manifest: with which settings and code it was computed is not known here.",
    "本文件夹没有运行记录：用什么设置和代码算出，这里无从得知。",
)
DIRTY = Text(
    "Files differed from the commit when it was run: the commit alone does not give these numbers.",
    "运行时文件与提交不一致：仅凭提交号得不到这些数。",
)
RUN_RECORD = Text("What was run, with what", "运行了什么、用了什么")
DIGESTS = Text("Tables of the result", "结果的各表")
CONTENTS = Text("Contents", "目录")
SWITCH = Text("English", "中文")

CAPTIONS = {
    "forest": Text(
        "Comparisons of the main outcomes, a dot for each pair of twins.", "主要结果变量的比较，每对双胞胎一个点。"
    ),
    "competing_ends": Text("How cases end, day by day after their opening.", "案件立案后逐日如何了结。"),
    "time_series": Text(
        "How it goes on in time, and the difference between twins.", "随时间的变化，以及双胞胎之间的差值。"
    ),
    "attribution": Text(
        "Channels' shares as steps, alone and last, and hours.", "各渠道的份额（逐级）、单独与最后，以及工时。"
    ),
    "complements": Text("What each pair brings beyond what both bring apart.", "每一对合用时超出分别作用之和的部分。"),
    "acceptability": Text(
        "Cost and effect of every scenario against the first, and how probable it is that each is worth most.",
        "各情景与第一个相比的花费与成效，以及各自最值得的概率。",
    ),
    "budget": Text(
        "Cost and saving of every mix, the frontier, and how probable it is that each is worth most.",
        "各种组合的成本与节省、前沿，以及各自最值得的概率。",
    ),
    "funnel": Text(
        "What is felt, named, claimed, settled and holds for a year.", "感到、认定、提出、解决并维持一年的。"
    ),
    "twin_maps": Text(
        "One replication at its end in two scenarios, and the difference: no finding.",
        "一次重复结束时在两个情景中的样子及其差别：不是结论。",
    ),
    "alluvial": Text(
        "Cases by stage: where they come in, what is done, where they are last, how they end.",
        "案件的流向：从哪进来，做了什么，最后在哪，如何了结。",
    ),
    "curves": Text("Outcomes along a swept setting.", "结果随所扫描设置的变化。"),
    "map": Text("Differences over two swept settings.", "两个扫描设置上的差值。"),
    "diffusion": Text("Households that have joined, day by day.", "逐日加入的农户。"),
    "incomes": Text(
        "Collective income by source and village, unpaid hours beside it.", "集体收入按来源和村，旁列无偿工时。"
    ),
    "distance": Text("Herders by tenth of the way to the centre.", "牧户按到中心的路程分十档。"),
    "arrears": Text("Share of wages owed that is paid in time.", "拖欠工资按期付清的比例。"),
    "routes": Text(
        "Where people camp and which ways the team goes in one replication: no finding.",
        "一次重复中的营地与班组路线：不是结论。",
    ),
    "cases": Text(
        "Press cases: what the page reported among what came out.", "报道的案例：报道的数在模拟结果中的位置。"
    ),
}
"""What the figures of a result folder show."""
