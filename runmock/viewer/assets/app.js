// The page: what is selected, the keys, and where everything stands.
const HELP = [
  ["/", "search"], ["Escape", "leave the search"], ["↑ ↓", "the row before, the next row"], ["j k", "the same, from anywhere"], ["← →", "close or open repeats"],
  ["1 2 3", "tests, runs, requests"], ["n N", "the next problem, the one before"], ["p", "problems only"], ["s", "longest first"],
  ["v r a e d w", "summary, request, answer, events, changes, raw"], ["[ ]", "the event before, the next event"], ["l", "the event after which the text stops"], ["c", "copy what is shown"],
  ["+ - 0", "zoom the time axis; ctrl and the wheel do, too"], ["?", "this list"],
];

function startState() {
  const failed = (page.tests ?? []).length ? 0 : null;
  const start = { tab: page.source === "tests" ? "tests" : page.source === "live" ? "requests" : "runs", test: failed, request: null, event: null, item: null, row: null, at: null,
    view: "summary", filter: "", status: "all", sort: "order", opened: new Set(), pane: "list", isHelp: false };
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (["test", "request", "event", "item"].includes(name) && /^\d+$/.test(value)) start[name] = Number(value);
    else if (name === "view" && value in VIEWS) start.view = value;
    else if (name === "tab" && value in TABS) start.tab = value;
  if (start.test !== null && !(page.tests ?? [])[start.test]) start.test = failed;
  return start;
}

function documentShown(state) {
  if (page.source === "tests") return state.test === null ? documentOfNothing : documentOfTest(state.test);
  return page.source === "live" ? liveDocument : documentNumber(0);
}

function documentOfTest(number) {
  const { document } = page.tests[number];
  return document === null ? documentOfNothing : documentNumber(document);
}

const documentOfNothing = prepared(emptyDocument());
let liveDocument = documentOfNothing;

function App() {
  const [state, setState] = useState(startState);
  const [said, setSaid] = useState("");
  const set = (some) => setState((now) => ({ ...now, ...some }));
  const document = documentShown(state);
  const zoom = useZoom(document);
  const rows = useMemo(() => rowsOf(state, document), [state.tab, state.filter, state.status, state.sort, state.opened, document]);
  const onSelect = (some) => {
    setSaid("");
    setState((now) => {
      const next = { ...now, ...some };
      if (some.test !== undefined && some.test !== now.test) Object.assign(next, { request: null, event: null, item: null, at: null });
      if (some.request !== undefined && some.item === undefined) next.item = null;
      if (some.request !== undefined && some.view === undefined && next.view === "summary") next.view = "answer";
      if (some.at === undefined && (some.request !== undefined || some.event !== undefined)) next.at = timeOf(next);
      return next;
    });
  };
  const choose = (row) => { onSelect({ ...row.select, row: row.key }); };
  useEffect(() => {
    const told = ["tab", "test", "request", "event", "item", "view"].filter((name) => state[name] !== null).map((name) => `${name}=${state[name]}`);
    history.replaceState(null, "", `#${told.join("&")}`);
  }, [state.tab, state.test, state.request, state.event, state.item, state.view]);
  const copy = async () => { setSaid((await copied(textToCopy(state, document))) ? "copied" : "not copied: the browser does not allow it"); };
  useKeys({ state, set, rows, document, zoom, choose, onSelect, copy });
  useMarks(zoom);
  return html`
    <header>
      <h1 title=${page.title}>${page.title}</h1>
      <span class="dim about">${page.about.join("; ")}</span>
      <nav aria-label="Panes" class="panes">${[["list", "List"], ["talk", "Conversation"], ["details", "Details"]].map(([name, text]) => html`<button type="button" key=${name} aria-pressed=${state.pane === name} onClick=${() => set({ pane: name })}>${text}</button>`)}</nav>
      <button type="button" class="help" title="key ?" onClick=${() => set({ isHelp: true })}>Keys</button>
    </header>
    <${Live} state=${state} set=${set} />
    <${Axis} document=${document} selected=${state} onSelect=${onSelect} zoom=${zoom} />
    <main data-pane=${state.pane}>
      <section class="pane list" aria-label="List"><${Sidebar} state=${state} set=${set} rows=${rows} onSelect=${choose} /></section>
      <section class="pane talk" aria-label="Conversation" tabindex="0"><${Conversation} document=${document} selected=${state} onSelect=${onSelect} /></section>
      <section class="pane details" aria-label="Details"><${Inspector} state=${state} document=${document} onSelect=${onSelect} onCopy=${copy} said=${said} /></section>
    </main>
    ${state.isHelp && html`<${Help} close=${() => set({ isHelp: false })} />`}`;
}

