// The list on the left: tests, runs or requests, with a filter, a search and an order.
const ROW_PX = 48;
const TABS = { tests: "Tests", runs: "Runs", requests: "Requests" };

function tabsOf() {
  return Object.keys(TABS).filter((name) => name !== "tests" || page.source === "tests");
}

function rowsOf(state, document) {
  return ROWS[state.tab]({ document, filter: state.filter, status: state.status, sort: state.sort, opened: state.opened });
}

function selectedRow(state, rows) {
  if (state.tab === "tests") return `test-${state.test}`;
  if (state.tab === "runs") return rows.find((row) => (state.item !== null ? row.item === state.item : row.requestNumber === state.request))?.key ?? null;
  return state.row && rows.some((row) => row.key === state.row && row.requestNumber === state.request) ? state.row : `request-${state.request}`;
}

function Sidebar({ state, set, rows, onSelect }) {
  const names = tabsOf();
  return html`
    <div class="tabs" role="tablist" aria-label="List" onKeyDown=${(event) => moveTab(event, names, state.tab, (next) => set({ tab: next }))}>
      ${names.map((name) => html`<button type="button" role="tab" key=${name} id="tab-${name}" aria-selected=${name === state.tab} aria-controls="list-panel" tabindex=${name === state.tab ? 0 : -1}
        title=${`key ${name[0] === "t" ? "1" : name === "runs" ? "2" : "3"}`} onClick=${() => set({ tab: name })}>${TABS[name]}</button>`)}
    </div>
    <div class="filters">
      <input type="search" id="search" aria-label="Search" placeholder="Search ( / )" value=${state.filter} onInput=${(event) => set({ filter: event.currentTarget.value })} />
      <select id="status" aria-label="Which" value=${state.status} onChange=${(event) => set({ status: event.currentTarget.value })}>
        <option value="all">all</option><option value="problems">problems</option><option value="good">✓ good</option><option value="bad">✗ bad</option><option value="warn">! warnings</option><option value="ask">? waiting</option>
      </select>
      <button type="button" aria-pressed=${state.sort === "longest"} title="Longest first (key s)" onClick=${() => set({ sort: state.sort === "longest" ? "order" : "longest" })}>Longest</button>
    </div>
    <p class="dim found" role="status">${count(rows.filter((row) => !row.group).length, state.tab.slice(0, -1))}</p>
    <div id="list-panel" role="tabpanel" aria-labelledby="tab-${state.tab}">
      <${Rows} id="list" rows=${rows} height=${ROW_PX} label=${TABS[state.tab]} selected=${selectedRow(state, rows)} onSelect=${onSelect}
        onOpen=${(key, isOpen) => set({ opened: new Set(isOpen ? [...state.opened, key] : [...state.opened].filter((one) => one !== key)) })}>
        ${(row) => html`
          <span class="status ${row.kind} level-${row.level ?? 0}"><span class="mark" aria-hidden="true">${row.group ? (row.isOpen ? "▾" : "▸") : MARKS[row.kind]}</span></span>
          <span class="what"><span class="title" title=${row.whole}>${row.title}</span>${row.badge && html`<span class="badge ${row.kind}">${row.badge}</span>`}<span class="note dim" title=${row.note}>${row.note}</span></span>`}<//>
    </div>`;
}
