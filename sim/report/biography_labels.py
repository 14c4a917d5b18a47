"""Sentences of a case's biography, in English and Chinese, by what the event log says of it."""

from __future__ import annotations

from sim.report.labels import DESKS, Language, Text

SUBJECTS = {
    "roof": Text("a leaking roof", "房顶漏雨"),
    "pipe": Text("a broken pipe", "管道损坏"),
    "lighting": Text("broken lights or doors", "照明或门损坏"),
    "rubbish": Text("rubbish", "垃圾"),
    "pests": Text("pests", "虫害"),
    "road": Text("a broken road or gate", "道路或大门损坏"),
    "nuisance": Text("building works nearby", "施工扰民"),
    "neighbour": Text("a quarrel between neighbours", "邻里纠纷"),
    "fee": Text("a fee that the company claims", "追讨物业费"),
    "boundary": Text("a grazing boundary", "草场边界"),
    "livestock": Text("livestock lost or mixed up", "牲畜丢失或混群"),
    "wages": Text("wages owed to a crew", "拖欠工资"),
    "help": Text("a need of help", "求助"),
    "contract": Text("a household's dispute with the enterprise", "农户与企业的合同纠纷"),
    "sharing": Text("a member's dispute with the collective", "成员与集体的分配纠纷"),
}
"""Kind of case to what it is about."""

DESK = Text("{kind} no. {number}", "{number} 号{kind}")

# -- one event ---------------------------------------------------------------------------------

BEFORE = Text("By day 0 the case was already on the books{since}.", "到第 0 天，本案已在册{since}。")
SINCE = Text(", since day {day}", "（第 {day} 天立案）")
OPENED = Text("The case is opened at {desk}.", "在{desk}立案。")
CLAIMED_FEE = Text("The company claims the fee; the case is opened at {desk}.", "物业公司追讨物业费，在{desk}立案。")
JOINED = Text("Another claim about it comes in.", "又有人提出此事。")
JOINED_MANY = Text("{n} more claims about it come in.", "又有 {n} 次提出此事。")
FOUND = Text("A new claim brings the lost case before a desk again.", "有人再次提出，丢失的案件重新受理。")
FOUND_MANY = Text(
    "{n} more claims come in; they bring the lost case before a desk again.",
    "又有 {n} 次提出，丢失的案件重新受理。",
)
HANDED_TO = Text("{desk} hands it on to {to}.", "{desk}转给{to}。")
HANDED_ON = Text("{desk} hands it on.", "{desk}转出。")
LOST = Text("It is lost on the way.", "转办途中丢失。")
NO_SHOW = Text("{desk} calls a session, and a party does not come.", "{desk}召集调解，有一方未到。")
NO_SHOW_MANY = Text(
    "{desk} calls {n} sessions; each time a party does not come.", "{desk}召集 {n} 次调解，每次都有一方未到。"
)
SESSION = Text("The parties meet at {desk} and do not agree.", "双方在{desk}调解，未谈成。")
SESSION_MANY = Text("The parties meet {n} times at {desk} and do not agree.", "双方在{desk}调解 {n} 次，未谈成。")
AGREED = Text("The parties meet at {desk} and agree.", "双方在{desk}调解，谈成了。")
PROPOSED = Text("{desk} works out a proposal for the repair.", "{desk}拟出维修方案。")
APPLIED = Text(
    "{desk} applies for the repair in place of an owners' body, which takes time.",
    "{desk}代业委会申请维修，需要时日。",
)
TURNED_BACK = Text("{desk} turns the proposal back.", "{desk}退回了方案。")
TURNED_BACK_SECOND = Text("The second principal turns the proposal back.", "第二位负责人退回了方案。")
REFERRED = Text("It is referred to a second principal, {desk}.", "交第二位负责人（{desk}）把关。")
APPROVED = Text("{desk} lets the proposal pass.", "{desk}通过了方案。")
APPROVED_SECOND = Text("The second principal lets the proposal pass.", "第二位负责人通过了方案。")
REFUSED = Text("{desk}, in loss, refuses its duty to mend it.", "{desk}亏损，拒绝履行维修义务。")
VOTING = Text("The owners are asked to vote on paying from the maintenance fund.", "请业主表决动用维修资金。")
VOTED = Text("The owners agree; the fund's money is on its way.", "业主表决通过，维修资金待拨。")
GRANTED = Text("The maintenance fund's money is on its way.", "维修资金待拨。")
EMERGENCY = Text(
    "The maintenance fund's money is granted as an emergency, without a vote.",
    "按应急程序动用维修资金，未经表决。",
)
VOTED_DOWN = Text("The ballot on the maintenance fund fails.", "动用维修资金的表决未通过。")
SIGNING = Text("The owners concerned are asked to sign and pay a share each.", "请相关业主签字，各出一份钱。")
BEGUN_BY_FUND = Text("The fund pays, and a crew begins.", "维修资金到账，施工队开工。")
BEGUN_BY_SHARES = Text("Enough owners have signed and paid; a crew begins.", "签字付款的业主已够数，施工队开工。")
BEGUN_WITHOUT = Text(
    "It can be paid without asking the owners; a crew begins.",
    "不必业主出钱，施工队开工。",
)
BEGUN_AT = Text("{desk} has it mended; the works begin.", "{desk}派人维修，开工。")
BEGUN = Text("The money is there; a crew begins.", "钱已到位，施工队开工。")
REFUNDED = Text(
    "Too few have signed in time: what was paid is paid back, and the proposal is shelved.",
    "期限内签字不够：已付的钱退回，方案搁置。",
)
RETABLED_BY_CLAIM = Text(
    "The claim brings the shelved proposal before {desk} again.", "因有人提出，搁置的方案再次交{desk}处理。"
)
RETABLED = Text(
    "Its deadline in the ledger has passed: the shelved proposal comes before {desk} again.",
    "台账期限已到，搁置的方案再次交{desk}处理。",
)
REPAIRED = Text("The works are done and checked; it is mended.", "完工并验收，已修好。")
REPAIRED_ASIDE = Text("A contractor at work nearby mends it as well.", "附近施工的一方顺带修好了。")
CONCEDED = Text(
    "In talks about its contract the company concedes the repair, at its own cost.",
    "续签谈判中，物业公司让步，同意自费维修。",
)
SUED = Text("Somebody takes it to court.", "有人诉至法院。")
JUDGED = Text("The court judges.", "法院判决。")
HELPED = Text("{desk} brings help.", "{desk}上门帮助。")
OTHER = Text("{desk}: {what}.", "{desk}：{what}。")

