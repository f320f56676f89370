/* A heading that has the words of the search comes first: people paste the heading of an error. */
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 100,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
