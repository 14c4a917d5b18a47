// What all scripts of the page share: words in two languages, elements, numbers, and who is told of what.
"use strict";
const Page = { language: "en", menu: null, scene: null, frame: null, history: [], live: true };

Page.$ = (id) => document.getElementById(id);

// -- words ------------------------------------------------------------------------------------

Page.fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
Page.pick = (both) => (both ? both[Page.language] : "");
Page.word = (key, values) => Page.fill(Page.pick(Page.menu.words[key]), values);

Page.speak = (language) => {
  Page.language = language;
  const root = document.documentElement;
  root.lang = language === "zh" ? "zh-Hans" : "en";
  for (const one of document.querySelectorAll("[data-w]")) one.textContent = Page.word(one.dataset.w);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", Page.word(one.dataset.label));
  document.title = Page.word("title");
  Page.$("english").setAttribute("aria-pressed", language === "en");
  Page.$("chinese").setAttribute("aria-pressed", language === "zh");
  Page.remember("language", language);
  Page.tell("language");
};

// A status or message keeps what it says, so that it can be said again in the other language.
Page.say = (id, key, values) => {
  const one = Page.$(id);
  one.dataset.said = JSON.stringify([key, values || {}]);
  one.textContent = key ? Page.word(key, Page.resolved(values)) : "";
  one.hidden = !key && one.id === "error";
};
Page.resolved = (values) =>
  Object.fromEntries(Object.entries(values || {}).map(([name, value]) => [name, value && value.en !== undefined ? Page.pick(value) : value]));
Page.again = () => {
  for (const one of document.querySelectorAll("[data-said]")) {
    const [key, values] = JSON.parse(one.dataset.said);
    one.textContent = key ? Page.word(key, Page.resolved(values)) : "";
  }
};

// -- who is told ------------------------------------------------------------------------------

const listeners = {};
Page.on = (what, call) => (listeners[what] ||= []).push(call);
Page.tell = (what, ...more) => (listeners[what] || []).forEach((call) => call(...more));

// -- elements and numbers ---------------------------------------------------------------------

Page.make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
Page.worded = (tag, key, attributes = {}) => Page.make(tag, { ...attributes, "data-w": key }, Page.word(key));

// Three digits that count; what is missing says so.
Page.number = (value, sign = false) => {
  if (value === null || value === undefined || Number.isNaN(value)) return Page.word("no_value");
  const size = Math.abs(value);
  const decimals = Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = size.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const zero = Number(text.replace(/,/g, "")) === 0;
  return (value < 0 && !zero ? "−" : sign && !zero ? "+" : "") + text;
};

const kept = {};
Page.remember = (name, value) => {
  kept[name] = value;
  try { localStorage.setItem(`twins-${name}`, JSON.stringify(value)); } catch { /* nothing may be kept: then not */ }
};
Page.recall = (name, otherwise) => {
  try {
    const found = localStorage.getItem(`twins-${name}`);
    if (found !== null) return JSON.parse(found);
  } catch { /* nothing is kept */ }
  return name in kept ? kept[name] : otherwise;
};
