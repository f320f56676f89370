"""The verbs: a script without a file. A verb is a method of `Verbs`; `RunBuilder` builds their run."""
