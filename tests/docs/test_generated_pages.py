"""The generated parts of docs/reference are as the product is."""

import inspect

import pytest
from generated_api import ATTRIBUTES, ERRORS, OF_SESSION, OF_THE_MACHINE, VERBS, VIEWS
from generated_pages import PARTS, REFERENCE, up_to_date

import runmock
from runmock.core.errors import CassetteError
from runmock.session.verbs.verb_options import NAMES


@pytest.mark.parametrize(("page", "name", "part"), PARTS, ids=[name for _, name, _ in PARTS])
def test_a_part_of_a_page_is_up_to_date(page, name, part):
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert text == up_to_date(text, name, part()), "make docs-generated writes it"


def test_a_stale_part_is_found_and_a_page_without_marks_refused():
    page = "Before.\n\n<!-- keys: begin -->\n\nold\n\n<!-- keys: end -->\n\nAfter.\n"
    assert up_to_date(page, "keys", "new\n") == page.replace("old", "new")
    with pytest.raises(ValueError, match="0 parts"):
        up_to_date(page, "faults", "new\n")


def test_every_public_name_has_a_place_on_the_page_of_the_api():
    others = {"Session", "runmock_session", "transport", "use_cassette"}
    assert set(runmock.__all__) == others | set(VIEWS) | {name for names in ERRORS for name in names}


def test_every_member_of_a_session_is_for_tests_or_for_the_machine():
    members = {name for name in dir(runmock.Session) if not name.startswith("_")}
    assert members == {*VERBS, *OF_SESSION, *OF_THE_MACHINE}


def test_every_attribute_of_an_error_is_explained():
    assert set(vars(CassetteError("wrong", "a.yaml"))) == set(ATTRIBUTES)


@pytest.mark.parametrize("verb", VERBS)
def test_the_docstring_of_a_verb_names_every_argument_and_has_an_example(verb):
    method = getattr(runmock.Session, verb)
    text = inspect.getdoc(method)
    _, *parameters = inspect.signature(method).parameters.values()
    names = {name for parameter in parameters for name in NAMES.get(str(parameter.annotation), (parameter.name,))}
    assert f"    runmock.{verb}(" in text or f").{verb}(" in text
    assert [name for name in sorted(names) if f"`{name}`" not in text and f"`{name}=" not in text] == []
