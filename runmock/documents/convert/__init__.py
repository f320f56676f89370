"""`runmock expand` and `runmock distill`: a script becomes a recording, a recording becomes the shortest script."""