function timeOf(state) {
  const request = documentShown(state).requests[state.request];
  return request ? request.events?.[state.event]?.[0] ?? request.at : null;
}

function Help({ close }) {
  const dialog = useRef(null);
  useLayoutEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} aria-label="Keys" onClose=${close}>
    <h2>Keys</h2><dl class="keys">${HELP.map(([key, text]) => html`<dt class="mono">${key}</dt><dd>${text}</dd>`)}</dl>
    <button type="button" onClick=${() => dialog.current.close()}>Close</button></dialog>`;
}

function useKeys({ state, set, rows, document: shown, zoom, choose, onSelect, copy }) {
  useEffect(() => {
    const onKey = (event) => {
      const isTyping = event.target.matches("input[type=search], select, textarea");
      if (event.ctrlKey || event.metaKey || event.altKey || state.isHelp) return;
      if (isTyping) {
        if (event.key === "Escape" || (event.key === "Enter" && event.target.id === "search")) {
          event.preventDefault();
          if (event.key === "Enter" && rows.length) choose(rows[0]);
          document.getElementById("list").focus();
        }
        return;
      }
      const action = keyAction(event, { state, set, rows, shown, zoom, choose, onSelect, copy });
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function keyAction(event, { state, set, rows, shown, zoom, choose, onSelect, copy }) {
  const { key } = event;
  const request = shown.requests[state.request];
  const at = rows.findIndex((row) => row.key === selectedRow(state, rows));
  const step = (by) => () => { const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)]; if (row) choose(row); };
  const problem = (by) => () => {
    for (let next = at + by; next >= 0 && next < rows.length; next += by) if (["bad", "warn"].includes(rows[next].kind)) return choose(rows[next]);
    return undefined;
  };
  const event_ = (by) => request?.events && (() => onSelect({ view: "events", event: Math.min(Math.max((state.event ?? (by > 0 ? -1 : request.events.length)) + by, 0), request.events.length - 1) }));
  const view = Object.keys(VIEW_KEYS).find((name) => VIEW_KEYS[name] === key);
  if (view) return viewsOf(state, shown).includes(view) && (() => onSelect({ view }));
  const tab = { 1: "tests", 2: "runs", 3: "requests" }[key];
  if (tab) return tabsOf().includes(tab) && (() => { set({ tab }); focusList(); });
  return {
    "/": () => { set({ pane: "list" }); requestAnimationFrame(() => { const box = document.getElementById("search"); box.focus(); box.select(); }); },
    j: step(1), k: step(-1), n: problem(1), N: problem(-1),
    p: () => set({ status: state.status === "problems" ? "all" : "problems" }),
    s: () => set({ sort: state.sort === "longest" ? "order" : "longest" }),
    "]": event_(1), "[": event_(-1),
    l: request?.events && (() => { const { last } = textOf(request); if (last !== null) onSelect({ view: "events", event: last }); }),
    c: copy,
    "+": () => zoom.by(0.5), "=": () => zoom.by(0.5), "-": () => zoom.by(2), 0: () => zoom.all(),
    "?": () => set({ isHelp: true }),
  }[key];
}

function focusList() {
  requestAnimationFrame(() => document.getElementById("list")?.focus());
}

// What the pointer is on lights up in the list, the conversation and the axis, and the axis shows its time.
function useMarks(zoom) {
  useEffect(() => {
    const onOver = (event) => {
      for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
      const marker = document.getElementById("marker");
      const over = event.target.closest?.("[data-at]");
      marker.hidden = true;
      if (!over) return;
      const outer = over.closest("[data-request]");
      const { item, request } = outer?.dataset ?? {};
      const alike = item !== undefined ? `[data-item="${item}"]` : `[data-request="${request}"]:not([data-event])`;
      if (outer) for (const one of document.querySelectorAll(alike)) one.classList.add("lit");
      const { from, to } = zoom.window;
      const at = Number(over.dataset.at);
      if (at < from || at > to) return;
      marker.style.left = `${((at - from) / (to - from)) * 100}%`;
      marker.hidden = false;
    };
    document.addEventListener("pointerover", onOver);
    return () => document.removeEventListener("pointerover", onOver);
  });
}

render(html`<${App} />`, document.getElementById("viewer"));
