// The time axis over everything: a lane for runs that do not overlap, and a lane of requests.
const LANE_PX = 44;
const SENT_PX = 14;
const SMALLEST_WINDOW = 1 / 10_000; // of the whole time

function Axis({ document, selected, onSelect, zoom }) {
  const moments = useMemo(() => momentsOf(document), [document]);
  const [plot, width] = useWidth();
  usePlotGestures(plot, zoom, document.lengthMs);
  const { from, to } = zoom.window;
  const percent = (at) => `${((at - from) / (to - from)) * 100}%`;
  const now = selected.at ?? from;
  const label = ({ at, text }) => html`<span key=${at} style=${{ left: percent(at) }}>${text}</span>`;
  return html`
    <section id="axis" aria-label="Time axis">
      <${AxisTools} document=${document} now=${now} moments=${moments} zoom=${zoom} onSelect=${onSelect} />
      <div class="plot" ref=${plot}>
        <div class="ruler" aria-hidden="true">${rulerOf(document, zoom.window, width).map(label)}</div>
        <${Lanes} document=${document} selected=${selected} window=${zoom.window} width=${width} onSelect=${onSelect} />
        <div class="marker" id="marker" hidden aria-hidden="true"></div>
        <div class="cursor" style=${{ left: percent(now) }} hidden=${now < from || now > to} aria-hidden="true"></div>
      </div>
    </section>`;
}

function useWidth() {
  const plot = useRef(null);
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => plot.current && setWidth(plot.current.clientWidth));
    watch.observe(plot.current);
    return () => watch.disconnect();
  }, []);
  return [plot, width];
}

function AxisTools({ document, now, moments, zoom, onSelect }) {
  const { from, to } = zoom.window;
  const text = momentText(document, now);
  const scrub = (event) => {
    const at = Number(event.currentTarget.value);
    const moment = momentAt(moments, at);
    if (!moment) return;
    const view = moment.event === null ? {} : { view: "events" };
    onSelect({ request: moment.request, event: moment.event, item: null, at, ...view });
  };
  return html`
    <div class="tools">
      <span class="dim">${isTimed(document) ? "Time" : "No times were recorded: this is the order"}</span>
      <input type="range" id="scrub" aria-label="Time" aria-valuetext=${text} min=${from} max=${to} step=${(to - from) / 1_000}
             value=${Math.min(Math.max(now, from), to)} onInput=${scrub} />
      <output class="mono">${text}</output>
      <button type="button" title="Show less time (+)" aria-label="Zoom in" onClick=${() => zoom.by(0.5)}>+</button>
      <button type="button" title="Show more time (-)" aria-label="Zoom out" onClick=${() => zoom.by(2)}>−</button>
      <button type="button" title="Show everything (0)" onClick=${() => zoom.all()}>All</button>
    </div>`;
}

// Only lanes in sight are drawn: a thousand runs at once have a thousand of them.
function Lanes({ document, selected, window, width, onSelect }) {
  const lanes = useMemo(() => lanesOf(document), [document]);
  const box = useRef(null);
  const [top, setTop] = useState(0);
  const chosen = lanes.findIndex((lane) => lane.bars.some(({ run }) => isChosenRun(run, selected)));
  useLayoutEffect(() => {
    if (chosen < 0) return;
    const { scrollTop, clientHeight } = box.current;
    if (chosen * LANE_PX < scrollTop || (chosen + 1) * LANE_PX > scrollTop + clientHeight) box.current.scrollTop = chosen * LANE_PX;
  }, [chosen]);
  const first = Math.max(Math.floor(top / LANE_PX) - 2, 0);
  const shown = { document, window, width, onSelect };
  const laneOf = (lane, number) => html`<${Lane} key=${number} lane=${lane} top=${number * LANE_PX} ...${shown} />`;
  return html`
    <div class="sent-lane"><${Requests} ...${shown} /></div>
    <div class="lanes" ref=${box} onScroll=${(event) => setTop(event.currentTarget.scrollTop)}>
      <div class="all" style=${{ height: `${lanes.length * LANE_PX}px` }}>
        ${lanes.slice(first, first + 10).map((lane, at) => laneOf(lane, first + at))}
      </div>
    </div>`;
}

function isChosenRun(run, selected) {
  return selected.item === null ? run.request !== null && run.request === selected.request : run.number === selected.item;
}

