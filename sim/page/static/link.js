// The server: what is asked of it and what comes back. Every frame that has been drawn is acknowledged.
"use strict";
(() => {
  const $ = Page.$;
  let socket = null, asks = 0, waiting = null, answered = true, shown = 0, coming = null;

  const send = (message) => { if (socket && socket.readyState === 1) socket.send(JSON.stringify(message)); };

  Page.link = (choice) => {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/twins`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => found(choice);
    socket.onmessage = ({ data }) => (typeof data === "string" ? words(JSON.parse(data)) : numbers(data));
    socket.onclose = () => { if (!$("status").dataset.final) Page.say("status", "closed"); };
    Page.ask = send;
    Page.on("choice", found);
    Page.play = (speed) => send({ type: "play", speed });
    Page.pace = (speed) => send({ type: "speed", speed });
    Page.pause = () => send({ type: "pause" });
    Page.step = () => send({ type: "step" });
    Page.reset = () => send({ type: "reset" });
  };

  // A slider that moves asks for one world after another: only the last matters, and one is under way at a time.
  const found = (choice) => {
    waiting = structuredClone(choice);
    if (answered) next();
  };
  const next = () => {
    if (!waiting) return;
    answered = false;
    send({ type: "found", setup: waiting, ask: ++asks });
    waiting = null;
  };
  // Whether what was asked for last is what is shown.
  Page.settled = () => shown === asks && !waiting;
  const answer = () => {
    answered = true;
    next();
  };

  const words = (said) => {
    const doing = {
      founding: () => {
        Page.say("error", "");
        Page.say("status", "founding", { percent: said.of ? Math.round((100 * said.day) / said.of) : 100 });
        answer();
      },
      founded: () => {
        Page.say("error", "");
        Page.days = said.days;
        Page.sides = [said.left, said.right];
        Page.tell("founded");
        coming = said;
        answer();
      },
      ended: () => {
        Page.tell("ended");
        Page.learn(said.outcomes);
        Page.reveal(said.outcomes);
      },
      outcomes: () => {
        Page.learn(said.outcomes);
        if (revealing) Page.reveal(said.outcomes);
        revealing = false;
      },
      biography: () => Page.tellLife(said),
      file: () => Page.fileNamed(said.name),
      error: () => {
        Page.wrong(said.message);
        if (said.about === "found") shown = asks;
        answer();
      },
      full: () => { Page.say("status", "full", { most: said.most }); $("status").dataset.final = "1"; },
      gone: () => { Page.say("status", "gone"); $("status").dataset.final = "1"; },
    }[said.type];
    if (doing) doing();
  };
  let revealing = false;
  Page.on("revealing", () => { revealing = true; });

  const numbers = (buffer) => {
    if (!Page.isFrame(buffer)) {
      Page.fileCame(buffer);
      return;
    }
    const frame = Page.decode(buffer);
    if (frame.sections.words) Page.stage(frame);
    else {
      Page.show(frame);
      Page.paint(() => {
        send({ type: "ack" });
        if (coming && coming.run === frame.run) {
          shown = coming.ask || shown;
          coming = null;
        }
      });
    }
  };

  // The words of a mistake are the command line's, in English whatever the page's language.
  Page.wrong = (message) => {
    const box = $("error");
    box.replaceChildren(Page.worded("span", "wrong"), Page.make("span", { lang: "en", translate: "no" }, message));
    box.hidden = false;
    Page.say("made", "");
  };
})();
