// Which layers there are, and the colour of every household on each of them and in the difference.
"use strict";
(() => {
  const rgb = (text) => [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));
  const packed = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  const one = (text) => packed(rgb(text));
  const between = (stops, n) =>
    Array.from({ length: n }, (_, k) => {
      const at = (k / (n - 1)) * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2), t = at - low;
      const [a, b] = [rgb(stops[low]), rgb(stops[low + 1])];
      return packed(a.map((v, i) => Math.round(v + (b[i] - v) * t)));
    });
  const css = (colour) => `rgb(${colour & 255}, ${(colour >> 8) & 255}, ${(colour >> 16) & 255})`;

  const LAND = ["#e9ece2", "#d5dae0", "#bcc4cc", "#cddfc4", "#ddd5bf"].map(one);
  const LANDS = ["open_land", "building", "road", "woodland", "yard"];
  const VACANT = one("#a9b2bb"), AWAY = one("#d3d8ca"), NOT_ASKED = one("#dadfe3"), SAME = one("#fbfbfb");
  const CALM = one("#ffffff"), SILENT = one("#e69f00"), VOICED = one("#a8380a"), SETTLED = one("#2f9e78");
  const YES = one("#0b5a94"), NO = one("#e8c37a"), LEFT_TRADE = one("#b5639a");
  const BETTER = one("#0b5a94"), WORSE = one("#b5400a");
  const TRUST = between(["#5a1a1a", "#d98f3c", "#f4efd8", "#6aa7c9", "#0b3c66"], 251);
  const COVER = between(["#f4f1ec", "#9bc4d9", "#0b5a94", "#062f50"], 41);
  const PARTED = between(["#8f2d05", "#e08a52", "#eef0f2", "#5f9ecb", "#083f6e"], 201);

  const suffers = (state) => (state & 3) === 1 || (state & 3) === 2;
  const yesNo = (bit) => ({
    colour: (v) => (v & bit ? YES : NO),
    part: (l, r) => Math.sign((r & bit) - (l & bit)),
  });

  // A layer: of which kinds of settlement, what of a household it reads, its colour, and what the difference is:
  // above 0 is better on the right, or simply more.
  Page.layers = {
    state: {
      colour: (v) => [CALM, SILENT, VOICED, SETTLED][v & 3],
      part: (l, r) => suffers(l) - suffers(r),
      legend: [["calm", CALM], ["silent", SILENT], ["voiced", VOICED], ["settled", SETTLED]],
      parts: ["better", "worse"],
    },
    trust: {
      reads: "trust",
      colour: (v) => (v === 255 ? VACANT : TRUST[Math.min(v, 250)]),
      shade: (l, r) => (l === 255 ? null : PARTED[Math.max(0, Math.min(200, 100 + (r - l) * 2))]),
      scale: ["low", "high", TRUST],
      scaled: ["worse", "better", PARTED],
    },
    fee: {
      kinds: ["compound"], ...yesNo(4),
      legend: [["pays", YES], ["pays_not", NO]],
      parts: ["more", "less"],
    },
    roofs: {
      kinds: ["compound"],
      colour: (v) => (v & 64 ? VOICED : CALM),
      part: (l, r) => Math.sign((l & 64) - (r & 64)),
      legend: [["leaks", VOICED], ["dry", CALM]],
      parts: ["better", "worse"],
    },
    adopted: {
      kinds: ["village"],
      colour: (v) => (v & 8 ? YES : v & 16 ? LEFT_TRADE : NO),
      part: (l, r) => Math.sign((r & 8) - (l & 8)),
      legend: [["keeps", YES], ["has_left", LEFT_TRADE], ["never", NO]],
      parts: ["more", "less"],
    },
    coverage: {
      kinds: ["compound"], reads: "cover",
      colour: (v) => COVER[Math.min(v, 40)],
      shade: (l, r) => PARTED[Math.max(0, Math.min(200, 100 + (r - l) * 3))],
      scale: ["low", "high", COVER],
      scaled: ["less", "more", PARTED],
    },
  };

  Page.layersHere = () =>
    Object.keys(Page.layers).filter((name) => {
      const kinds = Page.layers[name].kinds;
      return !kinds || kinds.some((kind) => Page.scene.kinds.includes(kind));
    });

  // What a layer reads of every household in one twin.
  const values = (layer, twin) => {
    const n = Page.scene.households;
    if (layer.reads === "trust") return Page.scene.trust ? Page.scene.trust.subarray(twin * n, (twin + 1) * n) : null;
    if (layer.reads === "cover") {
      const there = Page.scene.units.compound, all = new Uint8Array(n);
      const own = Page.scene.cover, unit = Page.scene.unit;
      if (own) for (let h = 0; h < n; h++) all[h] = unit[h] < there ? own[twin * there + unit[h]] : 0;
      return all;
    }
    return Page.frame.state.subarray(twin * n, (twin + 1) * n);
  };

  const asked = (layer) => (layer.kinds ? Page.scene.kinds.map((kind) => layer.kinds.includes(kind)) : Page.scene.kinds.map(() => true));

  // The colour of every household of a twin (0 or 1), or of the difference (2).
  Page.colours = (name, which) => {
    const layer = Page.layers[name], n = Page.scene.households, out = new Uint32Array(n);
    const { kind, vacant } = Page.scene, here = asked(layer), state = Page.frame.state;
    const left = values(layer, 0), right = values(layer, 1);
    for (let h = 0; h < n; h++) {
      if (!here[kind[h]] || !left) out[h] = NOT_ASKED;
      else if (which === 2) {
        if (layer.shade) out[h] = layer.shade(left[h], right[h]) ?? VACANT;
        else {
          const part = layer.part(left[h], right[h]);
          out[h] = part > 0 ? BETTER : part < 0 ? WORSE : vacant[h] && name !== "fee" ? VACANT : SAME;
        }
      } else if (vacant[h] && name !== "fee" && name !== "roofs" && name !== "coverage" && !(state[which * n + h] & 3)) out[h] = VACANT;
      else if (state[which * n + h] & 32) out[h] = AWAY;
      else out[h] = layer.colour((which ? right : left)[h]);
    }
    return out;
  };

  Page.landColours = LAND;

  Page.legend = (name) => {
    const layer = Page.layers[name], box = Page.$("legend");
    const entry = (key, colour, round) => {
      const mark = Page.make("i", { class: round ? "round" : "" });
      mark.style.background = css(colour);
      return Page.make("span", {}, mark, Page.word(key));
    };
    const ramp = ([low, high, colours]) => {
      const mark = Page.make("i", { class: "scale" });
      const stops = [0, 0.25, 0.5, 0.75, 1].map((t) => css(colours[Math.round(t * (colours.length - 1))]));
      mark.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      return Page.make("span", {}, Page.word(low), mark, Page.word(high));
    };
    const row = (key, ...entries) => Page.make("p", {}, Page.make("b", {}, Page.word(key)), ...entries);
    const twins = name === "coverage" ? [Page.make("span", {}, Page.word("passes", { low: 0, high: 40 }))] : [];
    twins.push(...(layer.scale ? [ramp(layer.scale)] : layer.legend.map(([key, colour]) => entry(key, colour))));
    const parts = layer.scaled ? [ramp(layer.scaled)] : [entry(layer.parts[0], BETTER), entry(layer.parts[1], WORSE), entry("same", SAME)];
    if (Page.scene.vacant.some(Boolean)) twins.push(entry("vacant", VACANT));
    if (Page.scene.kinds.includes("pasture")) twins.push(entry("away", AWAY));
    if (layer.kinds && Page.scene.kinds.some((kind) => !layer.kinds.includes(kind))) twins.push(entry("no_path", NOT_ASKED));
    const used = new Set(Page.scene.land), land = LANDS.flatMap((key, use) => (used.has(use) ? [entry(key, LAND[use])] : []));
    if (Page.scene.kinds.includes("pasture")) land.push(entry("team", one(Page.crews[0]), true), entry("office", one("#16232f"), true));
    const out = [row("legend_twins", ...twins), row("legend_parts", ...parts), row("legend_land", ...land)];
    box.replaceChildren(...out);
  };

  // What a layer's colour means of one household, in words.
  Page.meaning = (name, twin, h) => {
    const layer = Page.layers[name], n = Page.scene.households, state = Page.frame.state[twin * n + h];
    if (!asked(layer)[Page.scene.kind[h]]) return Page.word("no_path");
    const value = values(layer, twin)?.[h];
    if (Page.scene.vacant[h] && name !== "fee" && name !== "roofs" && name !== "coverage") return Page.word("vacant");
    if (state & 32) return Page.word("away");
    if (name === "trust") return value === undefined ? Page.word("no_value") : Page.number(value / 250);
    if (name === "coverage") return Page.number(value);
    const keys = {
      state: () => ["calm", "silent", "voiced", "settled"][state & 3],
      fee: () => (state & 4 ? "pays" : "pays_not"),
      roofs: () => (state & 64 ? "leaks" : "dry"),
      adopted: () => (state & 8 ? "keeps" : state & 16 ? "has_left" : "never"),
    };
    return Page.word(keys[name]());
  };
  Page.suffering = (twin) => {
    const n = Page.scene.households;
    let count = 0;
    for (let h = twin * n; h < (twin + 1) * n; h++) if (suffers(Page.frame.state[h])) count++;
    return count;
  };
  Page.crews = ["#0072b2", "#d55e00", "#009e73", "#b5639a"];
})();
