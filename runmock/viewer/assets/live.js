// The bar of a live server: its address, what is loaded, what comes next, and the way back to the start. The page asks
// for the document when the feed says that an answer has ended; until then a request stands in the list as it came.
const REFRESH_MS = 200;
const SHOW_MS = 100; // between two looks at what came in: a busy application asks faster than a page can be drawn
const AGAIN_MS = 1_000;
const ADDRESSES = [["OPENAI_BASE_URL", "/v1"], ["AZURE_OPENAI_ENDPOINT", ""]];

const known = new Map(); // by its number: a request as the document has it
const came = new Map(); // by its number: a request as the log told of it
let told = { ...emptyDocument(), isTimed: true, first: 1, began: 0 }; // the document that came last, without its requests

async function asked(path, body) {
  const answer = await fetch(`/_runmock/${path}`, body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return { isGood: answer.ok, value: await answer.json() };
}

async function fetched(path) {
  const { isGood, value } = await asked(path);
  if (!isGood) throw new Error(value.error?.message);
  return value;
}

function forgetRequests() {
  known.clear();
  came.clear();
}

// The number up to which every request is known to its end.
function knownUpTo() {
  let number = told.first;
  while (known.has(number) && !known.get(number).isOpen) number += 1;
  return number - 1;
}

async function fetchDocument() {
  const { requests, ...document } = await fetched(`document?after=${knownUpTo()}`);
  told = document;
  for (const request of requests) known.set(request.id, request);
  for (const number of known.keys()) if (number < told.first) known.delete(number);
  for (const number of came.keys()) if (known.has(number) || number < told.first) came.delete(number);
}

function assembled() {
  const requests = [...known.keys()].sort((one, other) => one - other).map((number) => known.get(number));
  const last = requests.at(-1)?.id ?? 0;
  for (const entry of [...came.values()].filter(({ number }) => number > last).sort((one, other) => one.number - other.number)) {
    const at = told.began ? Math.max((entry.at - told.began) * 1_000, 0) : 0;
    requests.push({ id: entry.number, method: entry.method, path: entry.path, operation: entry.operation, status: entry.status ?? 0, at, until: at + (entry.ms ?? 0), isOpen: entry.ms === null });
  }
  return prepared({ ...told, requests, lengthMs: Math.max(told.lengthMs, ...requests.map((request) => request.until)) });
}

// What is selected in a document stays selected in the next one, where it may have another number.
function carried(state, before, after) {
  const id = before.requests[state.request]?.id;
  const item = before.items[state.item];
  const place = (one, document) => document.items.indexOf(one) - document.items.findIndex((other) => other.conversation === one.conversation);
  const same = item && after.items.find((one) => one.kind === item.kind && one.conversation === item.conversation && one.id === item.id && (item.id || place(one, after) === place(item, before)));
  const request = after.requests.findIndex((one) => one.id === id);
  return { request: request < 0 ? null : request, item: same?.number ?? null, ...(request === state.request ? {} : { row: null }) };
}

function Live(both) {
  return page.source === "live" ? html`<${LiveBar} ...${both} />` : null;
}

function LiveBar({ state, set }) {
  const [connection, setConnection] = useState(["connecting", "dim"]);
  const [server, setServer] = useState(null);
  const [cassettes, setCassettes] = useState([]);
  const [result, setResult] = useState(["", "dim"]);
  const latest = useRef(state);
  latest.current = state;
  const list = useRef(false); // whether the end of the list was in sight

  const show = () => {
    const box = window.document.getElementById("list");
    list.current = box !== null && box.scrollTop + box.clientHeight >= box.scrollHeight - ROW_PX;
    const before = liveDocument;
    liveDocument = assembled();
    set(carried(latest.current, before, liveDocument));
  };
  useLayoutEffect(() => {
    const box = window.document.getElementById("list");
    if (list.current && box) box.scrollTop = box.scrollHeight;
    list.current = false;
  }, [liveDocument]);
  useEffect(() => listening({ setConnection, setServer, setCassettes, setResult, show }), []);

  const change = async (doing, path, body, not) => {
    setResult([doing, "dim"]);
    try {
      const { isGood, value } = await asked(path, body);
      if (isGood) setServer(value);
      else setResult([`${not}, what was loaded goes on. ${value.error.message}`, "bad"]);
    } catch {
      setResult([`${not}: the server did not answer.`, "bad"]);
    }
  };
  return html`
    <section id="live" aria-label="Server">
      <div>
        <span role="status" class=${connection[1]}>${connection[0]}</span>
        ${server && html`<span class="dim">runmock ${server.version}</span>`}
        ${ADDRESSES.map(([name, path]) => html`<span key=${name} class="address"><code>${`${name}=${location.origin}${path}`}</code> <${CopyButton} text=${`${name}=${location.origin}${path}`} what=${name} /></span>`)}
      </div>
      <div>
        ${server && html`<${Loaded} server=${server} />`}
        <button type="button" id="rewind" title="Read the cassettes again and start over" onClick=${() => change("Rewinding", "rewind", {}, "Not rewound")}>Rewind</button>
        ${cassettes.length > 0 && html`<${Loading} cassettes=${cassettes} loaded=${server?.cassettes[0]?.path} onLoad=${(path) => change(`Loading ${path}`, "load", { path }, "Not loaded")} />`}
        <span role="status" class="result ${result[1]}">${result[0]}</span>
      </div>
    </section>`;
}

// Listens to the feed until the page goes; after an error it comes back by itself, since the server may be a new one.
function listening({ setConnection, setServer, setCassettes, setResult, show }) {
  let feed = null;
  let again = 0;
  let due = 0;
  let toShow = 0;
  let isStale = false;
  let tookMs = 0;
  const showSoon = () => { toShow ||= setTimeout(() => { toShow = 0; show(); }, SHOW_MS); };
  const refresh = async () => {
    const [server] = await Promise.all([fetched("state"), fetchDocument()]);
    for (const entry of server.requests) if (!known.has(entry.number)) came.set(entry.number, entry);
    setServer(server);
    show();
  };
  const refreshSoon = () => {
    isStale = true;
    if (due) return;
    due = setTimeout(async () => {
      isStale = false;
      const began = performance.now();
      await refresh().catch(() => {}); // the feed tells when the server is gone
      tookMs = performance.now() - began;
      due = 0;
      if (isStale) refreshSoon();
    }, Math.max(REFRESH_MS, 2 * tookMs));
  };
  const lost = () => {
    feed.close(); // by itself it would not come back from a refusal
    setConnection(["the server is gone; trying again", "bad"]);
    clearTimeout(again);
    again = setTimeout(listen, AGAIN_MS);
  };
  const begin = async () => {
    forgetRequests();
    await refresh();
    setConnection(["connected", "good"]);
    setCassettes((await fetched("cassettes")).cassettes);
  };
  function listen() {
    feed?.close();
    feed = new EventSource("/_runmock/feed");
    feed.addEventListener("open", () => begin().catch(lost));
    feed.addEventListener("error", lost);
    feed.addEventListener("request", ({ data }) => {
      const entry = JSON.parse(data);
      const before = came.get(entry.number);
      if (before && before.ms !== null && entry.ms === null) return; // older news than what is shown
      if (!known.has(entry.number)) {
        came.set(entry.number, entry);
        showSoon();
      }
      if (entry.ms !== null) refreshSoon();
    });
    feed.addEventListener("state", ({ data }) => {
      const { why } = JSON.parse(data);
      setResult([`${capital(why)} at ${new Date().toLocaleTimeString("en-GB")}.`, "good"]);
      refreshSoon();
      fetched("cassettes").then(({ cassettes }) => setCassettes(cassettes)).catch(() => {});
    });
    feed.addEventListener("trouble", ({ data }) => {
      const { why, message } = JSON.parse(data);
      setResult([`${capital(why)}, what was loaded goes on. ${message}`, "bad"]);
    });
  }
  listen();
  return () => { feed.close(); clearTimeout(again); clearTimeout(due); clearTimeout(toShow); };
}

function capital(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

function Loaded({ server: { cassettes, stock_reply: stock, left, next } }) {
  const what = cassettes.map(({ path, runs, interactions }) => {
    const parts = [...(runs ? [count(runs, "run")] : []), ...(interactions ? [count(interactions, "recorded interaction")] : [])];
    return `${path}: ${parts.join(", ") || "nothing to play"}`;
  });
  if (!what.length) return html`<span class="loaded">${`No cassette: every run gets a stock reply, "${stock}"`}</span>`;
  return html`
    <span class="loaded">${what.map((text) => html`<span key=${text} class="mono" title=${text}>${text}</span>`)}</span>
    ${next.length > 0 && html`<span class="next" title=${next.join("\n")}>Next: ${next.join("; or ")}</span>`}
    ${left.count === 0 ? html`<span class="good">Everything was played.</span>` : html`
      <details class="left"><summary>${count(left.count, "entry", "entries")} left to play</summary>
        <ul>${left.first.map((text) => html`<li key=${text} class="mono">${text}</li>`)}${left.count > left.first.length && html`<li>and ${(left.count - left.first.length).toLocaleString("en")} more</li>`}</ul></details>`}`;
}

function Loading({ cassettes, loaded, onLoad }) {
  const [chosen, setChosen] = useState(null);
  const value = cassettes.includes(chosen) ? chosen : cassettes.includes(loaded) ? loaded : cassettes[0];
  return html`
    <span class="loading"><select aria-label="Cassette" value=${value} onChange=${(event) => setChosen(event.currentTarget.value)}>
      ${cassettes.map((path) => html`<option key=${path} value=${path}>${path}</option>`)}</select>
    <button type="button" title="Play this cassette in place of what is loaded" onClick=${() => onLoad(value)}>Load</button></span>`;
}

function CopyButton({ text, what }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => { setSaid((await copied(text)) ? "Copied" : "Not copied"); };
  return html`<button type="button" aria-label="Copy ${what}" onClick=${copy} onBlur=${() => setSaid("Copy")}>${said}</button>`;
}

// The entry of a cassette that would answer a missed request.
function ToPaste({ entry: [below, text] }) {
  return html`
    <h3>What would answer it <${CopyButton} text=${text} what="the entry" /></h3>
    <p class="dim">Add this below <span class="mono">${below}:</span> in a cassette.</p><${Code} label="The entry to add" text=${text} />`;
}
