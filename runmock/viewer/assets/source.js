// The data of the page, and what is derived from it: what belongs to a conversation, which requests belong together.
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
  document.runs = document.items.filter((item) => item.kind !== "message" && item.kind !== "heading");
  return document;
}

function factsOf(request) {
  const isUnanswered = request.note && !request.status;
  if (request.isOpen) return { kind: "wait" };
  if (request.status >= 400 || isUnanswered) return { kind: "bad" };
  if (request.isTruncated || request.note) return { kind: "warn" };
  return { kind: request.status ? "good" : "wait" };
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
    if (last && isPollLike(last[0], request)) last.push(request);
    else groups.push([request]);
  }
  return groups;
}

function isPollLike(one, other) {
  return one.method === "GET" && other.method === "GET" && one.path === other.path && one.kind === other.kind;
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
