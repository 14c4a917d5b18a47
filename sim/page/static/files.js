// What can be taken away: files that the server makes, and the picture, which is made here.
"use strict";
(() => {
  const $ = Page.$;
  let named = null;

  Page.save = (name, blob) => {
    const link = Page.make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    Page.say("made", "made", { name });
  };
  Page.fileNamed = (name) => { named = name; };
  Page.fileCame = (buffer) => {
    if (named) Page.save(named, new Blob([buffer]));
    named = null;
  };

  // The maps with what stands below and above them, so that the picture says by itself what it is.
  const wrap = (context, text, width) => {
    const parts = Page.language === "zh" ? [...text] : text.split(/(?<= )/);
    const lines = [""];
    for (const part of parts) {
      if (context.measureText(lines[lines.length - 1] + part).width > width && lines[lines.length - 1]) lines.push("");
      lines[lines.length - 1] += part;
    }
    return lines;
  };
  const picture = async () => {
    await document.fonts.load('16px "Grassroots Sans"', "模拟");
    const maps = ["left", "right", "difference"].map((id) => $(id)), covered = document.body.classList.contains("covered");
    const gap = 16, size = 480, width = 3 * size + 4 * gap, canvas = Page.make("canvas"), context = canvas.getContext("2d");
    const font = (n) => { context.font = `${n}px "Grassroots Sans", sans-serif`; };
    font(15);
    const heads = [["left_map", "left-words"], ["right_map", "right-words"], ["difference_map", null]].map(([key, id]) =>
      wrap(context, Page.word("named", { a: Page.word(key), b: id ? $(id).textContent : $("layer").selectedOptions[0].textContent }), size));
    const legend = [...$("legend").querySelectorAll("span, b")], foot = wrap(context, Page.word("under"), width - 2 * gap);
    const head = 40 + 20 * Math.max(...heads.map((lines) => lines.length));
    canvas.width = width;
    canvas.height = head + size + gap + 26 * Math.ceil(legend.length / 6) + 20 * foot.length + 2 * gap;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#16232f";
    font(19);
    context.fillText(`${Page.word("title")} · ${$("day").textContent}`, gap, 28);
    font(15);
    heads.forEach((lines, k) => lines.forEach((line, n) => context.fillText(line, gap + k * (size + gap), 54 + 20 * n)));
    maps.forEach((map, k) => {
      if (covered && k) context.strokeRect(gap + k * (size + gap), head, size, size);
      else context.drawImage(map, gap + k * (size + gap), head, size, size);
    });
    legend.forEach((one, k) => {
      const x = gap + (k % 6) * ((width - gap) / 6), y = head + size + gap + 26 * Math.floor(k / 6), mark = one.querySelector("i");
      if (mark) {
        const scale = mark.classList.contains("scale");
        if (scale) {
          const fill = context.createLinearGradient(x, 0, x + 40, 0);
          (mark.style.background.match(/rgb\([^)]*\)/g) || []).forEach((colour, n, all) => fill.addColorStop(n / (all.length - 1), colour));
          context.fillStyle = fill;
        } else context.fillStyle = getComputedStyle(mark).backgroundColor;
        context.fillRect(x, y, scale ? 40 : 16, 16);
        context.strokeStyle = "#5a6773";
        context.strokeRect(x, y, scale ? 40 : 16, 16);
        context.fillStyle = "#16232f";
        const said = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join(" - ");
        context.fillText(said, x + (scale ? 46 : 22), y + 14);
      } else context.fillText(one.textContent, x, y + 14);
    });
    foot.forEach((line, n) => context.fillText(line, gap, canvas.height - gap - 20 * (foot.length - 1 - n)));
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    Page.save(`twins-day-${Page.frame.day}.png`, blob);
  };

  Page.startFiles = () => {
    for (const what of ["config", "tables", "replay"]) {
      $(what).addEventListener("click", () => { Page.say("made", "making"); Page.ask({ type: what }); });
      $(what).hidden = !Page.live;
    }
    $("picture").addEventListener("click", () => { if (Page.frame) picture(); });
  };
})();
