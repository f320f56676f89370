// The conversation as people read it: messages, runs with their calls as cards, refused and unanswered requests.
function Conversation({ document, selected, onSelect }) {
  const { items } = document;
  const ofRequest = () => items.find((item) => item.request !== undefined && item.request === selected.request)?.number;
  const chosen = selected.item ?? ofRequest() ?? null;
  useLayoutEffect(() => {
    if (chosen !== null) window.document.getElementById(`item-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, document]);
  if (!items.length) {
    const why = document.requests.length ? "see the list of requests" : "nothing was asked";
    return html`<p class="dim empty">No conversation: ${why}.</p>`;
  }
  const itemOf = (item) => html`
    <${Item} key=${item.number ?? `heading-${item.conversation.id}`} item=${item} document=${document} onSelect=${onSelect}
             isChosen=${item.number === chosen && chosen !== null} />`;
  return html`<${Growing} items=${items} upTo=${chosen}>${itemOf}<//>`;
}

const KINDS = { message: Message, run: Run, refusal: Refusal, unanswered: Unanswered };

function Item({ item, document, isChosen, onSelect }) {
  if (item.kind === "heading") return html`<${Heading} conversation=${item.conversation} />`;
  const choose = () => onSelect({ request: item.request ?? null, item: item.number, event: null });
  const onClick = (event) => event.target.closest("a, button, summary") || choose();
  const classes = ["item", item.kind, item.role === "assistant" ? "assistant" : "", isChosen ? "selected" : ""];
  return html`
    <article class=${classes.join(" ")} id="item-${item.number}" data-request=${item.request} data-item=${item.number}
             data-at=${item.at} aria-current=${isChosen ? "true" : undefined} onClick=${onClick}>
      <${KINDS[item.kind]} item=${item} document=${document} choose=${choose} />
    </article>`;
}

function Heading({ conversation }) {
  const before = conversation.existedBefore && html` <small class="dim">was there before</small>`;
  return html`<h2><bdi>${conversation.title ?? conversation.id}</bdi>${before}</h2>`;
}

function Name({ text, choose }) {
  return html`<button type="button" class="plain" onClick=${choose}><bdi>${text}</bdi></button>`;
}

function MadeUp({ is }) {
  return is ? html`<small class="made-up" title="The script says nothing of it: this is an example">made up</small>` : null;
}

function Message({ item, document, choose }) {
  return html`
    <h3><${Name} text=${item.role} choose=${choose} /> <${MadeUp} is=${item.isMadeUp} /></h3>
    <${Markdown} text=${item.text} />
    ${(item.images ?? []).map((id) => html`<${Picture} key=${id} id=${id} document=${document} />`)}`;
}

function Picture({ id, document }) {
  const url = document.images[id];
  return url ? html`<img src=${url} alt=${`image ${id}`} />` : html`<p class="dim mono">image ${id}</p>`;
}

function Refusal({ item, choose }) {
  const text = `refused with ${item.status} ${item.code}`;
  return html`
    <h3><${Name} text=${item.operation} choose=${choose} /> <${Status} status=${item.status} text=${text} /></h3>
    <p class="plain-text">${item.text}</p>`;
}

function Unanswered({ item, choose }) {
  return html`
    <h3><${Name} text=${item.operation} choose=${choose} /> <${Status} status="failed" text="not answered" /></h3>
    <${Difference} text=${item.text} />`;
}

function Run({ item, document, choose }) {
  const isTimed = hasTime(document, item);
  return html`
    <h3><${Name} text=${item.id} choose=${choose} /> <${Status} status=${item.status || "no status"} />
      <span class="dim"> ${runFacts(item, isTimed).join(", ")}</span></h3>
    ${item.why && html`<p class="why ${classOf(item.status)}">${item.why}</p>`}
    <ol class="lines">${linesOf(item).map((line, at) => html`<${Line} key=${at} line=${line} isTimed=${isTimed} />`)}</ol>`;
}

function runFacts(item, isTimed) {
  const facts = [...item.about, ...(item.way ? [item.way] : [])]; // Responses without a stream have no word
  if (item.tokens) facts.push(`${item.tokens.map((number) => number.toLocaleString("en")).join(" + ")} tokens`);
  if (isTimed) facts.push(clock(lengthOf(item)));
  return facts;
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
  return html`<li data-at=${line.at}><time>${isTimed ? clock(line.at) : ""}</time><${LineContent} line=${line} /></li>`;
}

function LineContent({ line }) {
  if (line.kind === "statuses") return html`<${Statuses} statuses=${line.statuses} />`;
  const deltas = line.pieces?.length ? html` <span class="dim">${count(line.pieces.length, "delta")}</span>` : null;
  if (line.kind === "message") return html`<span>message${deltas}</span>`;
  if (line.kind !== "reasoning") return html`<${Call} line=${line} deltas=${deltas} />`;
  const thought = line.text.replace(/^reasoning: /, "");
  return html`<details class="thought"><summary>reasoning</summary><div class="plain-text">${thought}</div></details>`;
}

function Statuses({ statuses }) {
  const arrow = html`<span class="dim" aria-hidden="true"> → </span>`;
  return html`<span class="statuses">${statuses.map((one, at) => html`${at > 0 && arrow}<${Status} status=${one.text} />`)}</span>`;
}

function Call({ line, deltas }) {
  const { name, input } = partsOfCall(line);
  return html`
    <div class="call">
      <div class="call-name mono"><bdi>${name}</bdi>${deltas}</div>
      <div class="sides">
        <div><small class="dim">${line.kind === "function" ? "arguments" : "input"}</small>
          <${Code} label="Arguments of ${name}" text=${prettyText(input) || "none"} /></div>
        <div><small class="dim">output</small> <${MadeUp} is=${line.isMadeUp} /><${Output} line=${line} name=${name} /></div>
      </div>
    </div>`;
}

function Output({ line, name }) {
  if (line.isMissing) return html`<p class="bad">never answered</p>`;
  if (line.output === undefined) return html`<p class="dim">none</p>`;
  return html`<${Code} label="Output of ${name}" text=${prettyText(line.output)} />`;
}

// `name(arguments)` of a function; of a built-in tool its kind, and its code if it has any.
function partsOfCall({ kind, text }) {
  const open = kind === "function" ? text.indexOf("(") : -1;
  if (open < 0) return { name: kind, input: text === kind ? "" : text };
  return { name: text.slice(0, open), input: text.slice(open + 1, text.endsWith(")") ? -1 : undefined) };
}
