import asyncio

import httpx
import pytest
from openai import AsyncOpenAI
from runmock import Session

from trip import plan

client = AsyncOpenAI(api_key="test")
DEGREES = {"Paris": 21, "Oslo": -4}


@pytest.mark.runmock("two_cities")
async def test_the_warmer_city_is_chosen(runmock: Session) -> None:
    def now(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"degrees": DEGREES[request.url.params["city"]]})

    runmock.router.get("https://weather.example/now").mock(side_effect=now)

    assert await plan(client, "Paris or Oslo?") == "Go to Paris."


async def test_the_cities_are_looked_up_at_the_same_time(runmock: Session) -> None:
    both_are_asked = asyncio.Barrier(2)  # one after the other would wait here for ever

    async def now(_: httpx.Request) -> httpx.Response:
        async with asyncio.timeout(5), both_are_asked:
            return httpx.Response(200, json={"degrees": 0})

    runmock.router.get("https://weather.example/now").mock(side_effect=now)
    runmock.calls(("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})).reply("Both are cold.")

    assert await plan(client, "Paris or Oslo?") == "Both are cold."


async def test_a_failing_weather_service_is_an_output_too(runmock: Session) -> None:
    runmock.router.get("https://weather.example/now").respond(503)
    runmock.calls(get_weather={"city": "Paris"}).reply("I cannot look up the weather now.")

    assert await plan(client, "Paris?") == "I cannot look up the weather now."
    assert runmock.tool_outputs == {"get_weather": '{"error": "HTTPStatusError"}'}


async def test_several_trips_are_planned_at_the_same_time(runmock: Session) -> None:
    runmock.when(last_message="/Rome/").reply("Rome is fine.")
    runmock.when(last_message="/Bonn/").reply("Bonn is fine.")

    bonn, rome = await asyncio.gather(plan(client, "Bonn?"), plan(client, "Rome?"))
    assert (bonn, rome) == ("Bonn is fine.", "Rome is fine.")
