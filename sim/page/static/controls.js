// What is played: the world, what stands on which side, sliders, a seed. Every change founds the twins anew.
"use strict";
(() => {
  const $ = Page.$;
  let choice = null, world = null, press = null;

  const fresh = (name) => {
    press = Page.menu.presses.find((one) => one.name === name) || null;
    world = Page.menu.worlds.find((one) => one.name === (press ? press.world : name));
    const { seed, days, burn_in: before } = Page.menu.run;
    const first = press ? press.first : world.first;
    choice = {
      seed: choice ? choice.seed : seed.value,
      days: press ? press.days : days.value,
      burn_in: choice ? choice.burn_in : before.value,
      params: {},
      mechanisms: Object.fromEntries(Object.entries(first).map(([one, side]) => [one, { side, channels: {}, params: { ...(press ? press.params[one] : {}) } }])),
    };
    if (press) choice.press = press.name;
    else choice.world = world.name;
  };

  // The address holds what is played, so that it can be passed on; what it says badly is left out.
  const changed = () => {
    history.replaceState(null, "", `#${encodeURIComponent(JSON.stringify(choice))}`);
    Page.tell("choice", choice);
  };
  const group = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});
  const addressed = () => {
    let said;
    try { said = group(JSON.parse(decodeURIComponent(location.hash.slice(1)))); } catch { return; }
    const known = [...Page.menu.presses, ...Page.menu.worlds].find((one) => one.name === (said.press || said.world));
    if (!known) return;
    fresh(known.name);
    for (const key of ["seed", "days", "burn_in"]) if (typeof said[key] === "number") choice[key] = said[key];
    for (const knob of world.knobs) if (knob.name in group(said.params)) choice.params[knob.name] = said.params[knob.name];
    if (!("mechanisms" in said)) return;
    choice.mechanisms = {};
    for (const one of Page.menu.mechanisms) {
      const asked = group(said.mechanisms)[one.name];
      if (asked) choice.mechanisms[one.name] = { side: asked.side, channels: group(asked.channels), params: group(asked.params) };
    }
  };

  // -- a slider -------------------------------------------------------------------------------

  const slider = (knob, id, value, set, fixed) => {
    const name = Page.pick(knob.text), unit = Page.pick(knob.unit);
    const show = (v) => (knob.type === "switch" ? Page.word(v ? "yes" : "no") : `${Page.plain(v)}`);
    const out = Page.make("output", { for: id }, show(value));
    const input = knob.type === "switch"
      ? Page.make("input", { type: "checkbox", id, checked: value, disabled: fixed })
      : Page.make("input", { type: "range", id, min: knob.low, max: knob.high, step: knob.step, disabled: fixed });
    if (knob.type !== "switch") input.value = value;
    input.addEventListener("input", () => {
      const now = knob.type === "switch" ? input.checked : Number(input.value);
      out.textContent = show(now);
      set(now);
      changed();
    });
    const range = knob.type === "switch" ? "" : `${Page.word("range", { low: Page.plain(knob.low), high: Page.plain(knob.high) })} · `;
    const note = `${unit && knob.type !== "switch" ? `${unit} · ` : ""}${range}${Page.word("default", { value: show(knob.default) })} · `;
    const source = Page.make("span", { title: Page.word("sources", { ids: knob.sources.join(", ") }) }, Page.pick(Page.menu.tags[knob.tag]));
    return Page.make("div", { class: "knob" },
      Page.make("label", { for: id }, name),
      Page.make("div", { class: "value" }, input, out),
      Page.make("span", { class: "note" }, note, source, fixed ? ` · ${Page.word("told")}` : ""));
  };
  Page.plain = (v) => `${+Number(v).toPrecision(6)}`.replace("-", "−");

  // -- mechanisms -----------------------------------------------------------------------------

  const mechanism = (one) => {
    const set = choice.mechanisms[one.name], side = set ? set.side : "";
    const id = `mechanism-${one.name}`, title = Page.pick(one.text);
    const select = Page.make("select", { id }, ...[["", "nowhere"], ["right", "right"], ["both", "both"]].map(([value, key]) =>
      Page.make("option", { value, selected: value === side }, Page.word(key))));
    select.addEventListener("change", () => {
      if (select.value) choice.mechanisms[one.name] = { channels: {}, params: {}, ...set, side: select.value };
      else delete choice.mechanisms[one.name];
      draw();
      changed();
      $(id).focus();
    });
    const parts = [Page.make("legend", {}, title), Page.make("label", { class: "quiet", for: id }, Page.word("named", { a: title, b: Page.word("side") })), select];
    if (set) parts.push(channels(one, set), parameters(one, set));
    return Page.make("fieldset", { class: "mechanism" }, ...parts);
  };

  const opened = {};
  const folded = (id, key, ...inside) => {
    const made = Page.make("details", { id, open: opened[id] }, Page.make("summary", {}, Page.word(key)), ...inside);
    made.addEventListener("toggle", () => { opened[id] = made.open; });
    return made;
  };

  const channels = (one, set) => {
    const all = (on) => () => {
      for (const channel of one.channels) set.channels[channel.name] = on;
      draw();
      changed();
    };
    const boxes = one.channels.map((channel) => {
      const box = Page.make("input", { type: "checkbox", id: `channel-${one.name}-${channel.name}`, checked: set.channels[channel.name] !== false });
      box.addEventListener("change", () => { set.channels[channel.name] = box.checked; changed(); });
      return Page.make("label", { class: "channel" }, box, " ", Page.pick(channel.text));
    });
    return folded(`channels-${one.name}`, "channels", ...boxes,
      Page.make("div", { class: "bar" },
        Page.make("button", { type: "button", id: `off-${one.name}`, onclick: all(false) }, Page.word("all_off")),
        Page.make("button", { type: "button", id: `on-${one.name}`, onclick: all(true) }, Page.word("all_on"))));
  };

  const parameters = (one, set) => folded(`settings-${one.name}`, "settings", ...one.knobs.map((knob) =>
    slider(knob, `knob-${one.name}-${knob.name}`, set.params[knob.name] ?? knob.value, (v) => { set.params[knob.name] = v; }, false)));

  // -- all of it ------------------------------------------------------------------------------

  const draw = () => {
    const pick = (one) => Page.make("option", { value: one.name, selected: one.name === (press || world).name }, Page.pick(one.text));
    $("world").replaceChildren(
      Page.make("optgroup", { label: Page.word("worlds") }, ...Page.menu.worlds.map(pick)),
      Page.make("optgroup", { label: Page.word("presses") }, ...Page.menu.presses.map(pick)));
    $("press-note").hidden = !press;
    for (const id of ["seed", "days", "burn_in"]) {
      const { low, high } = Page.menu.run[id];
      Object.assign($(id), { min: low, max: high, value: choice[id] });
    }
    const fitting = Page.menu.mechanisms.filter((one) => one.places.some((kind) => world.kinds.includes(kind)));
    $("mechanisms").replaceChildren(...(fitting.length ? fitting.map(mechanism) : [Page.worded("p", "no_fit")]));
    $("knobs").replaceChildren(...world.knobs.map((knob) => {
      const told = press && knob.name in press.told;
      const value = told ? press.told[knob.name] : choice.params[knob.name] ?? (press ? knob.default : knob.value);
      return slider(knob, `knob-${knob.name}`, value, (v) => { choice.params[knob.name] = v; }, told);
    }));
    if (!Page.live) for (const one of $("choose").querySelectorAll("select, input, button")) one.disabled = true;
  };

  Page.startControls = (recorded) => {
    fresh(recorded ? recorded.press || recorded.world : Page.menu.worlds[0].name);
    if (recorded) choice = recorded;
    else addressed();
    draw();
    $("world").addEventListener("change", () => { fresh($("world").value); draw(); changed(); });
    for (const id of ["seed", "days", "burn_in"]) {
      $(id).addEventListener("change", () => { choice[id] = Number($(id).value); changed(); });
    }
    $("again").addEventListener("click", () => { choice = null; fresh((press || world).name); draw(); changed(); });
    Page.on("language", draw);
    return choice;
  };

  // What stands on a side, in words.
  Page.standing = (words) => {
    const named = words.filter((word) => !word.includes("="));
    if (!named.length) return Page.word("nothing_more");
    return named.map((name) => {
      const one = Page.menu.mechanisms.find((found) => found.name === name);
      const off = words.some((word) => word === `${name}.channels=off`)
        ? one.channels : one.channels.filter((channel) => words.includes(`${name}.${channel.name}=off`));
      const less = off.length === one.channels.length ? `(${Page.word("all_off")})` : off.map((c) => `− ${Page.pick(c.text)}`).join(" ");
      return `${Page.pick(one.text)} ${less}`.trim();
    }).join(" + ");
  };
})();
