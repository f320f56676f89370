// The keys of the page.
const HELP = [
  ["/", "search"], ["Enter", "in the search: the first row that was found"],
  ["Escape", "leave the search; in the list: list everything again"],
  ["↑ ↓", "the row before, the next row"], ["j k", "the next row, the one before, from anywhere"],
  ["← →", "close or open repeats"], ["1 2 3", "tests, runs, requests"], ["n N", "the next problem, the one before"],
  ["p", "problems only"], ["s", "longest first"], ["v r a e d w", "summary, request, answer, events, changes, raw"],
  ["[ ]", "the event before, the next event"], ["l", "the event after which the text stops"], ["c", "copy what is shown"],
  ["+ - 0", "zoom the time axis; ctrl and the wheel do, too"], ["?", "this list"],
];

function useKeys(shown) {
  useLayoutEffect(() => { // before the next key
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || shown.state.isHelp || event.defaultPrevented) return;
      const isTyping = event.target.matches("input[type=search], select, textarea");
      const action = isTyping ? typingAction(event, shown) : keyAction(event.key, shown);
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function typingAction({ key, target }, { rows, choose }) {
  if (key === "Escape") return focusList;
  if (key !== "Enter" || target.id !== "search") return null;
  return () => {
    if (rows.length) choose(rows[0]);
    focusList();
  };
}

function keyAction(key, shown) {
  const { state, document, set, onSelect } = shown;
  const view = Object.keys(VIEWS).find((name) => VIEWS[name].key === key);
  if (view) return viewsOf(state, document).includes(view) && (() => onSelect({ view, pane: "details" }));
  const tab = tabsOf().find((name) => TABS[name].key === key);
  if (tab) return () => { set({ ...chosenTab(tab), pane: "list" }); focusList(); };
  return (RowKeys[key] ?? EventKeys[key] ?? PageKeys[key])?.(shown);
}

// Each returns what the key does; nothing where it does nothing.
const RowKeys = {
  j: (shown) => () => chooseRow(shown, 1),
  k: (shown) => () => chooseRow(shown, -1),
  n: (shown) => () => chooseProblem(shown, 1),
  N: (shown) => () => chooseProblem(shown, -1),
};

const EventKeys = {
  "]": (shown) => eventsOf(shown) && (() => chooseEvent(shown, 1)),
  "[": (shown) => eventsOf(shown) && (() => chooseEvent(shown, -1)),
  l: (shown) => eventsOf(shown) && (() => chooseLastText(shown)),
};

const PageKeys = {
  "/": ({ set }) => () => { set({ pane: "list" }); focusSearch(); },
  p: ({ state, set }) => () => set({ status: state.status === "problems" ? "all" : "problems" }),
  s: ({ state, set }) => () => set({ sort: state.sort === "longest" ? "order" : "longest" }),
  c: ({ copy }) => copy,
  "+": ({ zoom }) => () => zoom.by(0.5),
  "=": ({ zoom }) => () => zoom.by(0.5),
  "-": ({ zoom }) => () => zoom.by(2),
  0: ({ zoom }) => zoom.all,
  Escape: ({ set }) => () => set({ filter: "", status: "all" }),
  "?": ({ set }) => () => set({ isHelp: true }),
};

function placeOfRow({ state, rows }) {
  const key = selectedRow(state, rows);
  return rows.findIndex((row) => row.key === key);
}

function chooseRow({ state, rows, choose }, by) {
  const row = rows[Math.min(Math.max(placeOfRow({ state, rows }) + by, 0), rows.length - 1)];
  if (row) choose(row);
}

function chooseProblem({ state, rows, choose }, by) {
  const at = placeOfRow({ state, rows });
  const found = rows.map((row, number) => ({ row, number })).filter(({ row }) => row.isProblem);
  const next = by > 0 ? found.find(({ number }) => number > at) : found.findLast(({ number }) => number < at);
  if (next) choose(next.row);
}

function eventsOf({ state, document }) {
  return document.requests[state.request]?.events;
}

function chooseEvent(shown, by) {
  const last = eventsOf(shown).length - 1;
  const now = shown.state.event ?? (by > 0 ? -1 : last + 1);
  shown.onSelect({ view: "events", pane: "details", event: Math.min(Math.max(now + by, 0), last) });
}

function chooseLastText({ state, document, onSelect }) {
  const { last } = textOf(document.requests[state.request]);
  if (last !== null) onSelect({ view: "events", pane: "details", event: last });
}

// Now, for the next key, and again when what the key changed is drawn.
function focusSoon(id, then = () => {}) {
  const focus = () => {
    const element = document.getElementById(id);
    element?.focus();
    return element;
  };
  if (focus() === document.activeElement) then(document.activeElement);
  requestAnimationFrame(focus);
}

function focusList() {
  focusSoon("list");
}

function focusSearch() {
  focusSoon("search", (box) => box.select());
}
