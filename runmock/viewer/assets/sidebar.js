// The list on the left: tests, runs or requests, with a filter, a search and an order.
const ROW_PX = 48;
const TABS = { tests: { title: "Tests", key: "1" }, runs: { title: "Runs", key: "2" }, requests: { title: "Requests", key: "3" } };
const WHICH = { all: "all", problems: "problems", good: "✓ good", bad: "✗ bad", warn: "! warnings", ask: "? waiting" };

function tabsOf() {
  return Object.keys(TABS).filter((name) => name !== "tests" || page.source === "tests");
}

// Another list begins with all of its rows.
function chosenTab(tab) {
  return { tab, filter: "", status: "all" };
}

function rowsOf(state, document) {
  return ROWS[state.tab]({ document, filter: state.filter, status: state.status, sort: state.sort, opened: state.opened });
}

function selectedRow(state, rows) {
  if (state.tab === "tests") return `test-${state.test}`;
  if (state.tab === "requests") {
    const isShown = state.row && rows.some((row) => row.key === state.row && row.requestNumber === state.request);
    return isShown ? state.row : `request-${state.request}`;
  }
  const isChosen = (row) => (state.item !== null ? row.item === state.item : row.requestNumber === state.request);
  return rows.find(isChosen)?.key ?? null;
}

function Sidebar({ state, set, rows, onSelect }) {
  const all = rows.filter((row) => !row.group).length;
  const hidden = rows.reduce((sum, row) => sum + (row.group && !row.isOpen ? row.group : 0), 0);
  const onOpen = (key, isOpen) => {
    const others = [...state.opened].filter((one) => one !== key);
    set({ opened: new Set(isOpen ? [...others, key] : others) });
  };
  const onPick = () => set({ pane: state.tab === "runs" ? "talk" : "details" }); // where one pane is shown
  return html`
    <${ListTabs} tab=${state.tab} choose=${(tab) => set(chosenTab(tab))} />
    <${Filters} state=${state} set=${set} />
    <p class="dim found" role="status">${count(all + hidden, state.tab.slice(0, -1))}</p>
    <div id="list-panel" role="tabpanel" aria-labelledby="tab-${state.tab}">
      <${Rows} id="list" rows=${rows} height=${ROW_PX} label=${TABS[state.tab].title} selected=${selectedRow(state, rows)}
        onSelect=${onSelect} onOpen=${onOpen} onPick=${onPick} empty=${emptyText(state)}>${(row) => html`<${RowContent} row=${row} />`}<//>
    </div>`;
}

function emptyText({ tab, filter, status }) {
  return filter || status !== "all" ? `No ${tab} are like this.` : `There are no ${tab}.`;
}

function ListTabs({ tab, choose }) {
  const names = tabsOf();
  return html`
    <div class="tabs" role="tablist" aria-label="List" onKeyDown=${(event) => moveTab(event, names, tab, choose)}>
      ${names.map((name) => html`
        <button type="button" role="tab" key=${name} id="tab-${name}" aria-selected=${name === tab} aria-controls="list-panel"
                tabindex=${name === tab ? 0 : -1} title="key ${TABS[name].key}" onClick=${() => choose(name)}>
          ${TABS[name].title}</button>`)}
    </div>`;
}

function Filters({ state, set }) {
  const isSorted = state.sort === "longest";
  return html`
    <div class="filters">
      <input type="search" id="search" aria-label="Search" placeholder="Search ( / )" value=${state.filter}
             onInput=${(event) => set({ filter: event.currentTarget.value })} />
      <select id="status" aria-label="Which" value=${state.status} onChange=${(event) => set({ status: event.currentTarget.value })}>
        ${Object.entries(WHICH).map(([name, text]) => html`<option key=${name} value=${name}>${text}</option>`)}
      </select>
      <button type="button" aria-pressed=${isSorted} title="Longest first (key s)"
              onClick=${() => set({ sort: isSorted ? "order" : "longest" })}>Longest</button>
    </div>`;
}

function RowContent({ row }) {
  const mark = row.group ? (row.isOpen ? "▾" : "▸") : MARKS[row.kind];
  return html`
    <span class="status ${row.kind} level-${row.level ?? 0}"><span class="mark" aria-hidden="true">${mark}</span></span>
    <span class="what"><span class="title" title=${row.whole}>${row.title}</span>
      ${row.badge && html`<span class="badge ${row.kind}">${row.badge}</span>`}
      <span class="note dim" title=${row.note}>${row.note}</span></span>`;
}
