"""`use_cassette` as a decorator: of functions, generators, coroutines, classes of tests and TestCase classes."""
