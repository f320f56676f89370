// Lists that are long: one of rows of one height, of which only those in sight exist, and one that grows as it is read.
const BEYOND = 8; // rows above and below what is in sight

function Rows({ rows, height, selected, label, onSelect, onOpen, onPick, children, id, empty }) {
  const box = useRef(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });
  const measure = () => box.current && setSeen({ top: box.current.scrollTop, height: box.current.clientHeight });
  const at = rows.findIndex((row) => row.key === selected);
  useSize(box, measure);
  useLayoutEffect(() => scrollTo(box.current, at, height), [selected, at]);
  const first = Math.max(0, Math.floor(seen.top / height) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / height) + BEYOND);
  const onKeyDown = (event) => {
    const action = rowAction(event, { rows, at, perPage: Math.max(1, Math.floor(seen.height / height)), onSelect, onOpen });
    if (!action) return;
    event.preventDefault();
    action();
  };
  const choose = (row) => {
    onSelect(row);
    if (row.group && onOpen) onOpen(row.key, !row.isOpen);
    else onPick?.();
  };
  const rowOf = (row, number) => html`
    <div key=${row.key} id="${id}-${row.key}" class="row ${row.key === selected ? "selected" : ""}" role="option"
         aria-selected=${row.key === selected} aria-setsize=${rows.length} aria-posinset=${number + 1}
         style=${{ top: `${number * height}px`, height: `${height}px` }} data-request=${row.requestNumber}
         data-item=${row.item} data-at=${row.at} data-event=${row.event} onClick=${() => choose(row)}>${children(row)}</div>`;
  if (!rows.length) return html`<p class="dim empty" id=${id} tabindex="-1" ref=${box}>${empty}</p>`;
  return html`
    <div class="rows" ref=${box} id=${id} tabindex="0" role="listbox" aria-label=${label} onKeyDown=${onKeyDown}
         aria-activedescendant=${at < 0 ? undefined : `${id}-${rows[at].key}`} onScroll=${measure}>
      <div class="all" style=${{ height: `${rows.length * height}px` }} role="presentation">
        ${rows.slice(first, last).map((row, number) => rowOf(row, first + number))}
      </div>
    </div>`;
}

function useSize(box, measure) {
  useLayoutEffect(() => {
    const watch = new ResizeObserver(measure);
    measure();
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [box.current]);
}

function scrollTo(element, at, height) {
  if (at < 0) return;
  const { scrollTop, clientHeight } = element;
  if (at * height < scrollTop) element.scrollTop = at * height;
  else if ((at + 1) * height > scrollTop + clientHeight) element.scrollTop = (at + 1) * height - clientHeight;
}

function rowAction(event, { rows, at, perPage, onSelect, onOpen }) {
  if (!rows.length || event.ctrlKey || event.metaKey || event.altKey) return null;
  const isOpening = { ArrowRight: true, ArrowLeft: false }[event.key];
  if (isOpening !== undefined) return rows[at]?.group && onOpen ? () => onOpen(rows[at].key, isOpening) : null;
  const end = rows.length - 1;
  const before = at < 0 ? end : at - 1;
  const places = { ArrowDown: at + 1, ArrowUp: before, PageDown: at + perPage, PageUp: at - perPage, Home: 0, End: end };
  const next = places[event.key];
  return next === undefined ? null : () => onSelect(rows[Math.min(Math.max(next, 0), end)]);
}

const GROWS_BY = 40;

function Growing({ items, upTo, children }) {
  const [limit, setLimit] = useState(GROWS_BY);
  const end = useRef(null);
  const needed = Math.max(limit, (upTo ?? -1) + GROWS_BY / 2);
  useEffect(() => {
    if (!end.current) return undefined;
    const grow = (entries) => entries.some((entry) => entry.isIntersecting) && setLimit((now) => Math.max(now, needed) + GROWS_BY);
    const watch = new IntersectionObserver(grow, { rootMargin: "800px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [needed, items.length]);
  useEffect(() => {
    const whole = () => {
      setLimit(items.length);
      draw(); // now: the browser prints what is there when this returns
    };
    addEventListener("beforeprint", whole);
    return () => removeEventListener("beforeprint", whole);
  }, [items.length]);
  const rest = items.length - needed;
  return html`${items.slice(0, needed).map(children)}${rest > 0 && html`<p ref=${end} class="dim">${count(rest, "more", "more")}</p>`}`;
}
