"""What the service accepts: models of every request's parameters, and the 400 that a wrong one gets."""
