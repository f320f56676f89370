// What is selected, in full: a test, a request, its answer, its events one by one, what changed, and the text that was sent.
const VIEWS = {
  summary: { title: "Summary", key: "v", Content: Summary, copied: summaryText },
  request: { title: "Request", key: "r", Content: RequestView, copied: ({ request }) => pretty(request.body ?? "") },
  answer: { title: "Answer", key: "a", Content: AnswerView, copied: ({ request }) => answerText(request) },
  events: { title: "Events", key: "e", Content: EventsView, copied: eventText },
  diff: { title: "Changes", key: "d", Content: DiffView, copied: (shown) => changeLines(shown).join("\n") },
  raw: { title: "Raw", key: "w", Content: RawView, copied: ({ request }) => rawText(request) },
};

function viewsOf(state, document) {
  const request = document.requests[state.request];
  const views = state.test !== null || page.source === "cassette" ? ["summary"] : [];
  if (!request) return views;
  return [...views, "request", "answer", ...(request.events ? ["events"] : []), "diff", "raw"];
}

function viewOf(state, document) {
  const views = viewsOf(state, document);
  if (views.includes(state.view)) return state.view;
  return views.includes("answer") ? "answer" : views[0];
}

// The text that is copied: what the view shows.
function textToCopy(state, document) {
  const view = viewOf(state, document);
  return view ? VIEWS[view].copied({ state, document, request: document.requests[state.request] }) : "";
}

function Inspector({ state, document, onSelect, onCopy, said }) {
  const view = viewOf(state, document);
  const request = document.requests[state.request];
  if (!view) return html`<p class="dim empty">Select a request, a message or a run to see everything of it.</p>`;
  const { Content } = VIEWS[view];
  const number = view === "summary" ? undefined : state.request;
  return html`
    <h2 class="mono place" data-request=${number} data-at=${number === undefined ? undefined : request.at}>
      ${titleOf(view, state, request)}</h2>
    <div class="tabs">
      <${ViewTabs} view=${view} views=${viewsOf(state, document)} request=${request} onSelect=${onSelect} />
      <button type="button" class="copy" title="key c" onClick=${onCopy}>Copy</button>
      <span role="status" class="dim said">${said}</span>
    </div>
    <div id="content" role="tabpanel" aria-labelledby="tab-${view}" class="view-${view}">
      <${Content} key=${view} request=${request} state=${state} document=${document} onSelect=${onSelect} />
    </div>`;
}

function titleOf(view, state, request) {
  if (view !== "summary") return `${request.method} ${request.path}`;
  return state.test !== null ? page.tests[state.test].id : page.title;
}

function ViewTabs({ view, views, request, onSelect }) {
  const choose = (name) => onSelect({ view: name });
  const number = (name) => (name === "events" ? ` (${request.events.length.toLocaleString("en")})` : "");
  return html`
    <div class="tablist" role="tablist" aria-label="What is shown" onKeyDown=${(event) => moveTab(event, views, view, choose)}>
      ${views.map((name) => html`
        <button type="button" role="tab" key=${name} id="tab-${name}" aria-selected=${name === view} aria-controls="content"
                tabindex=${name === view ? 0 : -1} title="key ${VIEWS[name].key}" onClick=${() => choose(name)}>
          ${VIEWS[name].title}${number(name)}</button>`)}
    </div>`;
}

function moveTab(event, names, current, choose) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = names[(names.indexOf(current) + step + names.length) % names.length];
  choose(next);
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}

function Summary({ state }) {
  return state.test === null ? html`<${AboutPage} />` : html`<${AboutTest} test=${page.tests[state.test]} />`;
}

function AboutPage() {
  const finding = ({ line, rule, text }) => html`<li key=${`${line}${text}`}>line ${line}: <span class="mono">${rule}</span>: ${text}</li>`;
  return html`
    ${page.about.map((line) => html`<p key=${line}>${line}</p>`)}
    ${page.findings.length > 0 && html`<h3 class="warn">What is wrong with it</h3><ul>${page.findings.map(finding)}</ul>`}`;
}

function AboutTest({ test }) {
  const played = `${count(test.requests, "request")}, ${count(test.runs, "run")}, mode ${test.mode}`;
  const cassettes = html`Cassette: <span class="mono">${test.cassettes.join(", ")}</span>`;
  const isGood = classOf(test.outcome) !== "bad" && test.problems.length === 0;
  return html`
    <p><${Status} status=${test.outcome} /> in ${clock(test.seconds * 1000)}; ${played}</p>
    <p>${test.cassettes.length ? cassettes : "No cassette."}</p>
    ${test.problems.map((problem, at) => html`<${Problem} key=${at} problem=${problem} />`)}
    ${isGood && html`<p class="good">Nothing is missing, and nothing is left.</p>`}`;
}

function Problem({ problem }) {
  return html`<section><h3 class=${problem.kind}>${problem.title}</h3><${Difference} text=${problem.text} /></section>`;
}

const OF_CASSETTE = /^\s+(.+: )?cassette {2}(?!.* mode \w+$)/;
const OF_REQUEST = /^\s{8,}(.+: )?sent {6}/;

// The text of a miss, with the values that differ marked.
function Difference({ text, label = "Text of the problem" }) {
  const kind = (line) => (OF_CASSETTE.test(line) ? "was" : OF_REQUEST.test(line) ? "now" : "");
  const lines = text.split("\n").map((line) => html`<span class=${kind(line)}>${`${line}\n`}</span>`);
  return html`<pre tabindex="0" role="group" aria-label=${label}>${lines}</pre>`;
}

function summaryText({ state }) {
  if (state.test === null) return [page.title, ...page.about].join("\n");
  const test = page.tests[state.test];
  return [test.id, test.outcome, ...test.problems.map((one) => `${one.title}\n${one.text}`)].join("\n\n");
}
