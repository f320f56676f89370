"""What requests of every API of the service have in common: models of objects, lists, and the 400 for what is wrong."""
