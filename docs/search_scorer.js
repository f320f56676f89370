/* Sphinx finds a heading only by a part of its text, and else whole pages. Here a heading is also found by its words in any order, and comes first.
   The pages about the protocol, for contributors and about changes come last. */
var Scorer = {
  score: ([docName, title, anchor, description, score, fileName, kind]) =>
    score + (kind === "title" ? 100 : 0) - (/^protocol\/|^changelog$|^how-it-is-built$/.test(docName) ? 200 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

/* Sphinx reads this file between its search and its index. */
Search.performTermsSearch = ((pagesWith) => {
  const wordsOf = (title) =>
    (title.toLowerCase().match(/\w+(-\w+)*/g) ?? []).flatMap((word) => [word.replaceAll("-", ""), ...word.split("-")]);
  const has = (words, term) => words.some((word) => (term.length > 2 ? word.startsWith(term) : word === term));

  return (terms, excluded) => {
    const { alltitles, titles, docnames, filenames } = Search._index;
    const typed = wordsOf(new URLSearchParams(location.search).get("q") ?? ""); // with words such as "again", which Sphinx drops
    const results = pagesWith(terms, excluded);
    for (const [title, places] of Object.entries(alltitles)) {
      const words = wordsOf(title);
      const isFound = terms.size && [...terms].every((term) => has(words, term));
      if (!isFound || [...excluded].some((term) => has(words, term))) continue;
      for (const [file, id] of places) {
        const isPage = titles[file] === title;
        const isWhole = typed.every((word) => words.includes(word));
        const score = Math.round((Scorer.title * terms.size) / words.length) + (isPage ? 1 : 0) + (isWhole ? 50 : 0);
        const shown = isPage ? title : `${titles[file]} > ${title}`;
        results.push([docnames[file], shown, id === null ? "" : `#${id}`, null, score, filenames[file], "title"]);
      }
    }
    return results;
  };
})(Search.performTermsSearch);
