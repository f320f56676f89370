// The rows of the list. A row has a `key`, what it shows, and what is selected with it.
const ROWS = {
  tests: ({ filter, status, sort }) => {
    const tests = (page.tests ?? []).map((test, number) => ({ test, number }));
    const isFound = ({ test }) => fits(status, classOf(test.outcome), test.problems.length > 0) && has(testWords(test), filter);
    return sorted(tests.filter(isFound), sort, ({ test }) => test.seconds).map(testRow);
  },
  runs: ({ document, filter, status, sort }) => {
    const isFound = (item) => fits(status, kindOfItem(item), isProblem(item)) && has(itemWords(item), filter);
    return sorted(document.runs.filter(isFound), sort, lengthOf).map((item) => itemRow(item, document));
  },
  requests: ({ document, filter, status, sort, opened }) => {
    const isFound = (request) => fits(status, request.kind, request.kind !== "good") && (!filter || has(requestWords(request), filter));
    const found = sorted(document.requests.filter(isFound), sort, lengthOf);
    const groups = sort === "longest" ? found.map((request) => [request]) : groupsOf(found);
    return groups.flatMap((group) => rowsOfGroup(group, document, opened));
  },
};

function sorted(found, sort, sizeOf) {
  return sort === "longest" ? found.sort((one, other) => sizeOf(other) - sizeOf(one)) : found;
}

function fits(status, kind, isProblem) {
  if (status === "all") return true;
  return status === "problems" ? kind === "bad" || kind === "warn" || isProblem : kind === status;
}

function has(words, filter) {
  return !filter || words.toLowerCase().includes(filter.toLowerCase());
}

function testWords(test) {
  return [test.id, ...test.cassettes, ...test.problems.map((problem) => problem.text)].join(" ");
}

function testRow({ test, number }) {
  const note = [test.outcome, clock(test.seconds * 1000), ...test.problems.slice(0, 1).map((problem) => problem.title)];
  const select = { test: number, request: null, event: null, view: "summary" };
  return {
    key: `test-${number}`, kind: classOf(test.outcome), title: shortName(test.id), whole: test.id, note: note.join(", "), select,
    isProblem: test.problems.length > 0,
  };
}

function shortName(id) {
  const [file, ...names] = id.split("::");
  return names.length ? names.join(" > ") : file;
}

function kindOfItem(item) {
  return item.kind === "run" ? classOf(item.status) : "bad";
}

function isProblem(item) {
  return item.kind !== "run" || Boolean(item.why) || item.lines.some((line) => line.isMissing);
}

function itemWords(item) {
  const lines = (item.lines ?? []).map((line) => `${line.text} ${line.output ?? ""}${line.isMissing ? "never answered" : ""}`);
  return [item.id, item.asked, item.status, item.why, item.text, item.operation, item.code, ...lines].join(" ");
}

function itemRow(item, document) {
  const select = { request: item.request ?? null, event: null, item: item.number };
  const place = { at: item.at, item: item.number, requestNumber: item.request };
  const row = { key: `item-${item.number}`, kind: kindOfItem(item), isProblem: isProblem(item), select, ...place };
  if (item.kind === "refusal")
    return { ...row, title: `${item.operation}: ${item.status} ${item.code}`, whole: item.text, note: firstWords(item.text) };
  if (item.kind === "unanswered")
    return { ...row, title: `${item.operation}: not answered`, whole: item.text, note: firstWords(item.text) };
  const missing = item.lines.some((line) => line.isMissing) ? ["a call was never answered"] : [];
  const note = [item.status || "no status", ...(hasTime(document, item) ? [clock(lengthOf(item))] : []), ...missing, item.id];
  const title = firstWords(item.asked) || item.id;
  return { ...row, title, whole: firstWords(item.asked, 1_000) || item.id, note: note.join(", ") };
}

const words = new WeakMap(); // of requests, which may be long

function requestWords(request) {
  if (!words.has(request)) {
    const { method, path, operation, status, body, answer, text, events, note } = request;
    const inside = [method, path, operation, status, body, answer, text, note, ...(events ?? []).flatMap((event) => event.slice(1))];
    words.set(request, inside.map((value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))).join(" "));
  }
  return words.get(request);
}

function rowsOfGroup(group, document, opened) {
  if (group.length === 1) return [requestRow(group[0], document)];
  const key = `group-${group[0].number}`;
  const isOpen = opened.has(key);
  const last = group.at(-1);
  const note = `${count(group.length, "poll")}, until ${last.answer?.status ?? last.status}`;
  const row = { ...requestRow(group[0], document), key, isOpen, group: group.length, note };
  return isOpen ? [row, ...group.map((request) => ({ ...requestRow(request, document), level: 1 }))] : [row];
}

function requestRow(request, document) {
  const whole = `${request.method} ${request.path}`;
  const note = [whole];
  if (request.events) note.push(count(request.events.length, "event"));
  if (request.repeat > 1) note.push(`${request.repeat} times`);
  if (isTimed(document)) note.push(clock(lengthOf(request)));
  return {
    key: `request-${request.number}`, kind: request.kind, title: request.operation || request.path, whole, note: note.join(", "),
    badge: request.isOpen ? "waiting" : request.status ? String(request.status) : "...", at: request.at, requestNumber: request.number,
    isProblem: request.kind === "bad" || request.kind === "warn", select: { request: request.number, event: null, item: null },
  };
}
