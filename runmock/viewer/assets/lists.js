// Lists that are long: one of rows of one height, of which only those in sight exist, and one that grows as it is read.
const BEYOND = 8; // rows above and below what is in sight

function Rows({ rows, height, selected, label, onSelect, onOpen, children, id }) {
  const box = useRef(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });
  const at = rows.findIndex((row) => row.key === selected);
  useLayoutEffect(() => {
    const measure = () => box.current && setSeen({ top: box.current.scrollTop, height: box.current.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (at < 0) return;
    if (at * height < element.scrollTop) element.scrollTop = at * height;
    else if ((at + 1) * height > element.scrollTop + element.clientHeight) element.scrollTop = (at + 1) * height - element.clientHeight;
  }, [selected, at]);
  const first = Math.max(0, Math.floor(seen.top / height) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / height) + BEYOND);
  const onKeyDown = (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: Math.max(1, Math.floor(seen.height / height)), PageUp: -Math.max(1, Math.floor(seen.height / height)) };
    let next = event.key in steps ? Math.max(at, -1) + steps[event.key] : event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : null;
    if (event.key === "ArrowUp" && at < 0) next = rows.length - 1;
    const isOpening = { ArrowRight: true, ArrowLeft: false }[event.key];
    if (isOpening !== undefined && rows[at]?.group && onOpen) { onOpen(rows[at].key, isOpening); event.preventDefault(); return; }
    if (next === null || !rows.length || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onSelect(rows[Math.min(Math.max(next, 0), rows.length - 1)]);
  };
  return html`
    <div class="rows" ref=${box} id=${id} tabindex="0" role="listbox" aria-label=${label} onKeyDown=${onKeyDown}
         aria-activedescendant=${at < 0 ? undefined : `${id}-${rows[at].key}`}
         onScroll=${(event) => setSeen({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}>
      <div class="all" style=${{ height: `${rows.length * height}px` }} role="presentation">
        ${rows.slice(first, last).map((row, number) => html`
          <div key=${row.key} id=${`${id}-${row.key}`} class="row ${row.key === selected ? "selected" : ""}" role="option"
               aria-selected=${row.key === selected} aria-setsize=${rows.length} aria-posinset=${first + number + 1}
               style=${{ top: `${(first + number) * height}px`, height: `${height}px` }}
               data-request=${row.requestNumber} data-item=${row.item} data-at=${row.at} data-event=${row.event}
               onClick=${() => { onSelect(row); if (row.group && onOpen) onOpen(row.key, !row.isOpen); }}>
            ${children(row)}
          </div>`)}
      </div>
    </div>`;
}

const GROWS_BY = 40;

function Growing({ items, upTo, children }) {
  const [limit, setLimit] = useState(GROWS_BY);
  const end = useRef(null);
  const needed = Math.max(limit, (upTo ?? -1) + GROWS_BY / 2);
  useEffect(() => {
    if (!end.current) return undefined;
    const watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setLimit((now) => Math.max(now, needed) + GROWS_BY),
      { rootMargin: "800px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [needed, items.length]);
  useEffect(() => {
    const whole = () => setLimit(items.length);
    addEventListener("beforeprint", whole);
    return () => removeEventListener("beforeprint", whole);
  }, [items.length]);
  return html`${items.slice(0, needed).map(children)}${needed < items.length && html`<p ref=${end} class="dim">${count(items.length - needed, "more", "more")}</p>`}`;
}
