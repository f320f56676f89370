"""What each request does with the responses before it: goes on from one, submits outputs, says less than it must."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.judged.answers import Answer, response_ids, shown_in, take
from runmock.apis.responses.judged.repeats import History, drops_reasoning, repeated
from runmock.apis.responses.judged.sent_items import conversation_in, outputs_in, sent_items
from runmock.core.report.acts import NO_FACTS, Facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.report.acts import Act

INSTRUCTING = ("system", "developer")


def facts_of(acts: Sequence[Act]) -> list[Facts]:
    """The facts of each request of a session."""
    return [*map(_Told().of, acts)]


@dataclass(slots=True)
class _Told:
    """What the requests so far have told; mutable."""

    answers: dict[str, Answer] = field(default_factory=dict)
    """The responses by their ids, in order."""
    latest: dict[str, str] = field(default_factory=dict)
    """By the id of a conversation its latest response."""
    brought: dict[str | None, frozenset[str]] = field(default_factory=dict)
    """By the id of a conversation the responses whose outputs were put into it beforehand."""
    blamed: set[tuple[str, str]] = field(default_factory=set)
    """What was told already, and of which chain or run: one forgotten line of code is one fact."""

    def of(self, act: Act) -> Facts:
        """The facts of the next request."""
        body = act.body if isinstance(act.body, dict) else {}
        if act.operation == "create_response":
            return self._creates(act, body)
        if act.operation == "create_items":
            brought = self._announcing(outputs_in(sent_items(body, "items")))
            self.brought[act.ids["conversation_id"]] = brought
            return Facts(submits=brought)
        if act.operation == "delete_response":
            return Facts(act.ids["response_id"], submits=frozenset({act.ids["response_id"]}))  # it waits no longer
        if act.operation == "delete_item":
            self._forget_item(act.ids)
        found = self._noted(act, {}, ())
        return NO_FACTS if found is None else Facts(found.root, awaits_outputs=found.awaits_outputs)

    def _creates(self, act: Act, body: Mapping[str, Any]) -> Facts:
        sent = sent_items(body)
        submits = self._announcing(outputs_in(sent)) | self.brought.pop(conversation_in(body), frozenset())
        has_state = bool(body.get("previous_response_id") or body.get("conversation"))
        history = None if has_state else History.of(sent)
        facts = Facts(
            continues=self._continued(body, sent) if history is None else self._repeated(history),
            submits=submits,
            lost_instructions=self._lost(body, sent),
            dropped_reasoning=None if history is None else self._dropped(body, history),
        )
        made = self._noted(act, body, sent)
        if made is None:
            return facts
        made.root = next((self.answers[found].root for found in reversed([*self.answers]) if found in submits), made.id)
        previous = self.answers.get(str(body.get("previous_response_id")))
        made.first = made.id if previous is None else previous.first
        if made.conversation_id:
            self.latest[made.conversation_id] = made.id
        return facts._replace(run_id=made.root, awaits_outputs=made.awaits_outputs)

    def _noted(self, act: Act, body: Mapping[str, Any], sent: Sequence[JSON]) -> Answer | None:
        """The response that an answer shows, with what is known of it now; None where it shows none."""
        shown = [*shown_in(act)]
        response_id = next(iter([*response_ids(shown), *filter(None, [act.ids.get("response_id")])]), None)
        if response_id is None:
            return None
        answer = self.answers.setdefault(response_id, Answer(response_id, body, sent, response_id, response_id))
        answer.conversation_id = conversation_in(body) or answer.conversation_id
        take(answer, shown)
        return answer

    def _announcing(self, call_ids: set[str]) -> frozenset[str]:
        """The responses that have announced one of the calls."""
        return frozenset(key for key, answer in self.answers.items() if not answer.call_ids.isdisjoint(call_ids))

    def _continued(self, body: Mapping[str, Any], sent: Sequence[JSON]) -> frozenset[str]:
        """The response that a request with a state goes on from; to ask the same again is not to go on."""
        if body.get("previous_response_id"):
            return frozenset({str(body["previous_response_id"])})
        latest = self.answers.get(self.latest.get(conversation_in(body) or "", ""))
        return frozenset() if latest is None or latest.sent == sent else frozenset({latest.id})

    def _repeated(self, history: History) -> frozenset[str]:
        """The responses that a history repeats something of."""
        return frozenset(key for key, answer in self.answers.items() if repeated(history, answer))

    def _lost(self, body: Mapping[str, Any], sent: Sequence[JSON]) -> str | None:
        """The first response of the chain, whose instructions a request does not say again."""
        previous = self.answers.get(str(body.get("previous_response_id")))
        if previous is None or body.get("instructions") or body.get("prompt"):
            return None
        first = self.answers[previous.first]
        is_instructed = any(item.get("role") in INSTRUCTING for item in sent)
        return self._blamed("instructions", first.id) if first.body.get("instructions") and not is_instructed else None

    def _dropped(self, body: Mapping[str, Any], history: History) -> str | None:
        """The response that a history repeats without its reasoning."""
        dropped = [answer for answer in self.answers.values() if drops_reasoning(body, history, answer)]
        blamed = [answer.id for answer in dropped if self._blamed("reasoning", answer.root)]
        return next(iter(blamed), None)

    def _blamed(self, what: str, answer_id: str) -> str | None:
        if (what, answer_id) in self.blamed:
            return None
        self.blamed.add((what, answer_id))
        return answer_id

    def _forget_item(self, ids: Mapping[str, str]) -> None:
        """Who deletes an item of a response from its conversation does not go on from that response."""
        latest = self.answers.get(self.latest.get(ids["conversation_id"], ""))
        if latest is not None and ids.get("item_id") in latest.items:
            del self.latest[ids["conversation_id"]]
