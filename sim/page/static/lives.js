// Lives in words, two lanes side by side, and the latest cases, from which one can be chosen.
"use strict";
(() => {
  const $ = Page.$, MOST = 12;
  let told = null, latest = [];

  const lane = (one, side) => {
    const list = one.lanes[side].map((said) =>
      Page.make("li", {}, Page.make("time", {}, `${Page.pick(said.when)} `), Page.pick(said.text)));
    const inside = list.length ? Page.make("ol", {}, ...list) : Page.make("p", {}, Page.word("not_there"));
    return Page.make("div", {}, Page.make("h4", {}, Page.word(side ? "right_map" : "left_map")), inside);
  };
  const story = (one) => Page.make("article", { class: "case" },
    Page.make("h3", {}, Page.word("listed", { a: Page.pick(one.what), b: Page.pick(one.where) })),
    Page.make("p", { class: "note" }, one.part ? Page.pick(one.part) : Page.word("never_parted")),
    Page.make("div", { class: "lanes" }, lane(one, 0), lane(one, 1)));

  const draw = () => {
    if (!told) return;
    const head = told.household === null || told.household === undefined ? "" : Page.word("named", { a: Page.word("household_is", { n: told.household }), b: Page.place(told.household) });
    $("life").replaceChildren(Page.make("p", {}, head), ...(told.cases.length ? told.cases.map(story) : [Page.make("p", {}, Page.word("no_cases"))]));
  };
  Page.tellLife = (life) => { told = life; draw(); };

  // -- the latest cases -----------------------------------------------------------------------

  const read = (events) => {
    if (!events) return;
    for (let at = 0; at + 7 <= events.length; at += 7) {
      const [twin, day, activity, kind, bearer, ordinal] = events.subarray(at, at + 6);
      if (Page.menu.activities[activity]) latest.push({ twin, day, activity, key: [kind, bearer, ordinal] });
    }
    if (latest.length > MOST) latest = latest.slice(-MOST);
  };
  let last = 0, due = null;
  const news = () => {
    due = null;
    last = performance.now();
    const items = [...latest].reverse().map((one) => {
      const text = Page.word("news_line", {
        day: one.day, side: Page.word(one.twin ? "right_is" : "left_is"),
        kind: Page.pick(Page.menu.kinds[one.key[0]]), what: Page.pick(Page.menu.activities[one.activity]),
      });
      return Page.make("li", {}, Page.make("button", { type: "button", "aria-label": Page.word("named", { a: Page.word("read"), b: text }), onclick: () => Page.ask({ type: "biography", case: one.key }) }, Page.word("read")), ` ${text}`);
    });
    $("news").replaceChildren(...(items.length ? items : [Page.make("li", {}, Page.word("no_news"))]));
  };
  const soon = () => { if (due === null) due = setTimeout(news, Math.max(0, 400 - (performance.now() - last))); };

  Page.on("day", (events) => { read(events); soon(); });
  Page.on("scene", () => { latest = []; told = null; $("life").replaceChildren(); soon(); });
  Page.on("language", () => { draw(); if (Page.menu) news(); });
  Page.on("chosen", (household) => Page.ask({ type: "biography", household }));
  Page.startLives = () => {
    $("tell").addEventListener("click", () => {
      const n = Number($("household").value);
      if (Page.scene && Number.isInteger(n) && n >= 0 && n < Page.scene.households) Page.choose(n);
      else Page.ask({ type: "biography", household: n });
    });
  };
})();
