// A request in the details: its body, its answer, its events, what changed, and the text that was sent.
const EVENT_PX = 28;

function queryOf(request) {
  const pairs = Object.entries(request.query ?? {});
  return pairs.flatMap(([name, values]) => values.map((value) => `${name}=${value}`)).join("&");
}

function RequestView({ request }) {
  const query = queryOf(request);
  const body = () => html`<${Code} label="Body of the request" text=${pretty(request.body)} />`;
  return html`
    <dl class="facts"><dt>operation</dt><dd>${request.operation || "none of the API"}</dd>
      ${query && html`<dt>query</dt><dd class="mono">${query}</dd>`}</dl>
    ${request.body === undefined ? html`<p class="dim">No body.</p>` : body()}`;
}

function answerText(request) {
  if (request.events) {
    const last = request.events.findLast(([, , data]) => objectsIn(data).some(isWhole));
    return last ? pretty(last[2]) : textOf(request).text;
  }
  if (request.content) return `${request.content.type || "application/octet-stream"}, ${count(request.content.size, "byte")}`;
  return request.text ?? pretty(request.answer ?? "");
}

function AnswerView({ request, onSelect }) {
  const headers = (request.headers ?? []).map((header) => header.join(": ")).join("\n");
  const status = request.status ? String(request.status) : request.note ? "not answered" : "no answer yet";
  return html`
    <p><${Status} status=${request.note && !request.status ? "failed" : request.status} text=${status} />
      ${request.isTruncated && html` <span class="warn">the answer breaks off</span>`}</p>
    ${request.note && html`<${Difference} text=${request.note} label="What went wrong" />`}
    ${request.entry && html`<${ToPaste} entry=${request.entry} />`}
    <${StreamedText} request=${request} onSelect=${onSelect} />
    ${request.events ? html`<h3>Last object</h3>` : null}
    ${(request.status > 0 || !request.note) && html`<${Code} label="The answer" text=${answerText(request) || "(no body)"} />`}
    ${headers && html`<h3>Headers</h3><${Code} label="Headers" text=${headers} />`}`;
}

function StreamedText({ request, onSelect }) {
  const { text, last } = textOf(request);
  if (!text) return null;
  const show = () => onSelect({ view: "events", event: last });
  return html`<h3>Text</h3><${Markdown} text=${text} />
    <p><button type="button" title="key l" onClick=${show}>The text stops after event ${last + 1}</button></p>`;
}

function eventText({ state, request }) {
  return state.event === null ? textOf(request).text : pretty(request.events[state.event][2]);
}

function eventRow([at, name, data, raw], number, request) {
  const text = raw ?? (data === null ? "" : JSON.stringify(data));
  const preview = pieceOf(data) || firstWords(text, 200);
  const texts = { name, preview, whole: firstWords(text, 2_000) };
  return { key: `event-${number}`, number, at, ...texts, event: number, requestNumber: request.number, select: { event: number } };
}

function EventsView({ request, state, onSelect, document }) {
  const { last } = useMemo(() => textOf(request), [request]);
  const rows = useMemo(() => request.events.map((event, number) => eventRow(event, number, request)), [request]);
  const chosen = request.events[state.event];
  const rowOfEvent = (row) => html`
    <span class="dim number">${row.number + 1}</span><span class="dim time">${document.isTimed ? clock(row.at) : ""}</span>
    <span class="mono name" title=${row.name}>${row.name}</span><span class="mono preview" title=${row.whole}>${row.preview}</span>`;
  return html`
    ${last !== null && html`<p class="dim">The text stops after event ${last + 1} of ${request.events.length}.${" "}
      <button type="button" title="key l" onClick=${() => onSelect({ event: last })}>Show it</button></p>`}
    <div class="events"><${Rows} id="events" rows=${rows} height=${EVENT_PX} label="Events" onSelect=${(row) => onSelect(row.select)}
      selected=${state.event === null ? null : `event-${state.event}`}>${rowOfEvent}<//></div>
    ${chosen && html`<${Code} label="Data of event ${state.event + 1}" text=${chosen[3] ?? pretty(chosen[2])} />`}
    ${!chosen && html`<p class="dim">Select an event to see its data.</p>`}`;
}

// What changed since the object was told before; of a stream the chosen event counts, else its last object.
function changesOf({ state, document, request }) {
  const ofLast = () => request.events.findLastIndex(([, , data]) => objectsIn(data).some(isWhole));
  const event = request.events ? (state.event ?? ofLast()) : null;
  const found = objectBefore(document, state.request, event);
  return { event, found, changed: found ? differences(found.before, found.now) : [] };
}

const inPlace = (value) => JSON.stringify(value) ?? "absent";

function changeLines(shown) {
  return changesOf(shown).changed.map(({ place, before, after }) => `${place}: ${inPlace(before)} -> ${inPlace(after)}`);
}

function DiffView({ request, state, document }) {
  const { event, found, changed } = changesOf({ state, document, request });
  const what = event === null ? "This answer" : `Event ${event + 1}`;
  if (!found) return html`<p class="dim">${what} has no object that was sent before: there is nothing to compare it with.</p>`;
  const end = changed.length ? ":" : ", and nothing is different.";
  return html`
    <p>${what} has <span class="mono">${found.now.id}</span>, as ${found.where} had${end}</p>
    ${changed.length > 0 && html`<${Changes} changed=${changed} />`}
    ${changed.length >= MOST_DIFFERENCES && html`<p class="dim">The first ${MOST_DIFFERENCES} places.</p>`}`;
}

function Changes({ changed }) {
  const row = ({ place, before, after }) => html`
    <tr key=${place}><th scope="row" class="mono">${place}</th><td class="mono was">${inPlace(before)}</td>
      <td class="mono now">${inPlace(after)}</td></tr>`;
  return html`
    <table class="changes"><thead><tr><th scope="col">place</th><th scope="col">before</th><th scope="col">now</th></tr></thead>
      <tbody>${changed.map(row)}</tbody></table>`;
}

function rawEvent([, name, data, raw]) {
  return raw ?? `event: ${name}\ndata: ${data === null ? "[DONE]" : JSON.stringify(data)}\n\n`;
}

function rawText(request) {
  const query = queryOf(request);
  const head = `${request.method} ${request.path}${query ? `?${query}` : ""}`;
  const { body: sent } = request;
  const body = sent === undefined ? [] : ["", typeof sent === "string" ? sent : JSON.stringify(sent)];
  const headers = (request.headers ?? []).map((header) => header.join(": "));
  const answer = request.events ? request.events.map(rawEvent).join("") : answerText(request);
  return [head, ...body, "", `${request.status || "no answer"}`, ...headers, "", answer].join("\n");
}

function RawView({ request }) {
  return html`<${Code} label="Request and answer as text" text=${rawText(request)} />`;
}
