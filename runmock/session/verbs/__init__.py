"""The verbs: a script without a file. A verb is a method of `Verbs`; `RunBuilder` collects what they say."""
