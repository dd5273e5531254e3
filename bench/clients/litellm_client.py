"""LiteLLM against a server: $WEFT_URL."""
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"     # it would fetch the list otherwise

import litellm
from check import URL, check

litellm.suppress_debug_info = True


def chat(**more):
    return litellm.completion(**{"model": "openai/weft", "api_base": URL + "/v1", "api_key": "none", "max_tokens": 8,
                                 "messages": [{"role": "user", "content": "Hi"}], **more})


def refused():
    try:
        chat(temperature=9)
    except litellm.BadRequestError as e:
        return "temperature" in str(e), e
    return False


check("an answer", lambda: (chat().usage.completion_tokens > 0, chat().choices[0].message.content))
check("a stream", lambda: sum(1 for _ in chat(stream=True)) > 1)
check("text completion", lambda: litellm.text_completion(model="text-completion-openai/weft", prompt="One, two,",
                                                         api_base=URL + "/v1", api_key="none", max_tokens=4
                                                         ).choices[0].text is not None)
check("an embedding", lambda: len(litellm.embedding(model="openai/weft", input=["a"], api_base=URL + "/v1",
                                                    api_key="none").data[0]["embedding"]) > 0)
check("a refusal", refused)
