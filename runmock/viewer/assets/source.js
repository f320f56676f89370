// The data of the page, and what is derived from it: which requests belong together, which rows a list has.
function dataOf(id) {
  const element = document.getElementById(id);
  return element === null ? null : JSON.parse(element.textContent);
}

const page = dataOf("page");
const documents = new Map(); // by number, as they are read

function documentNumber(number) {
  if (!documents.has(number)) documents.set(number, prepared(dataOf(`document-${number}`) ?? emptyDocument()));
  return documents.get(number);
}

function emptyDocument() {
  return { isTimed: false, lengthMs: 1, conversations: [], requests: [], images: {} };
}

function prepared(document) {
  document.items = [];
  for (const conversation of document.conversations) {
    document.items.push({ kind: "heading", conversation, at: conversation.items[0]?.at ?? 0 });
    let asked = "";
    for (const item of conversation.items) {
      item.number = document.items.length;
      item.conversation = conversation.id;
      if (item.kind === "message" && item.role !== "assistant") asked = item.text;
      if (item.kind === "run") item.asked = asked;
      document.items.push(item);
    }
  }
  document.requests.forEach((request, number) => Object.assign(request, { number, ...factsOf(request) }));
  document.runs = document.items.filter((item) => item.kind === "run" || item.kind === "refusal");
  return document;
}

function factsOf(request) {
  const isBroken = request.isTruncated || request.note;
  const kind = request.isOpen ? "wait" : request.status >= 400 ? "bad" : isBroken ? "warn" : request.status ? "good" : "wait";
  return { kind };
}

// Text of a stream, put together from its deltas; and the number of the event that brought its last piece.
function textOf(request) {
  const pieces = [];
  let last = null;
  (request.events ?? []).forEach(([, , data], number) => {
    const piece = pieceOf(data);
    if (piece === "") return;
    pieces.push(piece);
    last = number;
  });
  return { text: pieces.join(""), last };
}

function pieceOf(data) {
  if (data === null || typeof data !== "object") return "";
  if (typeof data.delta === "string" && String(data.type).endsWith("output_text.delta")) return data.delta;
  const parts = data.delta?.content;
  return Array.isArray(parts) ? parts.map((part) => part?.text?.value ?? "").join("") : "";
}

const searched = new WeakMap();

function searchText(request) {
  if (!searched.has(request)) {
    const { method, path, operation, status, body, answer, text, events, note } = request;
    const inside = [body, answer, text, note, ...(events ?? []).map((event) => event.slice(1))];
    const told = inside.map((value) => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value)));
    searched.set(request, `${method} ${path} ${operation} ${status} ${told.join(" ")}`.toLowerCase());
  }
  return searched.get(request);
}

// Requests that say the same again, one after the other, are one row: "3 polls".
function groupsOf(requests) {
  const groups = [];
  for (const request of requests) {
    const last = groups.at(-1);
    const isSame = last && last[0].method === "GET" && request.method === "GET" && last[0].path === request.path && last[0].kind === request.kind;
    if (isSame) last.push(request);
    else groups.push([request]);
  }
  return groups;
}

// The rows of a list. A row has a `key`, what it shows, and what is selected with it.
const ROWS = {
  tests: ({ filter, status, sort }) => {
    const word = filter.toLowerCase();
    const found = (page.tests ?? []).map((test, number) => ({ test, number })).filter(({ test }) =>
      (!word || `${test.id} ${test.cassettes.join(" ")} ${test.problems.map((one) => one.text).join(" ")}`.toLowerCase().includes(word))
      && fits(status, classOf(test.outcome), test.problems.length > 0));
    if (sort === "longest") found.sort((one, other) => other.test.seconds - one.test.seconds);
    return found.map(({ test, number }) => ({
      key: `test-${number}`, kind: classOf(test.outcome), title: shortName(test.id), whole: test.id,
      note: [test.outcome, clock(test.seconds * 1000), ...test.problems.slice(0, 1).map((one) => one.title)].join(", "),
      select: { test: number, request: null, event: null, view: "summary" },
    }));
  },
  runs: ({ document, filter, status, sort }) => {
    const word = filter.toLowerCase();
    const found = document.runs.filter((item) => fits(status, item.kind === "refusal" ? "bad" : classOf(item.status), Boolean(item.why))
      && (!word || runText(item, document).includes(word)));
    if (sort === "longest") found.sort((one, other) => lengthOf(other) - lengthOf(one));
    return found.map((item) => ({
      key: `item-${item.number}`, kind: item.kind === "refusal" ? "bad" : classOf(item.status),
      title: item.kind === "refusal" ? `${item.operation}: ${item.status} ${item.code}` : firstWords(item.asked) || item.id, whole: item.id ?? item.text,
      note: item.kind === "refusal" ? firstWords(item.text) : [item.status || "no status", ...(hasTime(document, item) ? [clock(lengthOf(item))] : []), item.id].join(", "),
      at: item.at, item: item.number, requestNumber: item.request,
      select: { request: item.request, event: null, item: item.number },
    }));
  },
  requests: ({ document, filter, status, sort, opened }) => {
    const word = filter.toLowerCase();
    let found = document.requests.filter((request) => fits(status, request.kind, request.kind !== "good") && (!word || searchText(request).includes(word)));
    if (sort === "longest") found = [...found].sort((one, other) => lengthOf(other) - lengthOf(one));
    const rows = [];
    for (const group of sort === "longest" ? found.map((one) => [one]) : groupsOf(found)) {
      if (group.length > 1) {
        const key = `group-${group[0].number}`;
        rows.push({ ...rowOf(group[0], document), key, group: group.length, title: `${group[0].operation || group[0].path}`, isOpen: opened.has(key),
          note: `${count(group.length, "poll")}, until ${lastStatus(group)}` });
        if (!opened.has(key)) continue;
      }
      for (const request of group) rows.push({ ...rowOf(request, document), level: group.length > 1 ? 1 : 0 });
    }
    return rows;
  },
};

function lastStatus(group) {
  const last = group.at(-1);
  return last.answer?.status ?? last.status;
}

function rowOf(request, document) {
  const parts = [`${request.method} ${request.path}`];
  if (request.events) parts.push(count(request.events.length, "event"));
  if (document.isTimed || page.source === "live") parts.push(clock(lengthOf(request)));
  return {
    key: `request-${request.number}`, kind: request.kind, title: `${request.operation || request.path}`, whole: `${request.method} ${request.path}`,
    badge: request.isOpen ? "waiting" : request.status ? String(request.status) : "...", note: parts.join(", "), at: request.at, requestNumber: request.number,
    select: { request: request.number, event: null },
  };
}

function fits(status, kind, isProblem) {
  return status === "all" || (status === "problems" ? kind === "bad" || kind === "warn" || isProblem : kind === status);
}

function runText(item, document) {
  const told = (item.lines ?? []).map((line) => `${line.text} ${line.output ?? ""}`).join(" ");
  return `${item.id ?? ""} ${item.asked ?? ""} ${item.status} ${item.why ?? ""} ${item.text ?? ""} ${item.operation ?? ""} ${told}`.toLowerCase();
}

function lengthOf(thing) {
  return (thing.until ?? thing.at) - thing.at;
}

function hasTime(document, item) {
  return document.isTimed && !item.isTimeMadeUp;
}

function shortName(id) {
  const [file, ...names] = id.split("::");
  return names.length ? names.join(" > ") : file;
}
