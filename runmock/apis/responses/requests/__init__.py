"""Models of the bodies and queries of requests, as the service checks them."""
