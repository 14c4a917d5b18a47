// The three maps. Which household each pixel shows is worked out once for a view; a day is then a matter of colours,
// and pointing at a household one of looking it up.
"use strict";
(() => {
  const IDS = ["left", "right", "difference"];
  const OUTSIDE = 0xffffffff;
  const view = { x: 0, y: 0, scale: 1, width: 0, height: 0 };
  let pixels = new Int32Array(0), images = [], stale = true, wanted = false, afterwards = [], pointed = -1, chosen = -1;

  Page.layer = "state";
  Page.chosen = () => chosen;

  const canvases = () => IDS.map((id) => Page.$(id));

  // Canvases are as fine as the screen, up to twice; all three are of one size.
  const measure = () => {
    const ratio = Math.min(window.devicePixelRatio || 1, 2), box = Page.$("left").getBoundingClientRect();
    const width = Math.max(64, Math.round(box.width * ratio)), height = Math.max(64, Math.round(box.height * ratio));
    if (width === view.width && height === view.height) return false;
    const grown = view.width ? width / view.width : 0;
    view.width = width;
    view.height = height;
    for (const canvas of canvases()) {
      canvas.width = width;
      canvas.height = height;
    }
    images = canvases().map((canvas) => canvas.getContext("2d").createImageData(width, height));
    pixels = new Int32Array(width * height);
    if (grown) view.scale *= grown;
    stale = true;
    return true;
  };

  const fitBox = (x, y, w, h) => {
    view.scale = 0.96 * Math.min(view.width / w, view.height / h);
    view.x = x + w / 2;
    view.y = y + h / 2;
    stale = true;
    Page.paint();
  };
  Page.fit = () => Page.scene && fitBox(0, 0, Page.scene.width, Page.scene.height);

  // Plane to pixels: x goes east, y north.
  const px = (x) => (x - view.x) * view.scale + view.width / 2;
  const py = (y) => view.height / 2 - (y - view.y) * view.scale;

  const lay = () => {
    const { width, height } = view, { land, rect, households } = Page.scene;
    const cellOf = Array.from({ length: width }, (_, p) => Math.floor((p + 0.5 - width / 2) / view.scale + view.x));
    for (let q = 0; q < height; q++) {
      const y = Math.floor(view.y - (q + 0.5 - height / 2) / view.scale), inside = y >= 0 && y < Page.scene.height;
      for (let p = 0, at = q * width; p < width; p++, at++) {
        const x = cellOf[p];
        pixels[at] = inside && x >= 0 && x < Page.scene.width ? -1 - land[y * Page.scene.width + x] : -100;
      }
    }
    for (let h = 0; h < households; h++) {
      const x = px(rect[4 * h]), y = py(rect[4 * h + 1] + rect[4 * h + 3]);
      const left = Math.round(x), top = Math.round(y);
      const right = Math.max(left + 1, Math.round(x + rect[4 * h + 2] * view.scale));
      const bottom = Math.max(top + 1, Math.round(y + rect[4 * h + 3] * view.scale));
      if (right <= 0 || bottom <= 0 || left >= width || top >= height) continue;
      for (let q = Math.max(top, 0); q < Math.min(bottom, height); q++) {
        pixels.fill(h, q * width + Math.max(left, 0), q * width + Math.min(right, width));
      }
    }
    stale = false;
  };

  const paint = () => {
    wanted = false;
    if (!Page.scene || !Page.frame) return;
    measure();
    if (stale) lay();
    const land = Page.landColours;
    canvases().forEach((canvas, which) => {
      const colours = Page.colours(Page.layer, which), image = images[which], out = new Uint32Array(image.data.buffer);
      for (let p = 0; p < out.length; p++) {
        const i = pixels[p];
        out[p] = i >= 0 ? colours[i] : i === -100 ? OUTSIDE : land[-1 - i];
      }
      const context = canvas.getContext("2d");
      context.putImageData(image, 0, 0);
      above(context, which);
    });
    describe();
    const done = afterwards;
    afterwards = [];
    done.forEach((call) => call());
  };

  // Paints with the next picture that the browser shows; whoever asks is told when it is done.
  Page.paint = (then) => {
    if (then) afterwards.push(then);
    if (!wanted) {
      wanted = true;
      requestAnimationFrame(paint);
    }
  };

  const above = (context, which) => {
    const unit = Math.max(1, view.width / 400);
    for (const desk of Page.scene.desks) {
      context.fillStyle = "#16232f";
      context.beginPath();
      context.arc(px(desk.x), py(desk.y), 2.6 * unit, 0, 7);
      context.fill();
    }
    for (let at = 0, r = Page.scene.routes; at < r.length; ) {
      const twin = r[at], crew = r[at + 1], n = r[at + 2], points = r.subarray(at + 3, at + 3 + 2 * n);
      at += 3 + 2 * n;
      if (which === twin) circuit(context, points, n, Page.crews[crew % Page.crews.length], unit);
    }
    for (const [h, colour] of [[pointed, "#16232f"], [chosen, "#b5639a"]]) {
      if (h < 0) continue;
      const r = Page.scene.rect.subarray(4 * h, 4 * h + 4);
      context.strokeStyle = colour;
      context.lineWidth = 1.5 * unit;
      const wide = Math.max(r[2] * view.scale, 3 * unit), high = Math.max(r[3] * view.scale, 3 * unit);
      context.strokeRect(px(r[0]) - unit, py(r[1] + r[3]) - unit, wide + 2 * unit, high + 2 * unit);
    }
  };

  // A crew goes along its circuit from the first to the last day of a week.
  const circuit = (context, points, n, colour, unit) => {
    const at = (k) => [px(points[2 * k]), py(points[2 * k + 1])];
    context.strokeStyle = colour;
    context.lineWidth = 1.4 * unit;
    context.beginPath();
    for (let k = 0; k < n; k++) context[k ? "lineTo" : "moveTo"](...at(k));
    context.stroke();
    const along = (((((Page.frame.day - 1) % 7) + 7) % 7) / 6) * (n - 1), k = Math.min(Math.floor(along), n - 2), t = along - k;
    if (n < 2) return;
    const [a, b] = [at(k), at(k + 1)];
    context.fillStyle = colour;
    context.beginPath();
    context.arc(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, 4 * unit, 0, 7);
    context.fill();
  };

  // What cannot be seen is told: by each canvas, in words, now and then.
  let told = "";
  const describe = () => {
    const text = Page.word("summary", { left: Page.suffering(0), right: Page.suffering(1), n: Page.scene.households });
    if (text === told) return;
    told = text;
    const keys = Page.word("map_keys"), covered = document.body.classList.contains("covered");
    for (const [id, name] of [["left", "left_map"], ["right", "right_map"], ["difference", "difference_map"]]) {
      Page.$(id).setAttribute("aria-label", covered ? `${Page.word(name)}. ${keys}` : `${Page.word(name)}. ${text} ${keys}`);
    }
  };
  Page.on("language", () => { told = ""; if (Page.frame) describe(); });

  // -- pointing, moving, zooming --------------------------------------------------------------

  const under = (event) => {
    const box = event.target.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * view.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * view.height);
    const at = y * view.width + x;
    return x >= 0 && x < view.width && y >= 0 && y < view.height && pixels[at] >= 0 ? pixels[at] : -1;
  };

  Page.place = (h) => {
    const { kinds, kind, unit, building, floor } = Page.scene;
    return Page.word(`in_${kinds[kind[h]]}`, { unit: unit[h], building: building[h], floor: floor[h] });
  };
  const tellPointed = () => {
    const box = Page.$("hover");
    if (pointed < 0 || !Page.frame) {
      box.textContent = Page.word("hover");
      return;
    }
    const covered = document.body.classList.contains("covered");
    const [left, right] = [0, 1].map((twin) => (covered && twin ? "?" : Page.meaning(Page.layer, twin, pointed)));
    const a = Page.word("listed", { a: Page.word("household_is", { n: pointed }), b: Page.place(pointed) });
    box.textContent = Page.word("sides", { a, left, right });
  };
  Page.on("day", () => pointed >= 0 && tellPointed());
  Page.on("language", tellPointed);

  const zoom = (by, x = view.width / 2, y = view.height / 2) => {
    const east = (x - view.width / 2) / view.scale + view.x, north = view.y - (y - view.height / 2) / view.scale;
    view.scale = Math.max(0.5, Math.min(view.scale * by, view.width));
    view.x = east - (x - view.width / 2) / view.scale;
    view.y = north + (y - view.height / 2) / view.scale;
    stale = true;
    Page.paint();
  };
  const move = (x, y) => {
    view.x -= x / view.scale;
    view.y += y / view.scale;
    stale = true;
    Page.paint();
  };
  Page.view = () => ({ ...view });

  const pointers = new Map();
  let moved = 0;
  const ratio = () => view.width / Page.$("left").getBoundingClientRect().width;
  const gap = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  const down = (event) => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    event.target.setPointerCapture(event.pointerId);
    moved = 0;
  };
  const over = (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) {
      const found = Page.scene ? under(event) : -1;
      if (found !== pointed) {
        pointed = found;
        tellPointed();
        Page.paint();
      }
      return;
    }
    const wide = pointers.size === 2 ? gap() : 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    moved += Math.abs(x) + Math.abs(y);
    if (pointers.size === 2) zoom(gap() / Math.max(wide, 1));
    else if (moved > 4) move(x * ratio(), y * ratio());
  };
  const up = (event) => {
    if (pointers.size === 1 && moved <= 4 && event.type === "pointerup") {
      const found = under(event);
      if (found >= 0) Page.choose(found);
    }
    pointers.delete(event.pointerId);
  };
  Page.choose = (h) => {
    chosen = h;
    Page.$("household").value = h;
    Page.tell("chosen", h);
    Page.paint();
  };

  const key = (event) => {
    const far = view.width / 8;
    const doing = {
      ArrowLeft: () => move(far, 0),
      ArrowRight: () => move(-far, 0),
      ArrowUp: () => move(0, far),
      ArrowDown: () => move(0, -far),
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      0: () => Page.fit(),
    }[event.key];
    if (!doing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    doing();
  };

  const panels = () => {
    const { kinds, panels: there } = Page.scene;
    const made = kinds.length < 2 ? [] : there.map((panel) =>
      Page.make("button", { type: "button", onclick: () => fitBox(panel.x, panel.y, panel.w, panel.h) }, Page.pick(Page.menu.places[panel.kind])));
    Page.$("panels").replaceChildren(...made);
  };
  const layers = () => {
    const here = Page.layersHere();
    if (!here.includes(Page.layer)) Page.layer = "state";
    Page.$("layer").replaceChildren(...here.map((name) => Page.make("option", { value: name, selected: name === Page.layer }, Page.word(name))));
    Page.legend(Page.layer);
  };

  let shape = "";
  Page.on("scene", () => {
    const { width, height, kinds, households } = Page.scene, now = [width, height, kinds, households].join();
    measure();
    if (now !== shape) {
      chosen = pointed = -1;
      Page.fit();
    }
    shape = now;
    stale = true;
    layers();
    panels();
  });
  Page.on("moved", () => { stale = true; });
  Page.on("language", () => { if (Page.scene) { layers(); panels(); } });

  Page.startMaps = () => {
    for (const canvas of canvases()) {
      canvas.addEventListener("pointerdown", down);
      canvas.addEventListener("pointermove", over);
      canvas.addEventListener("pointerup", up);
      canvas.addEventListener("pointercancel", up);
      canvas.addEventListener("pointerleave", () => { if (!pointers.size && pointed >= 0) { pointed = -1; tellPointed(); Page.paint(); } });
      canvas.addEventListener("wheel", (event) => {
        event.preventDefault();
        const box = canvas.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY / 400), (event.clientX - box.left) * ratio(), (event.clientY - box.top) * ratio());
      }, { passive: false });
      canvas.addEventListener("keydown", key);
    }
    Page.$("layer").addEventListener("change", (event) => {
      Page.layer = event.target.value;
      Page.legend(Page.layer);
      Page.paint();
    });
    Page.$("zoom-in").addEventListener("click", () => zoom(1.5));
    Page.$("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
    Page.$("fit").addEventListener("click", Page.fit);
    new ResizeObserver(() => Page.paint()).observe(Page.$("left"));
  };
})();
