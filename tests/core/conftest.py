"""Tests of the core; this file is here so that `conversation` can be imported from every folder of them."""
