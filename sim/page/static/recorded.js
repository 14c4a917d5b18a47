// A recording: the page plays what it carries along. It answers what it can by itself, and cannot be changed.
"use strict";
(() => {
  const bytes = (id) => {
    const text = atob(Page.$(`recorded-${id}`).textContent), out = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) out[k] = text.charCodeAt(k);
    return out;
  };
  const inflate = async (id) =>
    new Response(new Blob([bytes(id)]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();

  Page.isRecording = () => Page.$("recorded-told") !== null;

  // Every frame holds what has changed of households since the one before.
  const unpack = (buffer) => {
    const view = new DataView(buffer), out = [];
    let before = null;
    for (let at = 0; at < buffer.byteLength; ) {
      const size = view.getUint32(at, true), frame = Page.decode(buffer.slice(at + 4, at + 4 + size));
      const state = frame.sections.state.slice();
      if (before) for (let h = 0; h < state.length; h++) state[h] ^= before[h];
      frame.sections.state = before = state;
      out.push(frame);
      at += 4 + size;
    }
    return out;
  };

  Page.openRecording = async () => {
    const told = JSON.parse(new TextDecoder().decode(await inflate("told")));
    const scene = await inflate("scene"), frames = unpack(await inflate("frames"));
    return { told, scene, frames };
  };

  const mine = (key, household, told) => {
    const { kinds, kind, building, unit } = Page.scene, [what, bearer] = key;
    if (!told.shared.includes(what)) return bearer === household;
    if (kinds[kind[household]] !== "compound" || told.assets.compound.length === 0) return bearer === told.site[household];
    const whose = told.assets.building[bearer];
    return told.assets.compound[bearer] === unit[household] && (whose === -1 || whose === building[household]);
  };

  Page.playRecording = ({ told, scene, frames }) => {
    let at = 0, timer = null, speed = 10;
    const show = () => {
      Page.show(frames[at]);
      Page.paint();
      if (at === frames.length - 1) { stop(); Page.tell("ended"); Page.learn(told.outcomes); Page.reveal(told.outcomes); }
    };
    const stop = () => { clearInterval(timer); timer = null; };
    const go = () => { stop(); timer = setInterval(forward, 1000 / speed); };
    const forward = () => { if (at < frames.length - 1) { at++; show(); } else stop(); };
    const begin = () => {
      at = 0;
      Page.stage(Page.decode(scene.slice(0)));
      Page.tell("founded");
      show();
    };
    Page.settled = () => true;
    Page.days = frames[frames.length - 1].day;
    Page.sides = told.sides;
    Page.play = (n) => { speed = n; go(); };
    Page.pace = (n) => { speed = n; if (timer) go(); };
    Page.pause = stop;
    Page.step = () => { stop(); forward(); };
    Page.reset = () => { stop(); begin(); };
    Page.ask = (message) => {
      if (message.type === "outcomes") { Page.learn(told.outcomes); if (message.reveal) Page.reveal(told.outcomes); }
      if (message.type !== "biography") return;
      const h = message.household, wanted = JSON.stringify(message.case);
      const cases = message.case ? told.lives.filter((one) => JSON.stringify(one.key) === wanted) : told.lives.filter((one) => mine(one.key, h, told)).reverse();
      Page.tellLife({ household: message.case ? null : h, cases: cases.slice(0, 60) });
    };
    begin();
  };
})();
