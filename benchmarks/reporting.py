"""Reports of made-up tests, as the plugin makes them when all tests are done."""

import gc
import time

from pytest_runmock.reports.markdown import markdown_text
from pytest_runmock.reports.page import page_text
from pytest_runmock.reports.results import Result

from runmock.viewer.document import json_for_page


def results_of(tests):
    """So many tests with a conversation of two requests each; every twentieth failed."""
    results = []
    for number in range(tests):
        requests = [
            {
                "method": "POST",
                "path": "/responses",
                "operation": "create_response",
                "status": 200,
                "at": at,
                "until": at + 5,
                "body": {"model": "gpt-4o", "input": f"question {number}"},
                "answer": {"id": f"resp_{at}", "output": ["an answer"] * 20},
            }
            for at in (0, 10)
        ]
        message = {"kind": "message", "role": "user", "text": f"question {number}", "at": 0, "request": 0}
        document = {
            "isTimed": True,
            "lengthMs": 15,
            "conversations": [{"id": "conv_1", "items": [message]}],
            "requests": requests,
            "images": {},
        }
        result = Result(
            f"tests/test_{number // 50}.py::test_{number}", runs=1, requests=2, document=json_for_page(document)
        )
        if number % 20 == 0:
            result.outcome, result.problems = "failed", [{"title": "wrong", "text": "a line\n" * 40, "kind": "bad"}]
        results.append(result)
    return results


def page_of_tests(tests):
    """The page of so many tests."""
    return page_text(results_of(tests), "benchmark")


class Making:
    """Rounds that make the documents of so many tests, their page and their text; the CPU time of a test."""

    def __init__(self, tests):
        self.tests = tests

    def round(self):
        gc.collect()  # what other rounds have left behind is no part of it
        began = time.process_time()
        results = results_of(self.tests)
        page_text(results, "benchmark")
        markdown_text(results, "benchmark")
        return (time.process_time() - began) / self.tests
