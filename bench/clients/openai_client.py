"""openai-python against a server: $WEFT_URL."""
import json

import openai
from check import URL, check

client = openai.OpenAI(base_url=URL + "/v1", api_key="none", max_retries=0)
ASK = [{"role": "user", "content": "Name a colour."}]
TOOL = {"type": "function", "function": {"name": "weather", "description": "Weather of a city", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "maxLength": 20}}, "required": ["city"],
    "additionalProperties": False}}}
SCHEMA = {"type": "object", "properties": {"colour": {"enum": ["red", "blue"]}}, "required": ["colour"],
          "additionalProperties": False}


def chat(**more):
    return client.chat.completions.create(**{"model": "weft", "messages": ASK, "max_tokens": 16, **more})


def streamed():
    chunks = list(chat(stream=True, seed=3, stream_options={"include_usage": True}))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return text == chat(seed=3).choices[0].message.content and chunks[-1].usage.completion_tokens > 0, text


def second_turn():
    """An answer sent back as the client has it, with every field that is null or empty."""
    first = chat().choices[0].message
    again = ASK + [{**first.model_dump(), "tool_calls": [], "content": first.content or None}] + ASK
    return chat(messages=again).choices[0].finish_reason in ("stop", "length")


def goes_on():
    begun = ASK + [{"role": "assistant", "content": "The colour is"}]
    answer = chat(messages=begun, temperature=0, extra_body={"continue_final_message": True,
                                                             "add_generation_prompt": False})
    return not answer.choices[0].message.content.startswith("The colour is"), answer.choices[0].message.content


def refused():
    try:
        chat(temperature=9)
    except openai.BadRequestError as e:
        return e.param == "temperature", e.message
    return False


def called():
    answer = chat(tools=[TOOL], tool_choice="required", max_tokens=60)
    calls = answer.choices[0].message.tool_calls
    given = json.loads(calls[0].function.arguments)
    back = ASK + [answer.choices[0].message, {"role": "tool", "tool_call_id": calls[0].id, "content": "21"}]
    return (answer.choices[0].finish_reason == "tool_calls" and "city" in given
            and chat(messages=back, tools=[TOOL]).choices[0].finish_reason is not None), calls[0].function


def called_in_a_stream():
    name, arguments, finish = "", "", None
    for chunk in chat(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "weather"}}, stream=True,
                      max_tokens=60):
        for call in chunk.choices[0].delta.tool_calls or []:
            name += call.function.name or ""
            arguments += call.function.arguments or ""
        finish = chunk.choices[0].finish_reason or finish
    return name == "weather" and "city" in json.loads(arguments) and finish == "tool_calls", arguments


def held_to_a_schema():
    answer = chat(response_format={"type": "json_schema", "json_schema": {"name": "c", "strict": True,
                                                                         "schema": SCHEMA}})
    return json.loads(answer.choices[0].message.content)["colour"] in ("red", "blue"), answer.choices[0].message.content


def told_logprobs():
    content = chat(logprobs=True, top_logprobs=3, max_tokens=4).choices[0].logprobs.content
    return len(content) > 0 and all(len(each.top_logprobs) == 3 and each.logprob <= 0 for each in content)


def texts():
    answer = client.completions.create(model="weft", prompt=["One, two,", "A, B,"], max_tokens=4, echo=True)
    return [c.text.startswith(p) for c, p in zip(answer.choices, ["One, two,", "A, B,"])] == [True, True]


def vectors():
    answer = client.embeddings.create(model="weft", input=["a", "b"])
    plain = client.embeddings.create(model="weft", input=["a", "b"], encoding_format="float")
    near = max(abs(x - y) for x, y in zip(answer.data[1].embedding, plain.data[1].embedding))
    return len(answer.data) == 2 and near < 1e-6, f"{len(answer.data[0].embedding)} wide"


check("a model is listed", lambda: client.models.list().data[0].id == "weft")
check("an answer", lambda: (chat().usage.total_tokens > 0, chat().choices[0].message.content))
check("a stream gives the same", streamed)
check("a second turn with null and empty fields", second_turn)
check("an answer goes on", goes_on)
check("n = 3", lambda: [c.index for c in chat(n=3, temperature=1.2).choices] == [0, 1, 2])
check("penalties, logit_bias, stop, max_completion_tokens", lambda: chat(
    frequency_penalty=0.5, presence_penalty=0.5, logit_bias={"5": -100}, stop=["zzz"], max_completion_tokens=8
).usage.completion_tokens <= 8)
check("log-probabilities", told_logprobs)
check("a refusal names its field", refused)
check("a call that must be made, and its result sent back", called)
check("a call in a stream", called_in_a_stream)
check("a call that may be made", lambda: chat(tools=[TOOL]).choices[0].finish_reason is not None)
check("an answer held to a schema", held_to_a_schema)
check("texts that go on", texts)
check("vectors as base64 and as numbers", vectors)
