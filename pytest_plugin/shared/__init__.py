"""`runmock_session`: fixtures of a wider scope that hold a session for all tests of a class, a module or longer."""
