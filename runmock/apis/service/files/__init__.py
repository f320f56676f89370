"""The files and vector stores of a session, which several APIs of the service use."""
