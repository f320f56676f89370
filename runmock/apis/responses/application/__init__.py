"""What an application sends, made up from a script: for `expand`, and for runs that a recording does not create."""
