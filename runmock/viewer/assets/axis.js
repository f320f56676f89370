// The time axis over everything: a lane for runs that do not overlap, their statuses and what they did, and a lane of requests.
const LANE_PX = 42;
const MOST_MARKS = 8;
const SMALLEST_WINDOW = 1 / 10_000; // of the whole time

function lanesOf(document) {
  const lanes = [];
  for (const run of document.runs.filter((item) => item.kind === "run")) {
    const until = Math.max(run.until, run.at);
    let lane = lanes.find((one) => one.until <= run.at);
    if (!lane) lanes.push(lane = { until: 0, bars: [], steps: [] });
    lane.until = Math.max(until, run.at + document.lengthMs / 1_000);
    const states = run.lines.filter((line) => line.kind === "status");
    states.forEach((line, at) => lane.bars.push({ at: line.at, until: states[at + 1]?.at ?? until, text: line.text, kind: classOf(line.text), run }));
    for (const line of run.lines.filter((one) => one.kind !== "status"))
      lane.steps.push({ at: line.at, until: Math.max(line.until ?? line.at, ...(line.pieces ?? [0]).slice(-1)), text: line.kind === "message" ? "message" : firstWords(line.text, 60), kind: line.kind === "message" ? "says" : "does", pieces: line.pieces, run });
  }
  return lanes;
}

function momentsOf(document) {
  const moments = [];
  for (const request of document.requests) {
    moments.push({ at: request.at, request: request.number, event: null });
    (request.events ?? []).forEach(([at], event) => moments.push({ at, request: request.number, event }));
  }
  return moments.sort((one, other) => one.at - other.at || one.request - other.request || (one.event ?? -1) - (other.event ?? -1));
}

