"""Answers that are no text: kept in the cassette, or beside it, and never lost."""

import contextlib
import hashlib

import httpx2
import pytest
from upstream import ROOT

import runmock
from runmock.tape.reading.cassette import load_cassette

SMALL = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
LARGE = b"\x89PNG" + bytes(range(256)) * 80
OTHER = b"\x89PNG" + bytes(range(255, -1, -1)) * 80
HOSTS = ["gateway.example"]


def name_of(content, ending="png"):
    return f"{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.runmock.yaml"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "weather.files"


@contextlib.contextmanager
def session(path, contents, mode="once", kind="image/png", **options):
    """A client whose upstream has these contents by path, and which is recorded."""

    def answer(request):
        headers = {"content-type": kind, "x-request-id": "req_1"}
        return httpx2.Response(200, content=contents[request.url.path.removeprefix("/v1")], headers=headers)

    with (
        httpx2.Client(transport=httpx2.MockTransport(answer), base_url=ROOT) as sent,
        runmock.use_cassette(path, record_mode=mode, hosts=HOSTS, **options),
    ):
        yield sent


def record(path, *contents, mode="once", **options):
    """Fetch these contents, each from a path of its own, in one session; what the application got."""
    named = {f"/files/f{number}/content": content for number, content in enumerate(contents)}
    with session(path, named, mode, **options) as sent:
        return [sent.get(name).content for name in named]


def played(path, number=0):
    with session(path, {}, "none") as sent:
        return sent.get(f"/files/f{number}/content").content


def test_few_bytes_stand_in_the_cassette_in_short_lines(path):
    assert record(path, SMALL) == [SMALL]
    head, _, rest = path.read_text().partition("interactions:\n")
    assert head.startswith("runmock: 1\nrecorded: {at: ")
    assert rest == (
        "  - request: GET /files/f0/content\n"
        "    headers: {content-type: image/png}\n"
        "    base64: |\n"
        "      iVBORw0KGgoAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w\n"
        "      MTIzNDU2Nzg5Ojs=\n"
    )
    assert played(path) == SMALL


@pytest.mark.parametrize(("size", "is_beside"), [(16 * 1024, False), (16 * 1024 + 1, True)])
def test_more_than_16_kib_stand_in_a_file_beside_it(path, folder, size, is_beside):
    content = b"\xff" * size
    record(path, content)
    digest = hashlib.sha256(content).hexdigest()
    written = f"    path: weather.files/{name_of(content)}\n    size: {size}\n    sha256: "
    assert (written in path.read_text()) is is_beside
    assert digest in path.read_text() or not is_beside
    assert folder.exists() is is_beside
    assert not is_beside or (folder / name_of(content)).read_bytes() == content
    assert played(path) == content


@pytest.mark.parametrize(
    ("name", "beside"),
    [("a.yaml", "a.files"), ("a.b.runmock.yaml", "a.b.files"), ("a.yml", "a.files"), ("a", "a.files")],
)
@pytest.mark.parametrize(
    ("kind", "ending"),
    [("Image/PNG; q=1", "png"), ("application/octet-stream", "bin"), ("image/jpeg", "jpg"), ("x/../y", "bin")],
)
def test_the_file_is_named_by_the_cassette_the_digest_and_the_type(tmp_path, name, beside, kind, ending):
    record(tmp_path / name, LARGE, kind=kind)
    assert [file.name for file in (tmp_path / beside).iterdir()] == [name_of(LARGE, ending)]
    assert played(tmp_path / name) == LARGE


def test_a_request_that_is_binary_and_has_no_parts_is_compared_by_its_digest(path):
    for mode in ("once", "none"):
        with session(path, {"/blob": b"ok"}, mode, kind="text/plain") as sent:
            assert sent.put("/blob", content=LARGE, headers={"content-type": "image/png"}).text == "ok"
    assert f"body: {{binary: {{size: {len(LARGE)}, sha256: " in path.read_text()
    with session(path, {}, "none") as sent, pytest.raises(runmock.UnmatchedRequest):
        sent.put("/blob", content=OTHER, headers={"content-type": "image/png"})


def test_a_form_without_parts_plays(path):
    for mode in ("once", "none"):
        with session(path, {"/token": b"ok"}, mode, kind="text/plain") as sent:
            assert sent.post("/token", data={"grant": "a b"}).text == "ok"
    assert "body: grant=a+b\n" in path.read_text()


def test_recording_the_same_again_changes_nothing(path, folder):
    record(path, SMALL, LARGE)
    before = path.read_bytes(), path.stat().st_mtime_ns, (folder / name_of(LARGE)).stat().st_mtime_ns
    record(path, SMALL, LARGE, mode="all")
    assert before == (path.read_bytes(), path.stat().st_mtime_ns, (folder / name_of(LARGE)).stat().st_mtime_ns)


