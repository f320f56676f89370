// The conversation as people read it: messages, runs with their calls as cards, refused requests.
function Conversation({ document, selected, onSelect }) {
  const items = document.items;
  const chosen = selected.item ?? items.find((item) => item.request !== undefined && item.request === selected.request)?.number ?? null;
  useLayoutEffect(() => {
    if (chosen !== null) window.document.getElementById(`item-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, document]);
  if (!items.length) return html`<p class="dim empty">No conversation: ${document.requests.length ? "see the list of requests" : "nothing was asked"}.</p>`;
  return html`<${Growing} items=${items} upTo=${chosen}>${(item) => html`<${Item} key=${item.number ?? `heading-${item.conversation.id}`} item=${item} document=${document} isChosen=${item.number === chosen && chosen !== null} onSelect=${onSelect} />`}<//>`;
}

function Item({ item, document, isChosen, onSelect }) {
  if (item.kind === "heading") {
    const { conversation } = item;
    return html`<h2>${conversation.title ?? conversation.id}${conversation.existedBefore && html` <small class="dim">was there before</small>`}</h2>`;
  }
  const choose = () => onSelect({ request: item.request ?? null, item: item.number, event: null });
  const Kind = { message: Message, run: Run, refusal: Refusal }[item.kind];
  return html`
    <article class="item ${item.kind} ${item.role === "assistant" ? "assistant" : ""} ${isChosen ? "selected" : ""}" id="item-${item.number}" data-request=${item.request}
             data-item=${item.number} data-at=${item.at} aria-current=${isChosen ? "true" : undefined} onClick=${(event) => event.target.closest("a, button, summary") || choose()}>
      <${Kind} item=${item} document=${document} choose=${choose} />
    </article>`;
}

function MadeUp({ is }) {
  return is ? html`<small class="made-up" title="The script says nothing of it: this is an example">made up</small>` : null;
}

function Message({ item, document, choose }) {
  return html`
    <h3><button type="button" class="plain" onClick=${choose}>${item.role}</button> <${MadeUp} is=${item.isMadeUp} /></h3>
    <${Markdown} text=${item.text} />
    ${(item.images ?? []).map((id) => html`<${Picture} key=${id} id=${id} document=${document} />`)}`;
}

function Picture({ id, document }) {
  const url = document.images[id];
  return url ? html`<img src=${url} alt=${`image ${id}`} />` : html`<p class="dim mono">image ${id}</p>`;
}

function Refusal({ item, choose }) {
  return html`
    <h3><button type="button" class="plain" onClick=${choose}>${item.operation}</button> <${Status} status=${item.status} text=${`refused with ${item.status} ${item.code}`} /></h3>
    <p class="plain-text">${item.text}</p>`;
}

function Run({ item, document, choose }) {
  const facts = [...item.about, item.way, ...(item.tokens ? [`${item.tokens[0].toLocaleString("en")} + ${item.tokens[1].toLocaleString("en")} tokens`] : []),
    ...(hasTime(document, item) ? [clock(lengthOf(item))] : [])];
  return html`
    <h3><button type="button" class="plain" onClick=${choose}>${item.id}</button> <${Status} status=${item.status || "no status"} /> <span class="dim">${facts.join(", ")}</span></h3>
    ${item.why && html`<p class="why ${classOf(item.status)}">${item.why}</p>`}
    <ol class="lines">${linesOf(item).map((line, at) => html`<${Line} key=${at} line=${line} isTimed=${hasTime(document, item)} />`)}</ol>`;
}

// Statuses that follow each other are one line.
function linesOf(run) {
  const lines = [];
  for (const line of run.lines) {
    const last = lines.at(-1);
    if (line.kind === "status" && last?.kind === "statuses") last.statuses.push(line);
    else lines.push(line.kind === "status" ? { kind: "statuses", at: line.at, statuses: [line] } : line);
  }
  return lines;
}

function Line({ line, isTimed }) {
  const time = isTimed ? html`<time>${clock(line.at)}</time>` : html`<time></time>`;
  if (line.kind === "statuses")
    return html`<li data-at=${line.at}>${time}<span class="statuses">${line.statuses.map((one, at) => html`${at > 0 && html`<span class="dim" aria-hidden="true"> → </span>`}<${Status} status=${one.text} />`)}</span></li>`;
  const deltas = line.pieces?.length ? html` <span class="dim">${count(line.pieces.length, "delta")}</span>` : null;
  if (line.kind === "message") return html`<li data-at=${line.at}>${time}<span>message${deltas}</span></li>`;
  if (line.kind === "reasoning") return html`<li data-at=${line.at}>${time}<details class="thought"><summary>reasoning</summary><div class="plain-text">${line.text.replace(/^reasoning: /, "")}</div></details></li>`;
  return html`<li data-at=${line.at}>${time}<${Call} line=${line} deltas=${deltas} /></li>`;
}

function Call({ line, deltas }) {
  const open = line.kind === "function" ? line.text.indexOf("(") : -1;
  const name = open < 0 ? line.kind : line.text.slice(0, open);
  const input = open < 0 ? (line.text === line.kind ? "" : line.text) : line.text.slice(open + 1, line.text.endsWith(")") ? -1 : undefined);
  return html`
    <div class="call">
      <div class="call-name mono">${name}${deltas}</div>
      <div class="sides">
        <div><small class="dim">${line.kind === "function" ? "arguments" : "input"}</small><${Code} label="Arguments of ${name}" text=${prettyText(input) || "none"} /></div>
        <div><small class="dim">output</small> <${MadeUp} is=${line.isMadeUp} />
          ${line.isMissing ? html`<p class="bad">never answered</p>` : line.output === undefined ? html`<p class="dim">none</p>` : html`<${Code} label="Output of ${name}" text=${prettyText(line.output)} />`}</div>
      </div>
    </div>`;
}
