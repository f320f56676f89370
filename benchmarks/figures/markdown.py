"""The page `benchmarks/results.md`: what is not kept first, then a table for each question. It is made from the last two runs."""

from figures.rows import EVERYBODY, Question, Unit
from figures.runs import AGAIN

CHART = "growth.svg"
QUIET = 2
"""The benchmark itself has one process at work, and at most two: a load above it is other work."""
MOST_NAMES = 5
"""So many rows that other work disturbed are named."""
UNKNOWN = "No reason is known yet."
HEAD = """# How fast runmock is, beside others

`make bench` has written this page. Rounds of all contenders take turns, so that a slow moment of the machine meets each of them. A value is
the median of the rounds, with quartiles. **The floor** is the same SDK over a `MockTransport` with prebuilt bytes, in the same turn: no mock can
take less. **A/A** is the floor beside itself: the noise. A limit is what runmock is to keep to; *kept* says whether it did in this run, and in the
run before. A peer in **bold** is ahead of runmock by more than the noise. Peers have their newest versions. Less is better, unless a limit is "at least".
"""
INTRODUCTIONS = {
    Question.CALL: "Answers that lie in a cassette or in a script, asked by the official SDK in process.",
    Question.SUITE: "Whole runs of pytest: with the plugin installed and unused, with a fixture in each test, and with reports.",
    Question.GROWTH: "The cost of one item among many, as times the cost of one among few. 1 is ideal: it does not grow.",
    Question.RECORDING: "A local server streams to the SDK, which is recorded; the floor is the same client without a recorder.",
    Question.SERVE: "Servers, asked over plain sockets, so that no client library is measured.",
    Question.DOCUMENTS: "The floor is `json.loads` of the same values.",
}
REPEATING = """## How to repeat it

`make bench` installs the peers into environments of their own, in `.venv-bench-*`, and takes less than 20 minutes; `make bench-quick` takes less than one, and
writes nothing. `python benchmarks/bench.py --only WORDS` measures the rows whose name has these words. What each row does stands in
`benchmarks/workloads.py` with its limit; the figures of the last two runs, with the quartiles of all, are in `benchmarks/results.json`.
Do nothing else on the machine meanwhile. Two scripts beside it measure more closely: `hops.py` counts the functions and files that an answer goes through,
and `first_event.py` asks each kind of client when the first event of a recorded stream arrives.
"""


def page(runs, table, browser):
    """The page of the last runs, the newest first; `table` has the rows of each question, `browser` is a section."""
    rows = [row for group in table.values() for row in group]
    parts = [HEAD, *_not_kept(runs, rows), *_ahead(runs[0], rows)]
    for question, group in table.items():
        parts += ["", f"## {question}", "", INTRODUCTIONS[question], "", *_table(runs, group)]
        if any(one.curve for _, one in found_in(runs[0], group)):
            parts += ["", f"![The cost of one item by the number of items]({CHART})"]
    return "\n".join([*parts, "", *browser, REPEATING, *_foot(runs[0])])


def environments(run):
    """Those in which something was measured, in their order."""
    return list(dict.fromkeys(one.environment for one in run.measured))


def found_in(run, rows):
    """Each row with what was found in it, once for each environment."""
    for row in rows:
        for environment in environments(run):
            if (one := run.find(row.name, environment)) is not None:
                yield row, one


def is_kept(run, row, environment):
    """Whether a run has kept the limit of a row; None where it has no value."""
    one = run.find(row.name, environment)
    value = None if one is None else one.values.get("runmock")
    return None if value is None or isinstance(value, str) else row.keeps(value.middle)


def peers_ahead(row, one):
    """The peers that are better than runmock by more than the noise."""
    ours, again = one.values.get("runmock"), one.values[AGAIN]
    peers = {name: value for name, value in one.values.items() if name not in (AGAIN, "runmock")}
    if isinstance(ours, str) or isinstance(again, str):
        return []
    return [name for name, value in peers.items() if not isinstance(value, str) and row.is_ahead(value, ours, again)]


def shown(value, row):
    """A figure with as many digits as are of use; what is counted has none."""
    is_count = row.unit in (Unit.ITSELF, Unit.MORE) and value == int(value)
    return f"{value:,.0f}" if is_count or abs(value) >= 20 else f"{value:.2f}"


def _limit(row):
    return f"at least {row.limit}" if row.is_to_reach else f"{row.limit}"


def _unit(row):
    return row.of or (f"times one among {row.sizes[0]:,}" if row.sizes else row.unit)