function roundStep(about) {
  const power = 10 ** Math.floor(Math.log10(Math.max(about, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= about);
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

function Axis({ document, selected, onSelect, zoom }) {
  const lanes = useMemo(() => lanesOf(document), [document]);
  const moments = useMemo(() => momentsOf(document), [document]);
  const requests = useMemo(() => document.requests.map((request) => ({ ...request, text: `${request.method} ${request.path}` })), [document]);
  const plot = useRef(null);
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => plot.current && setWidth(plot.current.clientWidth));
    watch.observe(plot.current);
    return () => watch.disconnect();
  }, []);
  const { from, to } = zoom.window;
  const percent = (at) => `${((at - from) / (to - from)) * 100}%`;
  const place = ({ at, until }) => ({ left: percent(at), width: `${Math.max(((until - at) / (to - from)) * 100, 0)}%` });
  const told = (at) => (document.isTimed || page.source === "live" ? clock(at) : `step ${Math.round(at)}`);
  const step = roundStep((to - from) / MOST_MARKS);
  const marks = Array.from({ length: Math.floor((to - from) / step) + 2 }, (_, at) => (Math.ceil(from / step) + at) * step).filter((at) => at <= to);
  const now = selected.at ?? from;
  const onWheel = (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const box = plot.current.getBoundingClientRect();
    if (event.shiftKey) zoom.pan(((event.deltaX || event.deltaY) / box.width) * (to - from));
    else zoom.by(event.deltaY > 0 ? 1.25 : 0.8, from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  const onPointerDown = (down) => {
    if (down.button !== 0 || to - from >= document.lengthMs) return;
    let last = down.clientX;
    const box = plot.current.getBoundingClientRect();
    const move = (event) => { zoom.pan(((last - event.clientX) / box.width) * (to - from)); last = event.clientX; };
    const up = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", up); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  };
  useEffect(() => {
    const element = plot.current;
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  });
  const scrub = (event) => {
    const at = Number(event.currentTarget.value);
    let [low, high] = [0, moments.length];
    while (low < high) { const middle = (low + high) >> 1; if (moments[middle].at <= at) low = middle + 1; else high = middle; }
    const moment = moments[Math.max(low - 1, 0)];
    if (moment) onSelect({ request: moment.request, event: moment.event, item: null, at, ...(moment.event === null ? {} : { view: "events" }) });
  };
  const bar = (one, className) => html`
    <button type="button" tabindex="-1" class="bar ${className} ${one.kind}" style=${place(one)} data-request=${one.run?.request ?? one.number} data-item=${one.run?.number} data-at=${one.at}
            title="${one.run ? `${one.run.id ?? ""}: ` : ""}${one.text}, ${told(one.at)}${one.until > one.at ? ` to ${told(one.until)}` : ""}"
            onClick=${() => onSelect({ request: one.run?.request ?? one.number, item: one.run?.number ?? null, event: null })}>${one.text}</button>`;
  return html`
    <section id="axis" aria-label="Time axis">
      <div class="tools">
        <span class="dim">${document.isTimed || page.source === "live" ? "Time" : "No times were recorded: this is the order"}</span>
        <input type="range" id="scrub" aria-label="Time" aria-valuetext=${told(now)} min=${from} max=${to} step=${(to - from) / 1_000} value=${Math.min(Math.max(now, from), to)} onInput=${scrub} />
        <output class="mono">${told(now)}</output>
        <button type="button" title="Show less time (+)" aria-label="Zoom in" onClick=${() => zoom.by(0.5)}>+</button>
        <button type="button" title="Show more time (-)" aria-label="Zoom out" onClick=${() => zoom.by(2)}>−</button>
        <button type="button" title="Show everything (0)" onClick=${() => zoom.all()}>All</button>
      </div>
      <div class="plot" ref=${plot} onPointerDown=${onPointerDown}>
        <div class="ruler" aria-hidden="true">${marks.map((at) => html`<span key=${at} style=${{ left: percent(at) }}>${told(at)}</span>`)}</div>
        <div class="lanes">
          ${lanes.map((lane, number) => html`
            <div class="lane" key=${number} style=${{ height: `${LANE_PX}px` }}>
              ${inSight(lane.bars, zoom.window, width).map((one) => bar(one, "state"))}
              ${inSight(lane.steps, zoom.window, width).map((one) => bar(one, "step"))}
              <${Ticks} steps=${lane.steps} window=${zoom.window} width=${width} />
            </div>`)}
          <div class="lane sent">${inSight(requests, zoom.window, width).map((one) => bar(one, "request"))}</div>
        </div>
        <div class="marker" id="marker" hidden aria-hidden="true"></div>
        <div class="cursor" style=${{ left: percent(now) }} hidden=${now < from || now > to} aria-hidden="true"></div>
      </div>
    </section>`;
}

// The deltas of a lane as one path; several in one pixel are drawn once.
function Ticks({ steps, window: { from, to }, width }) {
  const places = new Set();
  for (const { pieces } of steps)
    for (const at of pieces ?? []) if (at >= from && at <= to) places.add(Math.round(((at - from) / (to - from)) * width));
  if (!places.size) return null;
  const path = [...places].map((at) => `M${at} 0v1`).join("");
  return html`<svg class="ticks" viewBox="0 0 ${Math.max(width, 1)} 1" preserveAspectRatio="none" aria-hidden="true"><path d=${path} /></svg>`;
}

function useZoom(document) {
  const [shown, setShown] = useState({ from: 0, to: 1 }); // parts of the whole time
  const length = document.lengthMs;
  const set = (from, to) => {
    const size = Math.min(Math.max(to - from, SMALLEST_WINDOW), 1);
    const start = Math.min(Math.max(from, 0), 1 - size);
    setShown({ from: start, to: start + size });
  };
  return {
    window: { from: shown.from * length, to: shown.to * length },
    all: () => set(0, 1),
    by: (factor, around) => {
      const center = (around ?? ((shown.from + shown.to) / 2) * length) / length;
      set(center - (center - shown.from) * factor, center + (shown.to - center) * factor);
    },
    pan: (ms) => set(shown.from + ms / length, shown.to + ms / length),
  };
}
