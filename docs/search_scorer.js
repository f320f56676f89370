/* A heading that has all words of the search comes first: people paste the heading of an error. */
var Scorer = {
  score: ([docName, title, anchor, description, score, fileName, kind]) => (kind === "title" ? score + 100 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
