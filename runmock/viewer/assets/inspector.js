// What is selected, in full: a request, its answer, its events one by one, what changed, and the text that was sent.
const VIEWS = { summary: "Summary", request: "Request", answer: "Answer", events: "Events", diff: "Changes", raw: "Raw" };
const VIEW_KEYS = { summary: "v", request: "r", answer: "a", events: "e", diff: "d", raw: "w" };
const EVENT_PX = 28;

function viewsOf(state, document) {
  const request = document.requests[state.request];
  const views = state.test !== null || page.source === "cassette" ? ["summary"] : [];
  if (!request) return views;
  return [...views, "request", "answer", ...(request.events ? ["events"] : []), "diff", "raw"];
}

function Inspector({ state, document, onSelect, onCopy, said }) {
  const views = viewsOf(state, document);
  const view = views.includes(state.view) ? state.view : views.includes("answer") ? "answer" : views[0];
  const request = document.requests[state.request];
  if (!view) return html`<p class="dim empty">Select a request, a message or a run to see everything of it.</p>`;
  const title = view === "summary" ? (state.test !== null ? page.tests[state.test].id : page.title) : `${request.method} ${request.path}`;
  const Content = { summary: Summary, request: RequestView, answer: AnswerView, events: EventsView, diff: DiffView, raw: RawView }[view];
  return html`
    <h2 class="mono">${title}</h2>
    <div class="tabs" role="tablist" aria-label="What is shown" onKeyDown=${(event) => moveTab(event, views, view, (next) => onSelect({ view: next }))}>
      ${views.map((name) => html`<button type="button" role="tab" key=${name} id="tab-${name}" aria-selected=${name === view} aria-controls="content" tabindex=${name === view ? 0 : -1} title=${`key ${VIEW_KEYS[name]}`}
        onClick=${() => onSelect({ view: name })}>${VIEWS[name]}${name === "events" ? ` (${request.events.length.toLocaleString("en")})` : ""}</button>`)}
      <button type="button" class="copy" title="key c" onClick=${onCopy}>Copy</button><span role="status" class="dim said">${said}</span>
    </div>
    <div id="content" role="tabpanel" aria-labelledby="tab-${view}" class="view-${view}">
      <${Content} key=${view} request=${request} state=${state} document=${document} onSelect=${onSelect} />
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

// The text that is copied: what the view shows.
function textToCopy(state, document) {
  const views = viewsOf(state, document);
  const view = views.includes(state.view) ? state.view : views.includes("answer") ? "answer" : views[0];
  const request = document.requests[state.request];
  if (view === "request") return pretty(request.body ?? "");
  if (view === "answer") return answerText(request);
  if (view === "events") return state.event === null ? textOf(request).text : pretty(request.events[state.event][2]);
  if (view === "raw") return rawText(request);
  if (view === "diff") return diffLines(state, document).join("\n");
  return state.test !== null ? testText(page.tests[state.test]) : [page.title, ...page.about].join("\n");
}

function answerText(request) {
  if (request.events) {
    const last = request.events.findLast(([, , data]) => objectsIn(data).some(isWhole));
    return last ? pretty(last[2]) : textOf(request).text;
  }
  if (request.content) return `${request.content.type || "application/octet-stream"}, ${count(request.content.size, "byte")}`;
  return request.text ?? pretty(request.answer ?? "");
}

function RequestView({ request }) {
  const query = Object.entries(request.query ?? {}).flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  return html`
    <dl class="facts"><dt>operation</dt><dd>${request.operation || "none of the API"}</dd>${query.length > 0 && html`<dt>query</dt><dd class="mono">${query.join("&")}</dd>`}</dl>
    ${request.body === undefined ? html`<p class="dim">No body.</p>` : html`<${Code} label="Body of the request" text=${pretty(request.body)} />`}`;
}

function AnswerView({ request, onSelect }) {
  const { text, last } = textOf(request);
  return html`
    <p><${Status} status=${request.status} text=${request.status ? String(request.status) : "no answer yet"} /> ${request.isTruncated && html`<span class="warn">the answer breaks off</span>`}</p>
    ${request.note && html`<${Code} label="What went wrong" text=${request.note} />`}
    ${request.entry && html`<${ToPaste} entry=${request.entry} />`}
    ${text && html`<h3>Text</h3><${Markdown} text=${text} />
      <p><button type="button" onClick=${() => onSelect({ view: "events", event: last })} title="key l">The text stops after event ${last + 1}</button></p>`}
    ${request.events ? html`<h3>Last object</h3>` : null}<${Code} label="The answer" text=${answerText(request) || "(no body)"} />
    ${(request.headers ?? []).length > 0 && html`<h3>Headers</h3><${Code} label="Headers" text=${request.headers.map((header) => header.join(": ")).join("\n")} />`}`;
}

function EventsView({ request, state, onSelect, document }) {
  const { last } = useMemo(() => textOf(request), [request]);
  const rows = useMemo(() => request.events.map(([at, name, data, raw], number) => ({ key: `event-${number}`, number, name, at, event: number, requestNumber: request.number,
    preview: pieceOf(data) || firstWords(raw ?? (data === null ? "" : JSON.stringify(data)), 200), select: { event: number } })), [request]);
  const chosen = request.events[state.event];
  return html`
    ${last !== null && html`<p class="dim">The text stops after event ${last + 1} of ${request.events.length}. <button type="button" title="key l" onClick=${() => onSelect({ event: last })}>Show it</button></p>`}
    <div class="events"><${Rows} id="events" rows=${rows} height=${EVENT_PX} label="Events" selected=${state.event === null ? null : `event-${state.event}`} onSelect=${(row) => onSelect(row.select)}>
      ${(row) => html`<span class="dim number">${row.number + 1}</span><span class="dim time">${document.isTimed ? clock(row.at) : ""}</span><span class="mono name" title=${row.name}>${row.name}</span><span class="mono preview">${row.preview}</span>`}<//></div>
    ${chosen ? html`<${Code} label="Data of event ${state.event + 1}" text=${chosen[3] ?? pretty(chosen[2])} />` : html`<p class="dim">Select an event to see its data.</p>`}`;
}

function diffLines(state, document) {
  const found = objectBefore(document, state.request, document.requests[state.request].events ? state.event ?? document.requests[state.request].events.length - 1 : null);
  if (!found) return [];
  return differences(found.before, found.now).map(({ place, before, after }) => `${place}: ${JSON.stringify(before) ?? "absent"} -> ${JSON.stringify(after) ?? "absent"}`);
}

function DiffView({ request, state, document }) {
  const event = request.events ? state.event ?? request.events.findLastIndex(([, , data]) => objectsIn(data).some(isWhole)) : null;
  const found = objectBefore(document, state.request, event);
  const what = event === null ? "This answer" : `Event ${event + 1}`;
  if (!found) return html`<p class="dim">${what} has no object that was told before: there is nothing to compare it with.</p>`;
  const changed = differences(found.before, found.now);
  return html`
    <p>${what} tells of <span class="mono">${found.now.id}</span>, as ${found.where} did${changed.length ? ":" : ", and nothing is different."}</p>
    ${changed.length > 0 && html`<table class="changes"><thead><tr><th scope="col">place</th><th scope="col">before</th><th scope="col">now</th></tr></thead>
      <tbody>${changed.map(({ place, before, after }) => html`<tr key=${place}><th scope="row" class="mono">${place}</th><td class="mono was">${JSON.stringify(before) ?? "absent"}</td><td class="mono now">${JSON.stringify(after) ?? "absent"}</td></tr>`)}</tbody></table>`}
    ${changed.length >= MOST_DIFFERENCES && html`<p class="dim">The first ${MOST_DIFFERENCES} places.</p>`}`;
}

function rawText(request) {
  const query = Object.entries(request.query ?? {}).flatMap(([name, values]) => values.map((value) => `${name}=${value}`)).join("&");
  const head = `${request.method} ${request.path}${query ? `?${query}` : ""}`;
  const body = request.body === undefined ? [] : ["", typeof request.body === "string" ? request.body : JSON.stringify(request.body)];
  const headers = (request.headers ?? []).map((header) => header.join(": "));
  const answer = request.events ? request.events.map(([, name, data, raw]) => raw ?? (data === null ? `event: ${name}\ndata: [DONE]\n\n` : `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)).join("") : answerText(request);
  return [head, ...body, "", `${request.status || "no answer"}`, ...headers, "", answer].join("\n");
}

