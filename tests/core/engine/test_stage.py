from runmock.core.engine.stage import Stage


class Kept:
    def __init__(self, stage):
        self.stage = stage


def test_backends_share_one_object_of_a_kind():
    stage, other = Stage(), Stage()
    kept = stage.shared(Kept)
    assert kept.stage is stage
    assert stage.shared(Kept) is kept
    assert other.shared(Kept) is not kept


def test_a_warning_is_kept_once():
    stage = Stage()
    for text in ("one", "two", "one"):
        stage.warn(text)
    assert stage.warnings == ["one", "two"]
