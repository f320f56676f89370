import pytest
from conversation import Service
from file_conversation import Files

from runmock.apis.files.api import FILES
from runmock.apis.files.backend import FilesBackend
from runmock.apis.files.operations import TABLE
from runmock.apis.registry import identify as identify_any
from runmock.core.api import Incoming
from runmock.core.http.exchange import Request

IDS = {
    "{file_id}": "file-1",
    "{vector_store_id}": "vs_1",
    "{batch_id}": "vsfb_1",
    "{upload_id}": "upload_1",
    "{model}": "m",
}


def filled(path):
    for name, value in IDS.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize(
    "root", ["", "/v1", "/openai", "/openai/v1", "/api/projects/weather", "/agents/v1.0/workspaces/w"]
)
def test_every_operation_is_found_below_every_root(row, root):
    path = filled(row.path)
    found = identify_any(row.method, root + path)
    assert (found.name, found.root, found.path, found.api) == (row.name, root, path, FILES)
    assert identify_any(row.method, f"{root}{path}/").name == row.name


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/containers/cntr_1/files/cfile_1/content"),
        ("GET", "/gateway/containers/cntr_1/files"),
        ("PUT", "/v1/files"),
        ("GET", "/v1/vector_stores/vs_1/other/files"),
        ("GET", "/v1/fine_tuning/jobs"),
        ("GET", "/v1/filesystem"),
        ("GET", "/v1/files//content"),
    ],
)
def test_other_addresses_are_of_another_api(method, path):
    assert FILES.identify(method, path) is None


def test_ids_are_decoded():
    assert FILES.identify("GET", "/v1/files/file%2D1").ids == {"file_id": "file-1"}


def test_a_name_of_a_secret_in_a_path_is_noticed():
    assert not FILES.identify("GET", "/v1/files/file-1").may_hold_secret
    assert FILES.identify("GET", "/v1/files/sk-1").may_hold_secret


def test_it_has_no_runs():
    backend = Files().backend
    assert (list(backend.views()), backend.is_streaming, FILES.plays_scripts) == ([], False, False)


def test_any_request_brings_a_run_that_takes_no_time_to_rest():
    """As `poll: 0` says: the run is at rest at the next request of any kind."""
    service = Service("runs: [{reply: a, poll: 0}]")
    service.creates()
    backend, (run,) = FilesBackend(service.stage), service.stage.created
    assert run.status == "queued"
    request = Request("GET", "api.openai.com", "/v1/files")
    backend.answer(Incoming(request, FILES.identify("GET", "/v1/files")))
    assert run.status == "completed"
