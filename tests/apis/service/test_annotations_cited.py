import pytest

from runmock.apis.service.citations import cite


@pytest.mark.parametrize(
    ("annotation", "placed"),
    [
        ({"text": "[1]"}, {"type": "file_citation", "text": "[1]", "start_index": 4, "end_index": 7}),
        ({"text": "none"}, {"type": "file_citation", "text": "none", "start_index": 0, "end_index": 4}),
        ({"text": "[1]", "start_index": 1}, {"type": "file_citation", "text": "[1]", "start_index": 1, "end_index": 4}),
        (
            {"text": "[1]", "type": "file_path", "end_index": 9, "odd": 1},
            {"type": "file_path", "text": "[1]", "start_index": 4, "end_index": 9, "odd": 1},
        ),
        (
            {"text": "[1]", "file_path": {"file_id": "file-1"}},
            {"type": "file_path", "text": "[1]", "start_index": 4, "end_index": 7, "file_path": {"file_id": "file-1"}},
        ),
        ({}, {"type": "file_citation", "text": "", "start_index": 0, "end_index": 0}),
    ],
)
def test_an_annotation_finds_its_place_in_the_text(annotation, placed):
    assert cite("See [1].", [annotation]) == [placed]