def _verdicts(runs, row, environment):
    words = {True: "yes", False: "**no**", None: "-"}
    return ", ".join(words[is_kept(run, row, environment)] for run in runs)


def _spread(value, row):
    """A median and its quartiles."""
    low, middle, high = (shown(each, row) for each in value)
    return middle if low == high else f"{middle} ({low} to {high})"


def _cell(row, one, name):
    """What is shown of a contender: runmock and A/A with quartiles, a peer in bold if it is ahead."""
    value = one.values.get(name)
    if value is None:
        return ""
    if name in (AGAIN, "runmock") and not isinstance(value, str):
        return _spread(value, row)
    return f"**{_middle(row, one, name)}**" if name in peers_ahead(row, one) else _middle(row, one, name)


def _middle(row, one, name):
    """The median of a contender; a dash where there is none."""
    value = None if one is None else one.values.get(name)
    return "-" if value is None or isinstance(value, str) else shown(value.middle, row)


def _not_kept(runs, rows):
    """The list of the rows whose limit was not kept in one of the runs, each with its reason."""
    yield "## What is not kept"
    yield ""
    lines = []
    for row in rows:
        found = [one for _, one in found_in(runs[0], [row])]
        kept = {one.environment: [is_kept(run, row, one.environment) for run in runs] for one in found}
        missed = [_in_runs(runs, row, environment) for environment, answers in kept.items() if False in answers]
        if missed:
            reason = row.why_not or UNKNOWN
            lines.append(f"- **{row.name}**: {', '.join(missed)}; the limit is {_limit(row)}. {reason}")
        without = [one for one in found if kept[one.environment][0] is None]
        lines += [f"- {_named(row, one)}: there is no value. {one.values['runmock']}" for one in without]
    yield from lines or ["Nothing: each row keeps its limit."]
    if len(runs) == 1:
        yield "\nThere is one run yet; a limit counts as kept after two in a row."


def _in_runs(runs, row, environment):
    """The value of this run, and of the run before if it has one."""
    found = [run.find(row.name, environment) for run in runs]
    return f"{' and before '.join(_middle(row, one, 'runmock') for one in found if one)} ({environment})"


def _named(row, one):
    return f"**{row.name}**, {one.environment}"


def _ahead(run, rows):
    """The list of the rows in which a peer is better."""
    yield ""
    yield "## Where a peer is ahead"
    yield ""
    lines = []
    for row, one in found_in(run, rows):
        peers = [f"{name} {_middle(row, one, name)}" for name in peers_ahead(row, one)]
        if peers:
            lines.append(f"- {_named(row, one)}: {', '.join(peers)}; runmock {_middle(row, one, 'runmock')}")
    yield from lines or ["Nowhere, beyond the noise."]


def _table(runs, rows):
    """A table, and below it why some cells have no value."""
    found = list(found_in(runs[0], rows))
    if not found:
        yield "Nothing was measured yet."
        return
    measured = {name for _, one in found for name in one.values}
    names = [AGAIN, *(name for name in EVERYBODY if name in measured)]
    yield f"| what | SDK | unit | limit | kept | {' | '.join(names)} |"
    yield f"|---|---|---|---|---|{'---|' * len(names)}"
    for row, one in found:
        cells = [_cell(row, one, name) for name in names]
        head = (row.name, one.environment, _unit(row), _limit(row), _verdicts(runs, row, one.environment))
        yield f"| {' | '.join([*head, *cells])} |"
    reasons = [
        f"- {name}, {_named(row, one)}: {value}"
        for row, one in found
        for name, value in one.values.items()
        if isinstance(value, str)
    ]
    yield from ["", *reasons] if reasons else []


def _foot(run):
    """Where and with what the run was made, and whether other work disturbed it."""
    yield "## Machine and versions"
    yield ""
    yield (
        f"Measured on {run.day} with Python {run.python} on {run.machine}, {run.cores} cores, "
        f"{run.rounds} rounds at most."
    )
    loads = [one.load for one in run.measured]
    if loads:
        yield f"The load of the machine before each row was {min(loads):.1f} to {max(loads):.1f}."
    busy = [f"{one.row} ({one.environment})" for one in run.measured if one.load > QUIET]
    if busy:
        yield (
            f"\n**Other work ran** on the machine: the benchmark alone makes a load of at most {QUIET}, and it was more before "
            f"{len(busy)} of {len(loads)} rows: {', '.join(busy[:MOST_NAMES])}{' and others' * (len(busy) > MOST_NAMES)}."
        )
    yield ""
    yield from (f"- {name}: {versions}" for name, versions in run.versions.items())
