"""A transport that gives one reply to every request."""

from runmock.transports import convert


class ReplyTransport:
    """Answers each request with a reply, as runmock's transports do."""

    def __init__(self, reply):
        self.reply = reply

    def handle_request(self, request):
        return convert.http_response(self.reply, request)

    async def handle_async_request(self, request):
        return convert.http_response(self.reply, request, is_async=True)

    def close(self):
        pass

    async def aclose(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        pass
