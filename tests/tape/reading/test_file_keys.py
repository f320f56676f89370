"""`files:`, `vector_stores:`, `processing:` and `defaults: {downloads:}`."""

import textwrap

import pytest

from runmock.apis.service.files.scripted import Processing, ScriptedFile, ScriptedFiles, ScriptedStore
from runmock.core.errors import CassetteError
from runmock.tape.reading.cassette import cassette_from, load_cassette


def scripted(text, **more):
    (found,) = cassette_from(textwrap.dedent(text), **more).script.others
    return found


def refused(text):
    with pytest.raises(CassetteError) as caught:
        cassette_from(textwrap.dedent(text))
    return str(caught.value)


@pytest.mark.parametrize("key", ["files", "vector_stores", "processing"])
def test_a_cassette_with_one_of_the_keys_has_a_script(key):
    script = cassette_from(f"{key}: []").script
    assert (script.runs, script.others) == ((), ())


def test_what_a_cassette_says_of_files_is_read():
    found = scripted("""
        files:
          - {id: file-report, filename: report.txt, text: Summer was warm.}
          - {filename: /mnt/data/out.csv, base64: eCx5, purpose: assistants_output}
          - {filename: empty.txt}
        vector_stores:
          - {id: vs_1, name: Handbook, files: [file-report], metadata: {a: b}, expires_after: {anchor: last_active_at, days: 7}}
          - {id: vs_gone, status: expired}
          - {id: vs_faq, status: completed, search: [{filename: faq.md, score: 0.9, text: Yes.}]}
        processing:
          - {filename: /broken/, fail: invalid_file, message: The file could not be parsed.}
          - {poll: 2}
        defaults: {downloads: all}
    """)
    assert found == ScriptedFiles(
        (
            ScriptedFile("report.txt", "file-report"),
            ScriptedFile("/mnt/data/out.csv", None, "assistants_output"),
            ScriptedFile("empty.txt"),
        ),
        (
            ScriptedStore(
                "vs_1", "Handbook", ("file-report",), {"a": "b"}, {"anchor": "last_active_at", "days": 7}, False
            ),
            ScriptedStore("vs_gone", is_expired=True),
            ScriptedStore(
                "vs_faq",
                search=(
                    {
                        "file_id": "file-Jq8mVn2XcT5rLw9KdYb4Zs",
                        "filename": "faq.md",
                        "score": 0.9,
                        "attributes": {},
                        "content": [{"type": "text", "text": "Yes."}],
                    },
                ),
            ),
        ),
        (Processing("/broken/", 0, "invalid_file", "The file could not be parsed."), Processing(poll=2)),
        gives_all=True,
    )
    assert [file.read() for file in found.files] == [b"Summer was warm.", b"x,y", b""]


def test_downloads_alone_are_said_too():
    assert scripted("{runs: [], defaults: {downloads: all}}") == ScriptedFiles(gives_all=True)


def test_a_path_begins_in_the_folder_of_the_cassette(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/a.png").write_bytes(b"\x89PNG")
    path = tmp_path / "a.yaml"
    path.write_text("runmock: 1\nfiles: [{filename: a.png, path: plots/a.png}]\n")
    ((found,),) = [file.files for file in load_cassette(path).script.others]
    assert found.read() == b"\x89PNG"


def test_a_path_of_a_text_begins_in_the_folder_that_is_given_or_here(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"abc")
    text = "files: [{filename: a.txt, path: a.txt}]"
    assert scripted(text, folder=str(tmp_path)).files[0].read() == b"abc"
    monkeypatch.chdir(tmp_path)
    found = scripted(text)
    monkeypatch.chdir(tmp_path.parent)
    assert found.files[0].read() == b"abc"


def test_a_file_that_is_missing_is_named_with_its_place(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("runmock: 1\nfiles:\n  - {filename: a.png, path: a.png}\n")
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert str(caught.value) == f"{path}:3:23: a.png cannot be read: No such file or directory"


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret").write_bytes(b"")
    (inside / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(CassetteError, match="link is a link to somewhere outside of the cassette's folder"):
        cassette_from("files: [{filename: a, path: link}]", folder=str(inside))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("files: [{text: a}]", "inline:1:9: a file needs the key 'filename'"),
        ("files: [{filename: a, text: b, base64: eA==}]", "inline:1:32: a file has 'text' or 'base64', not both"),
        ("files: [{filename: a, base64: '?'}]", "'base64' should be base64, in as many lines as you like, got '?'"),
        (
            "files: [{filename: a, path: ../b}]",
            "'path' should be the path of a file from the cassette's folder on, inside of it, with slashes, got '../b'",
        ),
        ("files: [{filename: a, id: x}, {filename: b, id: x}]", "inline:1:45: two entries of 'files' have the id 'x'"),
        ("vector_stores: [{id: x}, {id: x}]", "inline:1:27: two entries of 'vector_stores' have the id 'x'"),
        ("files: [{filename: a, purpose: asistants}]", "did you mean 'assistants'?"),
        ("processing: [{message: a}]", "inline:1:15: 'message' goes with 'fail'"),
        ("processing: [{filename: /(/}]", "/(/ is not a regular expression"),
        ("processing: [{fail: broken}]", "'fail' should be"),
        ("vector_stores: [{expires_after: {days: 0}}]", "'days' should be at least 1, got 0"),
        ("defaults: {downloads: some}", "'downloads' should be 'all', got 'some'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text, message):
    assert message in refused(text)
