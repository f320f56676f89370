"""Tests of cassettes as files; this file is here so that `service` can be imported from every folder of them."""
