"""`runmock show`: the page, its time axis, and the summary of a cassette."""
