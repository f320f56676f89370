"""Where runmock is put between clients and their transports, and which session a request belongs to."""
