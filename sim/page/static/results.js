// Outcomes as `run` would report them, and a game: say what will differ, play, and see.
"use strict";
(() => {
  const $ = Page.$;
  let known = [], guess = null, verdict = null;

  const choices = () => {
    const chosen = $("outcome").value;
    $("outcome").replaceChildren(...known.filter((one) => one.main).map((one) =>
      Page.make("option", { value: one.name, selected: one.name === chosen }, Page.pick(one.label))));
  };
  const table = () => {
    const head = ["outcome", "unit", "left_is", "right_is", "difference"].map((key, k) => Page.make("th", { scope: "col", class: k > 1 ? "n" : "" }, Page.word(key)));
    const rows = known.map((one) => Page.make("tr", { class: one.main ? "main" : "", id: `outcome-${one.name}` },
      Page.make("td", {}, Page.pick(one.label)), Page.make("td", {}, Page.pick(one.unit)),
      ...one.values.map((v, k) => Page.make("td", { class: "n" }, Page.number(v, k === 2)))));
    $("outcomes").replaceChildren(Page.make("thead", {}, Page.make("tr", {}, ...head)), Page.make("tbody", {}, ...rows));
  };
  Page.learn = (outcomes) => {
    known = outcomes;
    choices();
    table();
  };

  // -- predict, then reveal -------------------------------------------------------------------

  const score = () => {
    const { good, all } = Page.recall("score", { good: 0, all: 0 });
    $("score").textContent = Page.word("score", { good, all });
  };
  const WORDS = { up: "guess_up", same: "guess_same", down: "guess_down" };
  const show = () => {
    if (guess) $("verdict").textContent = Page.word("locked", { outcome: Page.pick(guess.label), guess: Page.word(WORDS[guess.guess]) });
    else if (verdict) {
      const [left, right, difference] = verdict.values;
      $("verdict").textContent = Page.word(verdict.key, { left: Page.number(left), right: Page.number(right), difference: Page.number(difference, true) });
    } else $("verdict").textContent = "";
    $("lock").disabled = guess !== null;
    $("reveal").disabled = guess === null;
    $("outcome").disabled = $("guess").disabled = guess !== null;
    document.body.classList.toggle("covered", guess !== null);
    for (const id of ["right-figure", "difference-figure", "series", "lives", "results"]) {
      for (const child of Page.$(id).children) if (!child.classList.contains("veil")) child.inert = guess !== null;
    }
    score();
  };
  const lock = () => {
    const one = known.find((found) => found.name === $("outcome").value);
    if (!one) return;
    verdict = null;
    guess = { name: one.name, label: one.label, guess: document.querySelector('input[name="guess"]:checked').value };
    show();
  };
  Page.reveal = (outcomes) => {
    if (!guess) return;
    const { values } = outcomes.find((one) => one.name === guess.name), apart = values[2];
    if (apart === null) verdict = { key: "was_nothing", values };
    else {
      const came = apart > 0 ? "up" : apart < 0 ? "down" : "same", good = came === guess.guess;
      verdict = { key: good ? "was_right" : "was_wrong", values };
      const before = Page.recall("score", { good: 0, all: 0 });
      Page.remember("score", { good: before.good + good, all: before.all + 1 });
    }
    guess = null;
    show();
  };
  Page.guessing = () => guess !== null;

  Page.on("scene", () => { guess = verdict = null; known = []; show(); Page.ask({ type: "outcomes" }); });
  Page.on("language", () => { if (Page.menu) { choices(); table(); show(); } });
  Page.startResults = () => {
    $("lock").addEventListener("click", lock);
    $("reveal").addEventListener("click", () => Page.ask({ type: "outcomes", reveal: true }));
    $("refresh").addEventListener("click", () => Page.ask({ type: "outcomes" }));
    $("forget").addEventListener("click", () => { Page.remember("score", { good: 0, all: 0 }); score(); });
    show();
  };
})();