function Lane({ lane, top, ...shown }) {
  const { window, width } = shown;
  const bars = (all, type) => inSight(all, window, width).map((bar) => html`<${Bar} bar=${bar} type=${type} ...${shown} />`);
  return html`
    <div class="lane" style=${{ top: `${top}px`, height: `${LANE_PX}px` }}>
      ${bars(lane.bars, "state")}${bars(lane.steps, "step")}
      <${Ticks} steps=${lane.steps} window=${window} width=${width} />
    </div>`;
}

function Requests({ ...shown }) {
  const { document, window, width } = shown;
  const bars = inSight(document.requests, window, width);
  const bar = (request) => ({ ...request, text: `${request.method} ${request.path}` });
  return html`<div class="lane sent" style=${{ height: `${SENT_PX}px` }}>
    ${bars.map((request) => html`<${Bar} bar=${bar(request)} type="request" ...${shown} />`)}</div>`;
}

function Bar({ bar, type, document, window: { from, to }, onSelect }) {
  const { run, at, until, text } = bar;
  const request = run ? run.request : bar.number;
  const size = to - from;
  const style = { left: `${((at - from) / size) * 100}%`, width: `${Math.max(((until - at) / size) * 100, 0)}%` };
  const times = until > at ? `${momentText(document, at)} to ${momentText(document, until)}` : momentText(document, at);
  const choose = () => onSelect({ request, item: run?.number ?? null, event: null });
  return html`
    <button type="button" tabindex="-1" class="bar ${type} ${bar.kind}" style=${style} data-request=${request} data-item=${run?.number}
            data-at=${at} title="${run ? `${run.id ?? ""}: ` : ""}${text}, ${times}" onClick=${choose}>${text}</button>`;
}

// The deltas of a lane as one path; several in one pixel are drawn once.
function Ticks({ steps, window: { from, to }, width }) {
  const places = new Set();
  for (const { pieces } of steps)
    for (const at of pieces ?? []) if (at >= from && at <= to) places.add(Math.round(((at - from) / (to - from)) * width));
  if (!places.size) return null;
  const path = [...places].map((at) => `M${at} 0v1`).join("");
  return html`
    <svg class="ticks" viewBox="0 0 ${Math.max(width, 1)} 1" preserveAspectRatio="none" aria-hidden="true"><path d=${path} /></svg>`;
}

function useZoom(document) {
  const whole = { from: 0, to: 1 }; // parts of the whole time
  const [shown, setShown] = useState(whole);
  const { lengthMs: length } = document;
  const zoomed = useRef(document);
  if (zoomed.current !== document) {
    zoomed.current = document;
    if (page.source === "tests") setShown(whole); // another test
  }
  const set = (from, to) => {
    const size = Math.min(Math.max(to - from, SMALLEST_WINDOW), 1);
    const start = Math.min(Math.max(from, 0), 1 - size);
    setShown({ from: start, to: start + size });
  };
  return {
    window: { from: shown.from * length, to: shown.to * length },
    all: () => setShown(whole),
    by: (factor, around) => {
      const center = (around ?? ((shown.from + shown.to) / 2) * length) / length;
      set(center - (center - shown.from) * factor, center + (shown.to - center) * factor);
    },
    pan: (ms) => set(shown.from + ms / length, shown.to + ms / length),
  };
}

// The wheel zooms with ctrl and moves with shift; a drag moves what is zoomed.
function usePlotGestures(plot, zoom, lengthMs) {
  const isDragged = useRef(false);
  useEffect(() => {
    const element = plot.current;
    const { from, to } = zoom.window;
    const msOf = (px) => (px / element.clientWidth) * (to - from);
    const onWheel = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      if (event.shiftKey) zoom.pan(msOf(event.deltaX || event.deltaY));
      else zoom.by(event.deltaY > 0 ? 1.25 : 0.8, from + msOf(event.clientX - element.getBoundingClientRect().left));
    };
    const onMove = (event) => {
      if (event.buttons !== 1 || !event.movementX || to - from >= lengthMs) return;
      isDragged.current = true;
      zoom.pan(msOf(-event.movementX));
    };
    const onDown = () => { isDragged.current = false; };
    const onClick = (event) => isDragged.current && event.stopPropagation(); // the end of a drag selects nothing
    const listeners = { wheel: onWheel, pointermove: onMove, pointerdown: onDown, click: onClick };
    const options = { passive: false, capture: true };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener, options);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener, options);
    };
  });
}
