"""For each recording a script of the same flow, as a person would write it: what was written, called, run and found.

`poll` are the statuses that the polls of the recording saw before the run came to rest. Recordings in which no run was
created need no more than what was in the account before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from account import MATH_TUTOR, OLDER, OTHERS
from regression import REGRESSION

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_RUNS: Mapping[str, Any] = {"runs": []}

SYMPY = (
    "import sympy as sp\r\n\r\n# Define the variable\r\nx = sp.symbols('x')\r\n\r\n# Define the equation\r\n"
    "equation = sp.Eq(3*x + 11, 14)\r\n\r\n# Solve the equation\r\nsolution = sp.solve(equation, x)\r\nsolution"
)
SOLUTION = "The solution to the equation \\(3x + 11 = 14\\) is \\(x = 1\\)."
SPACED_SOLUTION = "The solution to the equation \\( 3x + 11 = 14 \\) is \\( x = 1 \\)."


def _equation(reply: str, **beside: Any) -> Mapping[str, Any]:
    """The run of every openllmetry recording: solve an equation by code, then answer."""
    return {"runs": [{"steps": [{"code_interpreter": SYMPY}, {"reply": reply}], "poll": ["in_progress"]}], **beside}


SCRIPTS: Mapping[str, str | Mapping[str, Any]] = {
    "openai-dotnet/StreamingRunWorks.json": """
runs:
  - reply: >-
      Hello! I'm just a program, so I don't have feelings, but I'm here and ready to help you with whatever you need.
      How can I assist you today?
""",
    "openai-dotnet/StreamingToolCall.json": """
runs:
  - steps:
      - calls: [get_current_weather]
        outputs: [warm and sunny]
      - reply: >-
          Since it's warm and sunny outside, you should consider wearing lightweight, breathable clothing such as a
          t-shirt, shorts, or a light dress. Don't forget sunglasses and sunscreen to protect yourself from the sun!
""",
    "openai-dotnet/FileSearchStreamingWorks.json": """
runs:
  - steps:
      - file_search:
          results:
            - file_id: file-CyHtsk7XAWdRabQUBYRjCu
              file_name: favorite_foods.txt
              score: 0.6800102176172463
              text: |-
                The favorite food of several people:
                - Summanus Ferdinand: tacos
                - Tekakwitha Effie: pizza
                - Filip Carola: cake
      - reply:
          text: Filip's favorite food is cake【4:0†favorite_foods.txt】.
          annotations:
            - text: 【4:0†favorite_foods.txt】
              file_citation: {file_id: file-CyHtsk7XAWdRabQUBYRjCu}
""",
    "openai-dotnet/FileSearchWorks.json": """
runs:
  - steps:
      - file_search:
          results:
            - &cake
              file_id: file-DLCAr5NoVMw44WT3FrWWva
              file_name: favorite_foods.txt
              score: 0.7506859036913381
              text: |-
                This file describes the favorite foods of several people.

                Summanus Ferdinand: tacos
                Tekakwitha Effie: pizza
                Filip Carola: cake
            - *cake
      - reply:
          text: Filip's favorite food is cake【4:0†favorite_foods.txt】.
          annotations:
            - text: 【4:0†favorite_foods.txt】
              file_citation: {file_id: file-DLCAr5NoVMw44WT3FrWWva}
    poll: 0
""",
    "openai-dotnet/FunctionToolsWork.json": """
runs:
  - steps:
      - calls: [get_favorite_food_for_day_of_week: {day_of_week: Thursday}]
        outputs: [tacos]
      - reply: You should eat tacos on Thursday! 🌮
    poll: [in_progress]
""",
    "openai-dotnet/BasicRunOperationsWork.json": """
defaults: {advance: polls}  # messages were read while the run was queued
runs:
  - reply: Hello! How can I assist you today?
    poll: [queued, queued, in_progress]
""",
    "openai-dotnet/BasicRunStepFunctionalityWorks.json": REGRESSION,
    "openai-dotnet/SettingResponseFormatWorks.json": 'runs: [reply: "{}"]',
    "openai-dotnet/BasicAssistantOperationsWork.json": {"assistants": [OLDER, *OTHERS], **NO_RUNS},
    "openai-dotnet/Pagination_CanPageThroughAssistantCollection.json": {"assistants": [OLDER], **NO_RUNS},
    "openai-dotnet/BasicMessageOperationsWork.json": NO_RUNS,
    "openai-dotnet/BasicThreadOperationsWork.json": NO_RUNS,
    "openai-dotnet/MessagesWithRoles.json": NO_RUNS,
    "openai-dotnet/ThreadWithImageDetailWorks.json": NO_RUNS,
    "openai-dotnet/ThreadWithInitialMessagesWorks.json": NO_RUNS,
    "openllmetry/test_new_assistant.yaml": _equation(SPACED_SOLUTION),
    "openllmetry/test_new_assistant_with_polling.yaml": _equation(SOLUTION),
    "openllmetry/test_existing_assistant.yaml": _equation(SOLUTION, assistants=[MATH_TUTOR]),
    "openllmetry/test_streaming_new_assistant.yaml": _equation(SOLUTION),
    "openllmetry/test_streaming_existing_assistant.yaml": _equation(SPACED_SOLUTION, assistants=[MATH_TUTOR]),
}
"""By the recording's path below TRAFFIC."""
