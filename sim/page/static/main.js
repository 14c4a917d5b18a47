// The page begins: words, controls, and either a server or a recording.
"use strict";
(async () => {
  const $ = Page.$, SPEEDS = [0.5, 1, 2, 5, 10, 20, 30, 60];
  let playing = false;
  Page.ask = () => {};

  const speed = () => SPEEDS[Number($("speed").value)];
  const buttons = () => {
    $("play").textContent = Page.word(playing ? "pause" : "play");
    $("play").setAttribute("aria-pressed", playing);
    $("pace").textContent = Page.word("per_second", { n: speed() });
    $("speed").setAttribute("aria-valuetext", $("pace").textContent);
  };
  const set = (now) => { playing = now; buttons(); };

  const day = () => {
    if (!Page.frame) return;
    $("day").textContent = Page.word("day", { day: Page.frame.day, days: Page.days });
    $("progress").value = Page.days ? Page.frame.day / Page.days : 0;
  };
  const sides = () => {
    if (!Page.sides) return;
    $("left-words").textContent = Page.standing(Page.sides[0]);
    $("right-words").textContent = Page.standing(Page.sides[1]);
  };
  Page.on("day", day);
  Page.on("founded", () => { sides(); Page.say("status", playing ? "playing" : "ready"); });
  Page.on("ended", () => { set(false); Page.say("status", "ended"); });
  Page.on("language", () => { if (Page.menu) { buttons(); day(); sides(); Page.again(); } });

  $("play").addEventListener("click", () => {
    if (!playing && Page.frame && Page.frame.day >= Page.days) Page.reset();
    set(!playing);
    if (playing) Page.play(speed());
    else Page.pause();
    Page.say("status", playing ? "playing" : "paused");
  });
  $("step").addEventListener("click", () => { set(false); Page.step(); Page.say("status", "paused"); });
  $("reset").addEventListener("click", () => { set(false); Page.pause(); Page.reset(); });
  $("speed").addEventListener("input", () => { buttons(); Page.pace(speed()); });
  $("reveal").addEventListener("click", () => { set(false); Page.pause(); Page.tell("revealing"); }, { capture: true });
  $("english").addEventListener("click", () => Page.speak("en"));
  $("chinese").addEventListener("click", () => Page.speak("zh"));

  Page.live = !Page.isRecording();
  let recording = null;
  if (Page.live) Page.menu = await (await fetch("/menu.json")).json();
  else {
    recording = await Page.openRecording();
    Page.menu = recording.told.menu;
  }
  const fallback = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  const choice = Page.startControls(recording && recording.told.setup);
  Page.startMaps();
  Page.startLives();
  Page.startResults();
  Page.startFiles();
  $("replayed").hidden = Page.live;
  await document.fonts.load('15px "Grassroots Sans"', "模a");
  Page.speak(Page.recall("language", fallback));
  Page.startCharts();
  if (Page.live) Page.link(choice);
  else Page.playRecording(recording);
})();
