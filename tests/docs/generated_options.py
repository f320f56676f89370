"""The part of docs/reference/options.md that is made from the plugin's table of options and the table of record modes."""

from pytest_runmock.option_table import OPTIONS, VARIABLES

from runmock.apis.registry import APIS
from runmock.core.replay.record_modes import Action, RecordMode, actions

KEYWORDS = {"unused": "allow_unplayed", "chaos_seed": None}
"""The keywords of the marker that stand for a setting in another form; the seed is a key of `chaos=`."""
WORDS = {
    Action.REPLAY: "played",
    Action.RECORD: "recorded",
    Action.REFUSE: "a miss: the test fails",
    Action.COMPARE: "nothing is played; the server answers, and runmock compares",
}
NOTES = {
    RecordMode.NONE: "The default.",
    RecordMode.ONCE: "A file is new if it did not exist when pytest started.",
    RecordMode.NEW_EPISODES: "runmock adds the recording to the file.",
    RecordMode.ALL: "The part of the file that this test did not use stays.",
    RecordMode.REWRITE: "The part of the file that this test did not use is removed, unless other tests name the file.",
    RecordMode.VERIFY: "A difference fails the test. Nothing is written.",
}


def markdown():
    """The generated part."""
    return f"## All options\n\n{_settings()}\n## Their names\n\n{_names()}\n## Record modes\n\n{_modes()}\n{_switched_off()}"


def flag(option):
    """An option of the command line."""
    return f"--runmock-{option.name.replace('_', '-')}"


def keyword(option):
    """The marker's keyword for a setting; None when it has none."""
    return KEYWORDS.get(option.name, option.keyword)


def _value(option):
    if option.is_flag:
        return ""
    if option.metavar:
        return f"[={option.metavar}]"
    return "=..."


def _settings():
    rows = [["option", "meaning", "default"], ["---", "---", "---"]]
    for option in OPTIONS:
        default = f"`{option.default}`" if option.default else "off" if option.is_flag or option.metavar else "none"
        values = (
            f": {', '.join(f'`{choice}`' for choice in option.choices)}" if isinstance(option.choices, tuple) else ""
        )
        values = values if option.choices else ""
        rows.append([f"`{flag(option)}{_value(option)}`", f"{option.help}{values}", default])
    return _table(rows)


def _names():
    rows = [["command line", "ini file", "environment", "marker"], ["---"] * 4]
    for option in OPTIONS:
        of_marker = f"`{keyword(option)}=`" if keyword(option) else "in `chaos=`" if option.name == "chaos_seed" else ""
        rows.append([f"`{flag(option)}`", f"`runmock_{option.name}`", f"`{VARIABLES[option.name]}`", of_marker])
    return _table(rows)


def _modes():
    rows = [["mode", "the cassette has an answer", "it has none", ""], ["---"] * 4]
    for mode in RecordMode:
        new, old = actions(mode, existed=False), actions(mode, existed=True)
        no_match = WORDS[old.no_match] + (
            "" if new.no_match is old.no_match else f"; {WORDS[new.no_match]} if the file is new"
        )
        match = (
            WORDS[new.match] if new.no_match is not Action.RECORD or new.match is Action.REPLAY else "recorded again"
        )
        rows.append([f"`{mode}`", match, no_match, NOTES[mode]])
    return _table(rows)


def _table(rows):
    return "".join(f"| {' | '.join(row)} |\n".replace("|  |", "| |") for row in rows)


def _switched_off():
    """Which APIs are recorded where, whatever the mode."""
    sentences = [
        f"The {api.name} API was switched off at {' and '.join(f'`{host}`' for host in api.retirement.hosts)} on "
        f"{api.retirement.on}: there, a mode that asks the server refuses its requests, and the error says so."
        for api in APIS
        if api.retirement is not None
    ]
    return "\n".join([*sentences, "Every other API is recorded at every host."])