function RawView({ request }) {
  return html`<${Code} label="Request and answer as text" text=${rawText(request)} />`;
}

function Summary({ state, onSelect }) {
  if (state.test === null) return html`
    ${page.about.map((line) => html`<p key=${line}>${line}</p>`)}
    ${page.findings.length > 0 && html`<h3 class="warn">What is wrong with it</h3><ul>${page.findings.map((one) => html`<li key=${`${one.line}${one.text}`}>line ${one.line}: <span class="mono">${one.rule}</span>: ${one.text}</li>`)}</ul>`}`;
  const test = page.tests[state.test];
  return html`
    <p><${Status} status=${test.outcome} /> in ${clock(test.seconds * 1000)}; ${count(test.requests, "request")}, ${count(test.runs, "run")}, mode ${test.mode}</p>
    <p>${test.cassettes.length ? html`Cassette: <span class="mono">${test.cassettes.join(", ")}</span>` : "No cassette."}</p>
    ${test.problems.map((problem, at) => html`<section key=${at}><h3 class="bad">${problem.title}</h3><${Difference} text=${problem.text} /></section>`)}
    ${test.problems.length === 0 && html`<p class="good">Nothing is missing, and nothing is left.</p>`}`;
}

// The text of a miss, with the values that differ marked.
function Difference({ text }) {
  const kind = (line) => (/^\s+(.+: )?cassette {2}/.test(line) && !/mode \w+$/.test(line) ? "was" : /^\s{8,}(.+: )?sent {6}/.test(line) ? "now" : "");
  return html`<pre tabindex="0" role="group" aria-label="Text of the problem">${text.split("\n").map((line) => html`<span class=${kind(line)}>${`${line}\n`}</span>`)}</pre>`;
}

function testText(test) {
  return [test.id, test.outcome, ...test.problems.map((one) => `${one.title}\n${one.text}`)].join("\n\n");
}