def test_a_file_goes_with_its_last_use(path, folder):
    record(path, LARGE, LARGE)
    assert [file.name for file in folder.iterdir()] == [name_of(LARGE)]
    record(path, LARGE, OTHER, mode="rewrite")
    assert {file.name for file in folder.iterdir()} == {name_of(LARGE), name_of(OTHER)}
    record(path, OTHER, SMALL, mode="rewrite")
    assert [file.name for file in folder.iterdir()] == [name_of(OTHER)]
    record(path, SMALL, mode="rewrite")
    assert not folder.exists()


def test_a_file_that_another_cassette_names_stays(path, folder):
    record(path, LARGE)
    copy = path.with_name("copy.yaml")
    copy.write_text(path.read_text())
    record(path, SMALL, mode="rewrite")
    assert (folder / name_of(LARGE)).exists()
    assert played(copy) == LARGE


def test_a_file_that_somebody_put_there_stays(path, folder):
    record(path, LARGE)
    (folder / "notes.txt").write_text("mine")
    record(path, SMALL, mode="rewrite")
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]


def test_a_file_that_the_cassette_names_by_another_name_stays(path, tmp_path):
    digest = hashlib.sha256(LARGE).hexdigest()
    (tmp_path / "plot.png").write_bytes(LARGE)
    path.write_text(
        "runmock: 1\ninteractions:\n- request: GET /files/f0/content\n"
        f"  path: plot.png\n  size: {len(LARGE)}\n  sha256: '{digest}'\n"
    )
    assert played(path) == LARGE
    record(path, SMALL, mode="rewrite")
    assert (tmp_path / "plot.png").exists()


def test_a_file_that_was_lost_comes_back_when_it_is_recorded_again(path, folder):
    record(path, LARGE)
    before = path.read_bytes()
    (folder / name_of(LARGE)).unlink()
    folder.rmdir()
    record(path, LARGE, mode="all")
    assert path.read_bytes() == before
    assert played(path) == LARGE


def test_new_episodes_come_beside_those_that_are_there(path, folder):
    record(path, LARGE)
    before = path.read_text()
    with session(path, {"/files/f9/content": OTHER}, "new_episodes") as sent:
        assert [sent.get(f"/files/{name}/content").content for name in ("f0", "f9")] == [LARGE, OTHER]
    assert path.read_text().startswith(before)
    assert {file.name for file in folder.iterdir()} == {name_of(LARGE), name_of(OTHER)}
    assert (played(path), played(path, 9)) == (LARGE, OTHER)


def test_a_hand_written_script_beside_binary_answers_stays(path):
    path.write_text("runmock: 1\nruns:\n  - reply: Hi  # by hand\n")
    record(path, SMALL, LARGE, mode="all")
    assert path.read_text().startswith("runmock: 1\nruns:\n  - reply: Hi  # by hand\n")
    assert (played(path), played(path, 1)) == (SMALL, LARGE)


def test_a_file_that_has_both_ends_of_lines_stays_as_it_is(path):
    record(path, SMALL)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n", 2))
    before = path.read_bytes()
    record(path, SMALL, mode="all")
    assert path.read_bytes() == before


def test_lines_may_end_as_windows_has_them(path):
    record(path, SMALL, LARGE)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    record(path, OTHER, SMALL, mode="rewrite")
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")
    assert (played(path), played(path, 1)) == (OTHER, SMALL)


def test_a_file_that_cannot_be_written_costs_nothing(path, folder):
    record(path, SMALL)
    before = path.read_bytes()
    folder.write_text("no folder")
    with pytest.raises(OSError, match=r"weather\.files"):
        record(path, LARGE, mode="rewrite")
    assert path.read_bytes() == before
    assert played(path) == SMALL


