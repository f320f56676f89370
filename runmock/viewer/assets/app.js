// The page: what is selected, and where everything stands.
const PANES = { list: "List", talk: "Conversation", details: "Details" };
const FIRST_TAB = { tests: "tests", cassette: "runs", live: "requests" };
const IN_ADDRESS = ["tab", "test", "request", "event", "item", "view"];

const documentOfNothing = prepared(emptyDocument());
let liveDocument = documentOfNothing;

function startState() {
  const selected = { test: page.tests?.length ? 0 : null, request: null, event: null, item: null, row: null, at: null };
  const shown = { view: "summary", filter: "", status: "all", sort: "order", opened: new Set(), pane: "list", isHelp: false };
  const start = { tab: FIRST_TAB[page.source], ...selected, ...shown };
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (isInPage(start, name, value)) start[name] = name === "view" || name === "tab" ? value : Number(value);
  return start;
}

// Whether a part of the address names something that this page has.
function isInPage(state, name, value) {
  if (name === "view") return Object.hasOwn(VIEWS, value);
  if (name === "tab") return tabsOf().includes(value);
  if (!IN_ADDRESS.includes(name) || !/^\d+$/.test(value)) return false;
  if (name === "test") return Boolean(page.tests?.[value]);
  const { requests, items } = documentShown(state);
  if (name === "event") return Boolean(requests[state.request]?.events?.[value]);
  return Boolean((name === "request" ? requests : items)[value]);
}

function documentShown({ test }) {
  if (page.source === "live") return liveDocument;
  const number = page.source === "tests" ? page.tests[test]?.document : 0;
  return Number.isInteger(number) ? documentNumber(number) : documentOfNothing;
}

// The state after something was selected: what belongs to what was selected before is forgotten.
function withSelected(now, some) {
  const next = { ...now, ...some };
  const isRequest = some.request !== undefined;
  if (some.test !== undefined && some.test !== now.test) Object.assign(next, { request: null, event: null, item: null, at: null });
  if (isRequest && some.item === undefined) next.item = null;
  if (some.request != null && some.view === undefined && next.view === "summary") next.view = "answer";
  if (some.at === undefined && (isRequest || some.event !== undefined)) next.at = timeOf(next);
  return next;
}

function timeOf(state) {
  const document = documentShown(state);
  const request = document.requests[state.request];
  return request?.events?.[state.event]?.[0] ?? document.items[state.item]?.at ?? request?.at ?? null;
}

function useShown() {
  const [state, setState] = useState(startState);
  const [said, setSaid] = useState("");
  const document = documentShown(state);
  const zoom = useZoom(document);
  const rows = useMemo(() => rowsOf(state, document), [state.tab, state.filter, state.status, state.sort, state.opened, document]);
  const set = (some) => setState((now) => ({ ...now, ...some }));
  const onSelect = (some) => {
    setSaid("");
    setState((now) => withSelected(now, some));
  };
  const choose = (row) => onSelect({ ...row.select, row: row.key });
  const copy = async () => {
    setSaid((await copied(textToCopy(state, document))) ? "copied" : "not copied: the browser does not allow it");
  };
  useEffect(() => {
    const named = IN_ADDRESS.filter((name) => state[name] !== null).map((name) => `${name}=${state[name]}`);
    history.replaceState(null, "", `#${named.join("&")}`);
  }, IN_ADDRESS.map((name) => state[name]));
  return { state, set, said, document, zoom, rows, onSelect, choose, copy };
}

function App() {
  const shown = useShown();
  const { state, set, said, document, zoom, rows, onSelect, choose, copy } = shown;
  useKeys(shown);
  useMarks(zoom);
  return html`
    <${Header} state=${state} set=${set} />
    <${Live} state=${state} set=${set} />
    <${Axis} document=${document} selected=${state} onSelect=${onSelect} zoom=${zoom} />
    <main data-pane=${state.pane}>
      <section class="pane list" aria-label="List">
        <${Sidebar} state=${state} set=${set} rows=${rows} onSelect=${choose} /></section>
      <section class="pane talk" aria-label="Conversation" tabindex="0">
        <${Conversation} document=${document} selected=${state} onSelect=${onSelect} /></section>
      <section class="pane details" aria-label="Details" tabindex="0">
        <${Inspector} state=${state} document=${document} onSelect=${onSelect} onCopy=${copy} said=${said} /></section>
    </main>
    ${state.isHelp && html`<${Help} close=${() => set({ isHelp: false })} />`}`;
}

function Header({ state, set }) {
  const about = page.about.join("; ");
  const pane = ([name, text]) => html`
    <button type="button" key=${name} aria-pressed=${state.pane === name} onClick=${() => set({ pane: name })}>${text}</button>`;
  return html`
    <header>
      <h1 title=${page.title}>${page.title}</h1>
      <span class="dim about" title=${about}>${about}</span>
      <nav aria-label="Panes" class="panes">${Object.entries(PANES).map(pane)}</nav>
      <button type="button" class="help" title="key ?" onClick=${() => set({ isHelp: true })}>Keys</button>
    </header>`;
}

function Help({ close }) {
  const dialog = useRef(null);
  useLayoutEffect(() => dialog.current.showModal(), []);
  const key = ([name, text]) => html`<dt class="mono">${name}</dt><dd>${text}</dd>`;
  return html`
    <dialog ref=${dialog} aria-label="Keys" onClose=${close}>
      <h2>Keys</h2><dl class="keys">${HELP.map(key)}</dl>
      <button type="button" onClick=${() => dialog.current.close()}>Close</button></dialog>`;
}

// What the pointer is on lights up in all panes and the axis, and the axis shows its time.
function useMarks(zoom) {
  useEffect(() => {
    const onOver = (event) => {
      for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
      const over = event.target.closest?.("[data-at]");
      if (over) for (const one of document.querySelectorAll(alike(over))) one.classList.add("lit");
      placeMarker(over ? Number(over.dataset.at) : NaN, zoom.window);
    };
    document.addEventListener("pointerover", onOver);
    return () => document.removeEventListener("pointerover", onOver);
  });
}

// The elements, as a selector, that show the same: the same run or message, else the same request.
function alike(element) {
  const { item, request } = element.closest("[data-request], [data-item]")?.dataset ?? {};
  const ofRequest = request === undefined ? "" : `[data-request="${request}"]`;
  if (item !== undefined) return `[data-item="${item}"]${ofRequest && `, .place${ofRequest}, .row${ofRequest}:not([data-event])`}`;
  return ofRequest ? `${ofRequest}:not([data-event])` : ".none";
}

function placeMarker(at, { from, to }) {
  const marker = document.getElementById("marker");
  marker.hidden = !(at >= from && at <= to);
  if (!marker.hidden) marker.style.left = `${((at - from) / (to - from)) * 100}%`;
}

function draw() {
  render(html`<${App} />`, document.getElementById("viewer"));
}

draw();