# -- how a life ends ---------------------------------------------------------------------------

ENDS = {
    "settled": Text("It is settled", "本案办结"),
    "failed": Text("Every level has been tried in vain; it ends without agreement", "各级都已试过，未能谈成，本案终结"),
    "withdrawn": Text(
        "No claimant is left, or the cause has gone by itself; it ends",
        "已无人主张，或起因自行消失，本案终结",
    ),
    "escalated": Text(
        "It ends in a petition or a fight, beyond what is modelled",
        "以上访或冲突告终，超出模型范围",
    ),
}
AFTER = Text("{end}, {days} after it was opened.", "{end}，距立案 {days}。")
SOMETIME = Text("{end}.", "{end}。")
STILL = Text("It is still open{age}: {where}.", "仍未了结{age}：{where}。")
AGE = Text(" after {days}", "，已历 {days}")
WAITS = Text("it lies at {desk}", "在{desk}")
WAYS = {
    "lost": Text("lost, and nobody has asked again", "已丢失，无人再问"),
    "shelved": Text("its proposal is shelved", "方案已搁置"),
    "transit": Text("on its way to another desk", "正在转办途中"),
    "signing": Text("owners are signing", "业主正在签字"),
    "voting": Text("owners are voting", "业主正在表决"),
    "funding": Text("the fund's money is on its way", "维修资金待拨"),
    "works": Text("a crew is at work", "正在施工"),
    "approval": Text("it lies before the second principal", "在第二位负责人处"),
    "court": Text("it is before the court", "法院正在审理"),
}
NOTHING = Text("nothing has been done about it since day 0", "第 0 天以来一直无人办理")

