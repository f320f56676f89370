"""What holds in a recording of the Assistants API: `runmock check` reports each rule that is broken."""
