"""What was in the recorded accounts beforehand: the assistants that lists show and runs use, oldest first."""

from __future__ import annotations

from typing import Any

MATH_TUTOR = {
    "id": "asst_D2BqLQ9rNgOjd5A3NpS9m9s4",
    "created_at": 1774965533,
    "name": "Math Tutor",
    "model": "gpt-4o-mini",
    "instructions": "You are a personal math tutor. Write and run code to answer math questions.",
    "tools": ["code_interpreter"],
}
OLDER = {"id": "asst_older"}
"""Lists were cut before it; all that is known of it is `has_more`."""

SALES = (
    "You are an assistant that looks up sales data and helps visualize the information based on user queries. When "
    "asked to generate a graph, chart, or other visualization, use the code interpreter tool to do so."
)
CAREFUL = (
    "Don't make assumptions about what values to plug into functions. Ask for clarification if a user request is "
    "ambiguous."
)
MATHS = "You help the user with mathematical descriptions and visualizations."
USERS_WEATHER = {
    "type": "function",
    "function": {"name": "get_current_weather", "description": "Gets the user's current weather"},
}
LOCATION = {
    "type": "function",
    "function": {"name": "get_current_location", "description": "Get the user's current location"},
}
UNIT = "The temperature unit to use. Infer this from the specified location."
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {"type": "string", "description": "The city and state, e.g. Boston, MA"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": UNIT},
            },
            "required": ["location"],
        },
    },
}


def _stores(store: str) -> dict[str, Any]:
    return {"tool_resources": {"file_search": {"vector_store_ids": [store]}}}


def _sales(store: str) -> dict[str, Any]:
    assistant = {"name": "Example: Contoso sales RAG", "instructions": SALES}
    return {**assistant, "tools": ["file_search", "code_interpreter"], **_stores(store)}


def _search(store: str, model: str = "gpt-4o-mini") -> dict[str, Any]:
    return {"model": model, "tools": ["file_search"], **_stores(store)}


CALLING = {
    "name": "Example: Function Calling",
    "model": "gpt-4-turbo",
    "instructions": CAREFUL,
    "tools": [LOCATION, WEATHER],
}
MATHEMATICIAN = {"instructions": MATHS, "tools": ["code_interpreter"]}
RENAMED = {"metadata": {"test_metadata_cleanup_eligible": "goodbye!"}}

OTHERS = [
    {"id": "asst_RnX9ahcRL24YODTUas2T0Nm0", "created_at": 1758657223, **_sales("vs_68d2fac719348191b8201ca2e66e3e8c")},
    {"id": "asst_hEIZBIKYoQiWjM4L5cqwBBUm", "created_at": 1760124457, **CALLING},
    {"id": "asst_EBIoKLJ4qgf3DuTNxvLE5lUZ", "created_at": 1760124470, **CALLING},
    {"id": "asst_XASgAgsMe3RWTQ0qSM4ixgMh", "created_at": 1760395501, **_sales("vs_68ed80edb5588191b6cf9058269f5a6e")},
    {"id": "asst_XQU4QvdATgA1zrRU3YW2sE75", "created_at": 1761858470, **_search("vs_6903d3a6cb588191bcb33feffa6f76e3")},
    {"id": "asst_suoi0yds3HYiYtrQulBF3QvB", "created_at": 1761858520, **_search("vs_6903d3d8f4d88191982d86110760b681")},
    {"id": "asst_h37hTT3TEPeR4WuWSPonbsCA", "created_at": 1761858683, **_search("vs_6903d47c91ac819186bfd71de29e31c1")},
    {"id": "asst_ibprFwDnf2m5pyHfnZYnK2YS", "created_at": 1761859108, **_search("vs_6903d6255da88191b03b2a239b012c9c")},
    {"id": "asst_GFm9NYzaCBOFj6JCO5YiyxgK", "created_at": 1761859909, "model": "gpt-4o-mini"},
    {"id": "asst_9QXzHHD6tBNBg02eaKGzgksj", "created_at": 1761861404, "tools": [USERS_WEATHER]},
    {"id": "asst_p9vso5zNBWYhszrpfuI0oflP", "created_at": 1761861404, "tools": [USERS_WEATHER]},
    {"id": "asst_9CXNIUo12wTj15sYQbuz9WVg", "created_at": 1761861414, **RENAMED},
    {"id": "asst_FZZyY4i1na61o11QCRrmnApz", "created_at": 1761861415, **RENAMED},
    {"id": "asst_mfpEDKz4cksL53EZEFHThET5", "created_at": 1761861420},
    {"id": "asst_ov57bmgAMJS1t7k8vbUbn4WM", "created_at": 1761861424},
    {"id": "asst_cLrDSF7FyYcUJOkh4dUGRSM3", "created_at": 1761861426, **MATHEMATICIAN},
    {"id": "asst_6QpiQpj2J3uuCjD1q83xdnxS", "created_at": 1761861431, **MATHEMATICIAN},
    {
        "id": "asst_CMtfUyymzFuBZRIdeRBYmCx8",
        "created_at": 1761861469,
        **_search("vs_6903df5dce008191b059c1b487f8e60b", "gpt-4o"),
    },
    {"id": "asst_BFMmpHsel3a7MuFuKKY9i5uG", "created_at": 1761861530, "tools": [USERS_WEATHER]},
]