# -- two lives ---------------------------------------------------------------------------------

HEAD = Text("{subject}: one case in twin worlds", "{subject}：同一案件在一对双胞胎世界里")
WHERE = Text(
    "Case {case}, in replication {k} of {result}. Twins: {a} and {b}.",
    "案件 {case}，{result} 的第 {k} 次重复。双胞胎世界：{a}与{b}。",
)
TOGETHER = Text("In both, until day {day}", "两个世界相同，直到第 {day} 天")
ALWAYS = Text("In both, from beginning to end", "两个世界自始至终相同")
THEN = Text("Under {name}", "{name}之下")
THEN_ON = Text("Under {name}, from then on", "{name}之下，此后")
PART = Text(
    "The two lives part on day {day}: until then nothing that befell the case differed.",
    "两种经历在第 {day} 天分开：此前没有任何不同。",
)
SAME = Text(
    "Nothing that befell the case differs between the twins.",
    "本案在一对双胞胎世界里的经历毫无不同。",
)
NEVER_THERE = Text(
    "Under {name} no desk ever had this case: there the same event of the same bearer came about otherwise, or nobody "
    "claimed it.",
    "{name}之下没有这件案子：同一件事在那里没有这样发生，或没有人提出。",
)
SUM = Text(
    "Under {name}: {end} after {days}; since day 0 {told}.", "{name}之下：{end}，历时 {days}；第 0 天以来{told}。"
)
SUM_UNKNOWN = Text("Under {name}: {end}; since day 0 {told}.", "{name}之下：{end}；第 0 天以来{told}。")
TOLD = Text("{sessions}, {handoffs}, {claims}", "{sessions}，{handoffs}，{claims}")
CAVEAT = Text(
    "Under these assumptions; one case in one world says nothing about an arrangement.",
    "以上均在所设假设之下；一个世界里的一件案子，说明不了一种安排的好坏。",
)

LISTED = Text(
    "Cases whose lives differ most between {a} and {b}, days in the log:",
    "在{a}与{b}之间经历相差最大的案件（日志中的天数）：",
)
LIFE = Text("{end} after {days}", "{days}后{end}")
BOTH = Text("{subject}: {a}; {b}", "{subject}：{a}；{b}")
ASK = Text("One of them in words: {command}", "要看其中一件的经历：{command}")
NONE_DIFFER = Text(
    "No case that both {a} and {b} have differs in length between them.",
    "在 {a} 与 {b} 都有的案件中，没有一件的历时不同。",
)

COUNTED = {
    "day": (Text("{n} day", "{n} 天"), Text("{n} days", "{n} 天")),
    "session": (Text("{n} session", "调解 {n} 次"), Text("{n} sessions", "调解 {n} 次")),
    "handoff": (Text("{n} hand-off", "转办 {n} 次"), Text("{n} hand-offs", "转办 {n} 次")),
    "claim": (Text("{n} further claim", "又提出 {n} 次"), Text("{n} further claims", "又提出 {n} 次")),
}
ON_DAY = Text("day {day}", "第 {day} 天")
ON_DAYS = Text("day {day} to {last}", "第 {day} 至 {last} 天")


def counted(what: str, n: int, language: Language) -> str:
    """Return so many of something, ``"3 days"``.

    Args:
        what: a word of `COUNTED`.
        n: how many.
        language: of the words.
    """
    one, many = COUNTED[what]
    return (one if n == 1 else many)(language, n=n)


def desk(kind: str, number: int, language: Language) -> str:
    """Return what a desk is called, ``"community no. 1"``; the court, of which there is one, without a number."""
    name = DESKS[kind](language) if kind in DESKS else kind
    return name if kind == "court" else DESK(language, kind=name, number=number)


def subject(kind: str, language: Language) -> str:
    """Return what a case is about; the name of its kind where it has no label."""
    return SUBJECTS[kind](language) if kind in SUBJECTS else kind.replace("_", " ")
