"""Keys and tokens that are recognised by their shape: who issues them, where that is described, and a made-up sample.

A shape is a prefix, and the alphabet and least length of the rest. That length is at most what issuers use today,
because issuers make keys longer. Rules of gitleaks and trufflehog are the source where they collect what issuers
publish. Samples are put together at run time, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from runmock.core.secrets.account_traces import ACCOUNT

GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml"
TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors"
GITHUB = "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns"
MICROSOFT = "https://learn.microsoft.com/en-us/purview/sit-sensitive-information-type-entity-definitions"


SHORTEST_WORD = 13
"""Characters of a secret that is a word, with the anchor before it: `?sig=12345678`."""


class SecretShape(NamedTuple):
    """A kind of secret: every text with one contains one of `anchors`; group 1 of `pattern` is the secret itself."""

    kind: str
    source: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    sample: str
    is_word: bool = True
    """Whether it has no white space, and at least `SHORTEST_WORD` characters."""

    def is_likely(self, text: str, lowered: str) -> bool:
        """Whether a text can contain this shape: a quick check before the pattern. `lowered`: it in lower case.

        Of a text that is searched for a word, its long words are enough.
        """
        where = lowered if self.pattern.flags & _ANY_CASE else text
        for anchor in self.anchors:  # noqa: SIM110 - `any` takes twice as long
            if anchor in where:
                return True
        return False


_ANY_CASE = re.IGNORECASE.value
"""As a number: the flag itself is an enum, whose `&` takes longer than the search."""


_BEGIN = r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_+=-]{40})"
"""A secret does not begin within a word, nor within a long value such as base64 for URLs."""
_NOT_X = r"(?![xX*.]{4})"
"""The secret part does not begin with `xxxx`, stars or dots, as in examples of documentation."""
AN, ANU, AND, HEX = "[A-Za-z0-9]", "[A-Za-z0-9_]", "[A-Za-z0-9_-]", "[0-9a-fA-F]"
_SOME = "Zx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb1Ef5Gh0MsQ" * 6
_SOME_HEX = "9f3c07ba5d1e84620ba7c9d35e18f246" * 6


def _issued(kind: str, source: str, prefixes: str, rest: str, sample: str) -> SecretShape:
    """A shape made of `prefixes`, separated by spaces, and a pattern for the rest behind each of them."""
    anchors = tuple(prefixes.split())
    pattern = re.compile(f"{_BEGIN}((?:{'|'.join(map(re.escape, anchors))}){_NOT_X}{rest})")
    return SecretShape(kind, source, anchors, pattern, anchors[0] + sample)


def _other(kind: str, source: str, anchors: str, pattern: str, *sample: str) -> SecretShape:
    """A shape that is more than a prefix; `anchors`, separated by spaces, are in lower case if case does not count."""
    whole = "".join(sample)
    return SecretShape(kind, source, tuple(anchors.split()), re.compile(pattern), whole, is_word=" " not in whole)


_BEGIN_KEY = "-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,5}"
_END_KEY = _BEGIN_KEY.replace("BEGIN", "END")
_OF_OPENAI = rf"(?!redacted)(?=[a-z_-]*[A-Z0-9]|{AND}*{AN}{{20}}){AND}{{16,}}"
"""What follows `sk-` in a key; it does not match `sk-loading-indicator`, a class in style sheets."""

SHAPES: tuple[SecretShape, ...] = (
    # models and what applications of them use
    _issued("an Anthropic key", f"{GITLEAKS} anthropic-api-key", "sk-ant-", f"{AND}{{20,}}", f"api03-{_SOME[:93]}AA"),
    _issued("an OpenRouter key", f"{TRUFFLEHOG} openrouter", "sk-or-", f"v1-{HEX}{{32,}}", f"v1-{_SOME_HEX[:64]}"),
    _issued("a Langfuse key", "https://langfuse.com/docs/api", "sk-lf- pk-lf-", "[0-9a-f-]{32,}",
            "9f3c07ba-5d1e-4462-8ba7-c9d35e18f246"),
    _issued("an OpenAI key", "https://platform.openai.com/docs/api-reference/authentication", "sk-", _OF_OPENAI,
            f"proj-{_SOME[:74]}T3BlbkFJ{_SOME[:74]}"),
    _issued("an OpenAI session key", f"{TRUFFLEHOG} openai", "sess-", f"{AN}{{40,}}", _SOME[:40]),
    _issued("a Hugging Face token", f"{GITLEAKS} huggingface-access-token", "hf_ api_org_", f"{AN}{{24,}}", _SOME[:34]),
    _issued("an xAI key", f"{TRUFFLEHOG} xai", "xai-", f"{AN}{{32,}}", _SOME[:80]),
    _issued("a Groq key", f"{TRUFFLEHOG} groq", "gsk_", f"{AN}{{32,}}", _SOME[:52]),
    _issued("a Replicate token", f"{TRUFFLEHOG} replicate", "r8_", f"{AN}{{30,}}", _SOME[:37]),
    _issued("a LangSmith key", f"{TRUFFLEHOG} langsmith", "lsv2_pt_ lsv2_sk_ ls__", f"{HEX}{{32}}",
            f"{_SOME_HEX[:32]}_{_SOME_HEX[:10]}"),
    _issued("a Pinecone key", f"{TRUFFLEHOG} pinecone", "pcsk_", f"{ANU}{{40,}}", f"{_SOME[:6]}_{_SOME[:63]}"),
    _issued("a Perplexity key", f"{GITLEAKS} perplexity-api-key", "pplx-", f"{AN}{{32,}}", _SOME[:48]),
    _issued("a Tavily key", "https://docs.tavily.com/documentation/api-reference/introduction", "tvly-",
            f"{AND}{{20,}}", f"dev-{_SOME[:32]}"),
    _issued("a Fireworks key", f"{TRUFFLEHOG} fireworks", "fw_ fpk_", f"{AN}{{20,}}", _SOME[:24]),
    _issued("an NVIDIA key", f"{TRUFFLEHOG} nvapi", "nvapi-", f"{AND}{{40,}}", _SOME[:64]),
    _issued("a Cerebras key", "https://inference-docs.cerebras.ai/quickstart", "csk-", f"{AN}{{32,}}", _SOME[:48]),
    _issued("a Together key", "https://docs.together.ai/docs/quickstart", "tgp_v1_", f"{AND}{{32,}}", _SOME[:43]),
    _issued("a Jina key", "https://jina.ai/embeddings", "jina_", f"{AND}{{40,}}", _SOME[:60]),
    _issued("a LlamaCloud key", "https://docs.cloud.llamaindex.ai", "llx-", f"{AN}{{32,}}", _SOME[:48]),
    _issued("an E2B key", "https://e2b.dev/docs/api-key", "e2b_", f"{HEX}{{32,}}", _SOME_HEX[:40]),
    _issued("a Firecrawl key", "https://docs.firecrawl.dev/api-reference/introduction", "fc-", f"{HEX}{{32}}\\b",
            _SOME_HEX[:32]),
    _issued("an ElevenLabs key", f"{TRUFFLEHOG} elevenlabs", "sk_", f"{HEX}{{48}}\\b", _SOME_HEX[:48]),
    _issued("a Weights & Biases key", "https://docs.wandb.ai/support/find_api_key", "wandb_v1_", f"{ANU}{{40,}}",
            _SOME[:77]),
    # clouds
    _issued("an AWS key", f"{GITLEAKS} aws-access-token", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}\\b", "Z2QLM7VT4RWK3PND"),
    _issued("a Google key", f"{GITLEAKS} gcp-api-key", "AIza", f"{AND}{{30,}}", f"Sy{_SOME[:33]}"),
    _issued("a Google token", f"{TRUFFLEHOG} googleoauth2", "ya29.", f"{AND}{{20,}}", f"a0{_SOME[:120]}"),
    _issued("a Google client secret", f"{GITHUB} google_oauth_client_secret", "GOCSPX-", f"{AND}{{20,}}", _SOME[:28]),
    _issued("a Google refresh token", f"{GITHUB} google_oauth_refresh_token", "1//0", f"{AND}{{30,}}", _SOME[:60]),
    _other("an Azure client secret", f"{GITLEAKS} azure-ad-client-secret", "Q~",
           r"(?<![A-Za-z0-9_~-])([A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~-])",
           "Zx9", "8Q", "~", _SOME[:34]),
    _other("an Azure key", f"{MICROSOFT} (common annotated security keys)", "JQQJ9",
           rf"(?<!{AN})({AN}{{52}}JQQJ9[9DH]{AN}{{24,30}})(?!{AN})",
           _SOME[:52], "JQQ", "J99BA", "ACHYHv6XJ3w3AAAAACOGa1B2"),
    _issued("a Databricks token", f"{GITLEAKS} databricks-api-token", "dapi dkea dose", f"{HEX}{{32}}(?:-[0-9])?\\b",
            _SOME_HEX[:32]),
    _issued("a DigitalOcean token", f"{GITLEAKS} digitalocean-pat", "dop_v1_ doo_v1_ dor_v1_", f"{HEX}{{40,}}",
            _SOME_HEX[:64]),
    _issued("a Cloudflare key", f"{GITLEAKS} cloudflare-origin-ca-key", "v1.0-", f"{HEX}{{24}}-{HEX}{{40,}}",
            f"{_SOME_HEX[:24]}-{_SOME_HEX[:146]}"),
    _issued("an Alibaba key", f"{GITLEAKS} alibaba-access-key-id", "LTAI", f"{AN}{{12,24}}\\b", _SOME[:20]),
    _issued("a Heroku key", f"{GITLEAKS} heroku-api-key-v2", "HRKU-", f"{AND}{{30,}}", _SOME[:60]),
    _issued("a Supabase key", f"{TRUFFLEHOG} supabasetoken", "sbp_ sb_secret_", f"{AND}{{20,}}", _SOME_HEX[:40]),
    _issued("a PlanetScale key", f"{GITLEAKS} planetscale-api-token", "pscale_tkn_ pscale_pw_ pscale_oauth_",
            r"[\w=.-]{30,}", _SOME[:43]),
    _issued("a HashiCorp token", f"{GITLEAKS} vault-service-token", "hvs. hvb. hvr.", f"{AND}{{24,}}", _SOME[:90]),
    _issued("a Pulumi token", f"{GITLEAKS} pulumi-api-token", "pul-", f"{HEX}{{40}}\\b", _SOME_HEX[:40]),
    _issued("a Doppler token", f"{GITLEAKS} doppler-api-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
            r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{32,}", _SOME[:43]),
    # code and packages
    _issued("a GitHub token", f"{GITLEAKS} github-pat", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", f"{ANU}{{20,}}",
            _SOME[:36]),
    _issued("a GitLab token", "https://docs.gitlab.com/security/tokens/#token-prefixes",
            "glpat- gloas- gldt- glrt- glrtr- glptt- glcbt- glft- glimt- glagent- glsoat- glwt- glffct-",
            r"[\w.-]{20,}", _SOME[:20]),
    _issued("an npm token", f"{GITLEAKS} npm-access-token", "npm_", f"{AN}{{30,}}", _SOME[:36]),
    _issued("a PyPI token", f"{GITLEAKS} pypi-upload-token", "pypi-", f"Ag{AND}{{50,}}",
            f"AgEIcHlwaS5vcmc{_SOME[:120]}"),
    _issued("a RubyGems key", f"{GITLEAKS} rubygems-api-token", "rubygems_", f"{HEX}{{40,}}", _SOME_HEX[:48]),
    _issued("a Docker token", f"{TRUFFLEHOG} dockerhub", "dckr_pat_ dckr_oat_", f"{AND}{{24,}}", _SOME[:27]),
    _issued("a Postman key", f"{GITLEAKS} postman-api-token", "PMAK-", f"{HEX}{{24}}-{HEX}{{30,}}",
            f"{_SOME_HEX[:24]}-{_SOME_HEX[:34]}"),
    _issued("a Linear key", f"{GITLEAKS} linear-api-key", "lin_api_ lin_oauth_", f"{AN}{{32,}}", _SOME[:40]),
    _issued("a Notion key", f"{GITLEAKS} notion-api-token", "ntn_ secret_", f"{AN}{{40,}}", f"12345678901{_SOME[:35]}"),
    _issued("an Atlassian token", f"{GITLEAKS} atlassian-api-token", "ATATT3 ATCTT3", r"[\w=-]{40,}",
            f"xFfGF0{_SOME[:180]}"),
    _issued("a Figma token", f"{TRUFFLEHOG} figmapersonalaccesstoken", "figd_", f"{AND}{{32,}}", _SOME[:40]),
    _issued("a Sentry token", f"{GITLEAKS} sentry-user-token", "sntryu_ sntrys_", r"[\w=+/-]{40,}", _SOME_HEX[:64]),
    _issued("a Grafana token", f"{GITLEAKS} grafana-service-account-token", "glsa_ glc_", r"[\w=+/]{32,}",
            f"{_SOME[:32]}_{_SOME_HEX[:8]}"),
    _issued("a New Relic key", f"{GITLEAKS} new-relic-user-api-key", "NRAK- NRJS-", f"{AN}{{19,}}", _SOME.upper()[:27]),
    # messages and money
    _issued("a Stripe key", "https://docs.stripe.com/keys", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_",
            f"{AN}{{16,}}", f"51{_SOME[:97]}"),
    _issued("a Stripe webhook secret", f"{TRUFFLEHOG} stripe", "whsec_", "[A-Za-z0-9+/=]{24,}", _SOME[:32]),
    _issued("a Square token", f"{GITLEAKS} square-access-token", "sq0atp- sq0csp- EAAAl EAAAE", f"{AND}{{22,}}",
            _SOME[:43]),
    _issued("a Slack token", "https://docs.slack.dev/authentication/tokens",
            "xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp-", "[A-Za-z0-9.%-]{10,}",
            f"1234567890-{_SOME[:24]}"),
    _other("a Slack webhook", f"{GITLEAKS} slack-webhook-url", "hooks.slack.com",
           r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{20,})",
           "https://hooks.", "slack.com/services/T0ZX9QLM2/B0VT7RW4K/", _SOME[:24]),
    _other("a Discord token", f"{TRUFFLEHOG} discordbottoken", "MT Mj Mz ND NT Nj Nz OD OT",
           rf"(?<!{AND})([MNO][TjzD]{AND}{{20,26}}\.{AND}{{6,7}}\.{AND}{{27,40}})(?!{AND})",
           "MT", "IzNDU2Nzg5MDEyMzQ1Njc4", ".", _SOME[:6], ".", _SOME[:38]),
    _other("a Discord webhook", f"{TRUFFLEHOG} discordwebhook", "/api/webhooks/",
           rf"discord(?:app)?\.com/api/webhooks/[0-9]{{15,20}}/({AND}{{40,}})",
           "https://discord.", "com/api/webhooks/123456789012345678/", _SOME[:68]),
    _other("a Telegram token", f"{GITLEAKS} telegram-bot-api-token", ":AA",
           rf"(?<![0-9])([0-9]{{8,11}}:AA{AND}{{30,40}})(?!{AND})", "1234567890", ":AA", _SOME[:33]),
    _issued("a SendGrid key", f"{GITLEAKS} sendgrid-api-token", "SG.", f"{AND}{{16,}}\\.{AND}{{16,}}",
            f"{_SOME[:22]}.{_SOME[:43]}"),
    _issued("a Mailgun key", f"{GITLEAKS} mailgun-private-api-token", "key- pubkey-", f"{HEX}{{32}}\\b",
            _SOME_HEX[:32]),
    _issued("a Mailchimp key", f"{GITLEAKS} mailchimp-api-key", "md-", f"{AND}{{22}}\\b", _SOME[:22]),
    _issued("a Twilio key", f"{GITLEAKS} twilio-api-key", "SK", f"{HEX}{{32}}\\b", _SOME_HEX[:32]),
    _issued("a Shopify token", f"{GITLEAKS} shopify-access-token", "shpat_ shpca_ shppa_ shpss_", f"{HEX}{{32,}}",
            _SOME_HEX[:32]),
    _issued("an Airtable token", f"{GITLEAKS} airtable-personnal-access-token", "pat", f"{AN}{{14}}\\.{HEX}{{64}}",
            f"{_SOME[:14]}.{_SOME_HEX[:64]}"),
    # what has no issuer, and a shape of its own
    _other("a bearer token", "https://www.rfc-editor.org/rfc/rfc6750", "bearer",
           r"(?i)\bbearer\s+(?!x{4})([A-Za-z0-9._~+/-]{16,}=*)", "Bearer ", _SOME[:40]),
    _other("a JSON web token", "https://www.rfc-editor.org/rfc/rfc7519", "eyJ",
           rf"\b(eyJ{AND}{{8,}}\.{AND}{{8,}}\.{AND}*)",
           "eyJhbGciOiJIUzI1NiJ9", ".", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", ".", _SOME[:43]),
    _other("a cookie", "https://developers.cloudflare.com/fundamentals/reference/policies-compliances/cloudflare-cookies/",
           "__cf_bm= _cfuvid= session sid=",
           r"(?i)\b(?:__cf_bm|_cfuvid|session(?:id)?|sid)=([A-Za-z0-9._%-]{16,})", "__cf_", "bm=", _SOME[:40]),
    _other("a private key", "https://www.rfc-editor.org/rfc/rfc7468", "PRIVATE PuTTY-User-Key-File-",
           rf"({_BEGIN_KEY}(?s:.*?{_END_KEY}|.*)|PuTTY-User-Key-File-(?s:.*))",
           "-----BEGIN RSA PRIV", "ATE KEY-----\n", _SOME[:64], "\n-----END RSA PRIV", "ATE KEY-----"),
    _issued("an age key", f"{GITLEAKS} age-secret-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,}", _SOME.upper()[:58]),
    _other("a URL's signature", "https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas",
           "sig= signature= x-amz-credential=",
           r"(?i)(?:[?&]|&amp;)(?:sig|signature|x-amz-signature|x-amz-credential)=(?!redacted)([^&\s\"']{8,})",
           "https://a.blob.core.windows.net/c/f?sv=2024-11-04&se=1&si", "g=", _SOME[:43], "%3D"),
    _issued("an organisation", f"{GITHUB} openai", "org-", f"(?!redacted){ACCOUNT}", _SOME[:24]),
    _issued("a project", f"{GITHUB} openai", "proj_", f"(?!redacted){ACCOUNT}", _SOME[:24]),
)  # fmt: skip
"""All shapes; of two that match at one place the first counts."""
