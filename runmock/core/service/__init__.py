"""The service's endpoints over a session's memory, one module an object; each handler takes a Call and gives JSON."""
