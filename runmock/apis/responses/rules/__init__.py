"""What holds in a recording of Responses and Conversations: `runmock check` reports each rule that is broken."""
