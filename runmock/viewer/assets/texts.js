// Texts for people: times, counts, Markdown, JSON.
const { html, render, h, Fragment, useState, useEffect, useLayoutEffect, useRef, useMemo, useReducer } = lib;

const LONGEST_MARKDOWN = 50_000; // characters; a longer text is shown as it is
const LONGEST_SHOWN = 200_000; // characters of a JSON text that are shown at once

// A time, as finely as needed: `step` is how far from it the next time is that has to look different.
function clock(ms, step = Infinity) {
  const digits = (least) => Math.min(Math.max(least, Math.ceil(-Math.log10(step / 1000))), 6);
  const seconds = ms / 1000;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(digits(1)).padStart(digits(1) + 3, "0")} min`;
  if (seconds < 0.1 && step < 100) return `${Number(ms.toFixed(3))} ms`;
  if (seconds < 0.1) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  return `${seconds.toFixed(digits(seconds < 10 ? 2 : 1))} s`;
}

function count(number, noun, nouns = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}

function firstWords(text, most = 120) {
  const line = String(text ?? "")
    .replace(/\s+/g, " ")
    .trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}

function pretty(value) {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

function prettyText(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // no JSON: the code of a tool, or arguments that break off
  }
}

// Raw HTML stays text, links keep to http, https and mailto, and images become links: a page asks nobody for anything.
const markdown = new lib.MarkdownIt({ html: false, linkify: false, typographer: false });
markdown.validateLink = (url) => /^(https?:|mailto:)/i.test(url.trim());
markdown.renderer.rules.image = (tokens, at) => {
  const url = tokens[at].attrGet("src") ?? "";
  const safe = markdown.utils.escapeHtml;
  return `<a href="${safe(url)}" target="_blank" rel="noopener noreferrer">${safe(tokens[at].content || "image")} (image)</a>`;
};
const plainLink =
  markdown.renderer.rules.link_open ?? ((tokens, at, options, env, self) => self.renderToken(tokens, at, options));
markdown.renderer.rules.link_open = (tokens, at, options, env, self) => {
  tokens[at].attrSet("target", "_blank");
  tokens[at].attrSet("rel", "noopener noreferrer");
  return plainLink(tokens, at, options, env, self);
};

function Markdown({ text }) {
  if (text.length > LONGEST_MARKDOWN) return html`<div class="prose plain" dir="auto">${text}</div>`;
  return html`<div class="prose" dir="auto" dangerouslySetInnerHTML=${{ __html: markdown.render(text) }}></div>`;
}

function Code({ text, label }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > LONGEST_SHOWN && !isWhole;
  return html`
    <pre tabindex="0" role="group" aria-label=${label}>${isLong ? text.slice(0, LONGEST_SHOWN) : text}</pre>
    ${isLong && html`<button type="button" onClick=${() => setWhole(true)}>Show all ${count(text.length, "character")}</button>`}
  `;
}

const MARKS = { good: "✓", bad: "✗", warn: "!", ask: "?", wait: "○", "": "·" };
const CLASSES = {
  completed: "good",
  failed: "bad",
  expired: "bad",
  incomplete: "warn",
  cancelled: "warn",
  requires_action: "ask",
  queued: "wait",
  in_progress: "wait",
  cancelling: "wait",
  passed: "good",
  error: "bad",
  skipped: "wait",
  xfailed: "warn",
  xpassed: "warn",
};

function classOf(status) {
  if (typeof status === "number") return status >= 400 ? "bad" : status ? "good" : "wait";
  return Object.hasOwn(CLASSES, status) ? CLASSES[status] : "";
}

function Status({ status, text }) {
  const kind = classOf(status);
  return html`<span class="status ${kind}"><span class="mark" aria-hidden="true">${MARKS[kind]}</span>${text ?? status}</span>`;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // a page from disk may not be allowed to
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}
