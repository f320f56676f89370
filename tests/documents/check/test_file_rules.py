import textwrap

from runmock.documents.check.checking import findings_and_notes


def found(path, text):
    path.write_text("runmock: 1\n" + textwrap.dedent(text))
    return [str(finding).removeprefix(f"{path}:") for finding in findings_and_notes(path)]


def test_a_file_that_cannot_be_read_breaks_a_rule(tmp_path):
    text = "files: [{filename: a.png, path: a.png}]\n"
    assert found(tmp_path / "a.yaml", text) == ["2:27: file: a.png cannot be read: No such file or directory"]
    (tmp_path / "a.png").write_bytes(b"")
    assert found(tmp_path / "a.yaml", text) == []


def test_ids_of_files_that_nothing_knows_are_noted(tmp_path):
    text = """\
        files: [{id: file-report, filename: a}, {filename: b}]
        vector_stores:
          - files: [file-report, file-reprt, file-plot, file-out, file-image, of-nobody]
          - search: [{filename: a, text: b, file_id: of-somebody}, {filename: a, text: b}]
          - {}
        runs:
          - steps:
              - code_interpreter: {input: plot(), images: [file-plot]}
              - calls: [f]
              - reply:
                  text: See a
                  annotations: [{text: a, file_path: {file_id: file-out}}, {text: a}]
          - reply: [{image_file: file-image}, b]
    """
    assert found(tmp_path / "a.yaml", text) == [
        "4:26: note: neither 'files' nor a step has a file file-reprt; did you mean 'file-report'?",
        "4:71: note: neither 'files' nor a step has a file of-nobody: it is taken, and has no content",
        "5:37: note: neither 'files' nor a step has a file of-somebody: it is taken, and has no content",
    ]


def test_two_files_with_one_id_are_found(tmp_path):
    text = "files: [{id: a, filename: b}, {id: a, filename: c}]\n"
    assert found(tmp_path / "a.yaml", text) == ["2:32: format: two entries of 'files' have the id 'a'"]
