// What the time axis shows: runs in lanes, moments that can be scrubbed, labels of the ruler.
const LABEL_PX = 76; // the least room for a label of the ruler

// Runs that do not overlap share a lane; a run has a bar for each status, and one for each thing that it does.
function lanesOf(document) {
  const lanes = [];
  const free = []; // of each lane, from when it is free
  for (const run of document.runs.filter((item) => item.kind === "run")) {
    const until = Math.max(run.until, run.at);
    const found = free.findIndex((at) => at <= run.at);
    const at = found < 0 ? lanes.length : found;
    lanes[at] ??= { bars: [], steps: [] };
    free[at] = Math.max(until, run.at + document.lengthMs / 1_000);
    lanes[at].bars.push(...statusBars(run, until));
    lanes[at].steps.push(...run.lines.filter((line) => line.kind !== "status").map((line) => stepBar(line, run)));
  }
  return lanes;
}

function statusBars(run, until) {
  const states = run.lines.filter((line) => line.kind === "status");
  return states.map(({ at, text }, number) => ({ at, until: states[number + 1]?.at ?? until, text, kind: classOf(text), run }));
}

function stepBar(line, run) {
  const isMessage = line.kind === "message";
  const text = isMessage ? "message" : firstWords(line.text, 60);
  const until = Math.max(line.until ?? line.at, line.pieces?.at(-1) ?? 0);
  return { at: line.at, until, text, kind: isMessage ? "says" : "does", pieces: line.pieces, run };
}

// Every request and every event, in the order of time.
function momentsOf(document) {
  const moments = [];
  for (const { at, number, events } of document.requests) {
    moments.push({ at, request: number, event: null });
    (events ?? []).forEach(([at_], event) => moments.push({ at: at_, request: number, event }));
  }
  const place = ({ event }) => event ?? -1;
  return moments.sort((one, other) => one.at - other.at || one.request - other.request || place(one) - place(other));
}

// The last moment that is not after a time.
function momentAt(moments, at) {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return moments[Math.max(low - 1, 0)];
}

// What is wide enough to be seen: of several bars in one pixel the first one is drawn.
function inSight(bars, { from, to }, width) {
  let drawn = -1;
  return bars.filter((bar) => {
    if (bar.until < from || bar.at > to) return false;
    const right = Math.round(((bar.until - from) / (to - from)) * width);
    if (right <= drawn) return false;
    drawn = right;
    return true;
  });
}

function roundStep(about) {
  const power = 10 ** Math.floor(Math.log10(Math.max(about, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= about);
}

// The labels of the ruler; where no times were recorded they count the requests.
function rulerOf(document, { from, to }, width) {
  const pxOf = (at) => ((at - from) / (to - from)) * width;
  const isWhole = ({ at }) => at >= from && pxOf(at) <= width - LABEL_PX * 0.8;
  if (!isTimed(document)) return requestLabels(document, pxOf).filter(isWhole);
  const step = roundStep(((to - from) * LABEL_PX) / Math.max(width, LABEL_PX));
  const first = Math.ceil(from / step);
  const labels = Array.from({ length: Math.floor((to - from) / step) + 2 }, (_, number) => (first + number) * step);
  return labels.map((at) => ({ at, text: clock(at, step) })).filter(isWhole);
}

function requestLabels(document, pxOf) {
  let taken = -Infinity;
  return document.requests.flatMap(({ at, number }) => {
    if (pxOf(at) < taken) return [];
    taken = pxOf(at) + LABEL_PX;
    return [{ at, text: placeText(number) }];
  });
}

const placeText = (number) => `request ${number + 1}`;

function isTimed(document) {
  return document.isTimed || page.source === "live";
}

// A time for people; in a recording without times the request that it belongs to.
function momentText(document, at) {
  if (isTimed(document)) return clock(at);
  const after = document.requests.findIndex((request) => request.at > at);
  return placeText(Math.max((after < 0 ? document.requests.length : after) - 1, 0));
}
