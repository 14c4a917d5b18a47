// Reads the binary messages that sim/page/frames.py writes, and keeps what a frame leaves out as it was.
"use strict";
(() => {
  const KINDS = { 0: Uint8Array, 1: Int32Array, 2: Float32Array, 3: Float64Array };
  const MAGIC = 0x31535247; // "GRS1", little-endian

  Page.isFrame = (buffer) => buffer.byteLength >= 16 && new DataView(buffer).getUint32(0, true) === MAGIC;

  Page.decode = (buffer) => {
    const view = new DataView(buffer);
    const frame = { day: view.getInt32(4, true), run: view.getUint32(8, true), sections: {} };
    let at = 16;
    for (let n = view.getUint32(12, true); n > 0; n--) {
      let name = "";
      for (let k = 0; k < 8; k++) {
        const code = view.getUint8(at + k);
        if (code) name += String.fromCharCode(code);
      }
      const kind = view.getUint8(at + 8), size = view.getUint32(at + 12, true), start = at + 16;
      if (kind === 4) frame.sections[name] = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start, size)));
      else frame.sections[name] = new KINDS[kind](buffer, start, size / KINDS[kind].BYTES_PER_ELEMENT);
      at = start + size + ((8 - (size % 8)) % 8);
    }
    return frame;
  };

  // What never changes; of another pair on the same ground the server tells only the words.
  let still = null;

  // A scene begins: what is followed in time begins anew with it.
  Page.stage = (frame) => {
    const s = frame.sections;
    if (s.rect) still = s;
    Page.scene = { ...still, ...s.words, run: frame.run, cover: null, routes: new Float32Array(0), trust: null };
    Page.history = [];
    Page.frame = null;
    Page.tell("scene");
  };

  // A day: what it says takes the place of what was; a day shown before is not counted twice.
  Page.show = (frame) => {
    if (!Page.scene || frame.run !== Page.scene.run) return;
    const s = frame.sections;
    Page.frame = { day: frame.day, state: s.state, series: s.series };
    for (const name of ["trust", "cover", "routes", "rect"]) if (s[name]) Page.scene[name] = s[name];
    if (s.rect) Page.tell("moved");
    const last = Page.history.length ? Page.history[Page.history.length - 1].day : -1;
    if (frame.day > last) Page.history.push({ day: frame.day, series: s.series });
    Page.tell("day", s.events);
  };
})();
