// What changed between two JSON values, place by place.
const MOST_DIFFERENCES = 500;

function differences(before, after, place = "", found = []) {
  if (found.length >= MOST_DIFFERENCES || Object.is(before, after)) return found;
  const isBoth = (test) => test(before) && test(after);
  if (isBoth(Array.isArray)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++)
      differences(before[at], after[at], `${place}[${at}]`, found);
  } else if (isBoth((value) => value !== null && typeof value === "object" && !Array.isArray(value))) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      differences(before[key], after[key], place ? `${place}.${key}` : key, found);
  } else {
    found.push({ place, before, after });
  }
  return found;
}

// The objects in an answer or an event that have an id: the object itself, and the one that an event of Responses holds.
function objectsIn(value) {
  if (value === null || typeof value !== "object") return [];
  const inside = [value, value.response, value.item].filter((one) => one !== null && typeof one === "object");
  return inside.filter((one) => typeof one.id === "string");
}

// The object before: what the document last told of the same id, before this answer or event.
function objectBefore(document, request, event) {
  const told = document.requests[request];
  const [now] = objectsIn(event === null ? told.answer : told.events[event]?.[2]);
  if (!now) return null;
  for (let at = request; at >= 0; at--) {
    const { events, answer } = document.requests[at];
    const last = at === request ? (event ?? 0) - 1 : (events?.length ?? 0) - 1;
    for (let number = last; events && number >= 0; number--) {
      const known = objectsIn(events[number][2]).find((one) => one.id === now.id);
      if (known && isWhole(known)) return { before: known, now, where: `event ${number + 1} of request ${at + 1}` };
    }
    if (at === request || !answer) continue;
    const known = objectsIn(answer).find((one) => one.id === now.id);
    if (known) return { before: known, now, where: `the answer to request ${at + 1}` };
  }
  return null;
}

function isWhole(object) {
  return !String(object.object ?? "").endsWith(".delta"); // a delta is a piece of an object
}
