"""What all APIs of the service share: hosts and clients, API roots, providers, the texts of refusals, other APIs.

An API package may import from here. Nothing here knows an API package.
"""