def test_the_application_may_go_elsewhere(path, tmp_path, monkeypatch):
    record(path, LARGE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with session(path.relative_to(tmp_path), {}, "none") as sent:
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert sent.get("/files/f0/content").content == LARGE


def test_a_cassette_that_a_link_leads_to_has_its_files_where_it_is(path, folder, tmp_path):
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "weather.runmock.yaml"
    link.symlink_to(path)
    record(path, LARGE)
    assert played(link) == LARGE
    record(link, OTHER, mode="rewrite")
    assert [file.name for file in folder.iterdir()] == [name_of(OTHER)]
    assert (played(path), played(link)) == (OTHER, OTHER)


def test_a_missing_file_fails_the_test_with_its_name(path, folder):
    record(path, LARGE)
    (folder / name_of(LARGE)).unlink()
    with pytest.raises(runmock.ScriptError) as raised:
        played(path)
    assert str(raised.value) == (
        f"weather.files/{name_of(LARGE)} cannot be read: No such file or directory; recorded were 20,484 bytes with the "
        f"sha256 {hashlib.sha256(LARGE).hexdigest()}\n"
        f"  cassette  {path}, interaction 0, line 4, which answers GET /files/f0/content\n"
        "  fix it    put the file back, or record it again"
    )


def test_an_altered_file_fails_the_test_and_names_both_digests(path, folder):
    record(path, LARGE)
    (folder / name_of(LARGE)).write_bytes(SMALL)
    with pytest.raises(runmock.ScriptError) as raised:
        played(path)
    assert str(raised.value).split("\n")[0] == (
        f"weather.files/{name_of(LARGE)} is not what was recorded: it has 68 bytes with the sha256 "
        f"{hashlib.sha256(SMALL).hexdigest()}, recorded were 20,484 with {hashlib.sha256(LARGE).hexdigest()}"
    )


def test_a_file_that_leads_out_of_the_folder_is_not_read(path, folder, tmp_path):
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes(LARGE)
    record(path, LARGE)
    (folder / name_of(LARGE)).unlink()
    (folder / name_of(LARGE)).symlink_to(outside)
    with pytest.raises(runmock.ScriptError, match="is a link to somewhere outside of the cassette's folder"):
        played(path)


def test_nothing_is_written_out_of_the_folder(path, folder, tmp_path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    folder.symlink_to(outside)
    with pytest.raises(runmock.CassetteError, match="is a link to somewhere outside of the cassette's folder"):
        record(path, LARGE)
    assert list(outside.iterdir()) == []
    assert not path.exists()


def test_verify_compares_bytes(path):
    record(path, SMALL, LARGE)
    assert record(path, SMALL, LARGE, mode="verify") == [SMALL, LARGE]
    with pytest.raises(runmock.CassetteError) as raised:
        record(path, SMALL, OTHER, mode="verify")
    line = load_cassette(path).interactions[1].source.line
    assert str(raised.value) == (
        f"{path}: the answers of upstream differ from the cassette\n"
        f"  interaction 1, line {line}: GET /files/f1/content  content.sha256\n"
        f"      cassette  {hashlib.sha256(LARGE).hexdigest()}\n"
        f"      upstream  {hashlib.sha256(OTHER).hexdigest()}"
    )


def test_before_record_may_drop_a_binary_answer(path):
    with session(
        path,
        {"/a": b"text", "/b": SMALL},
        before_record=lambda interaction: interaction if interaction.content is None else None,
    ) as sent:
        assert (sent.get("/a").content, sent.get("/b").content) == (b"text", SMALL)
    assert [interaction.path for interaction in load_cassette(path).interactions] == ["/a"]


def test_before_record_gets_the_bytes_and_may_change_them(path, folder):
    def clean(interaction):
        contents = (interaction.json, interaction.text, interaction.stream, interaction.content)
        assert contents == (None, None, None, SMALL)
        interaction.content = LARGE
        return interaction

    assert record(path, SMALL, before_record=clean) == [SMALL]
    assert [file.name for file in folder.iterdir()] == [name_of(LARGE)]
    assert played(path) == LARGE


def test_before_record_may_make_it_a_text(path):
    def clean(interaction):
        interaction.text = "a picture"
        return interaction

    record(path, SMALL, before_record=clean)
    assert played(path) == b"a picture"


def test_bytes_are_not_searched_for_secrets_and_texts_are(path):
    secret = b"sk-proj-abcdefghijklmnopqrstuvwxyz012345"
    assert record(path, b"\xff" + secret) == [b"\xff" + secret]
    assert played(path) == b"\xff" + secret
    with pytest.raises(runmock.CassetteError, match="GET /files/f0/content or its answer holds an OpenAI key"):
        record(path, b"the key: " + secret, mode="rewrite", kind="application/octet-stream")


@pytest.mark.parametrize("place", ["a form field", "a file's name"])
def test_uploads_are_searched_for_secrets(path, place):
    secret = "sk-proj-abcdefghijklmnopqrstuvwxyz012345"
    note, name = (secret, "a.txt") if place == "a form field" else ("a", f"{secret}.txt")
    with (
        pytest.raises(runmock.CassetteError, match="POST /files or its answer holds an OpenAI key"),
        session(path, {"/files": b"ok"}, kind="text/plain") as sent,
    ):
        sent.post("/files", data={"note": note}, files={"file": (name, secret.encode())})
    assert not path.exists()
    with session(path, {"/files": b"ok"}, kind="text/plain") as sent:
        sent.post("/files", data={"note": "a"}, files={"file": ("a.txt", secret.encode())})
    assert "filename: a.txt, size: 40" in path.read_text()


def test_more_than_64_mib_are_kept_by_their_digest_alone(path, folder):
    content = b"\xff" * (64 * 1024 * 1024 + 1)
    named = {"/files/f0/content": content}
    with session(path, named) as sent:
        assert len(sent.get("/files/f0/content").content) == len(content)
    assert f"    size: 67108865\n    sha256: {hashlib.sha256(content).hexdigest()}\n" in path.read_text().replace(
        '"', ""
    )
    assert "path:" not in path.read_text()
    assert not folder.exists()
    with pytest.raises(
        runmock.UnmatchedRequest, match="is not in the cassette: its 67,108,865 bytes were too many to keep"
    ):
        played(path)
    before = path.read_bytes()
    with session(path, named, "all") as sent:
        sent.get("/files/f0/content")
    assert path.read_bytes() == before
