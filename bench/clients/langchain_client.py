"""LangChain against a server: $WEFT_URL."""
from typing import Literal

from check import URL, check
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

model = ChatOpenAI(base_url=URL + "/v1", api_key="none", model="weft", max_tokens=60, max_retries=0)


@tool
def weather(city: Literal["Beijing", "Shanghai"]) -> str:
    """Weather of a city."""
    return "21 degrees in " + city


class Colour(BaseModel):
    """A colour."""
    name: Literal["red", "blue"]


def history():
    turns = [SystemMessage("Be brief."), HumanMessage("Hi")]
    first = model.invoke(turns)
    return isinstance(model.invoke(turns + [first, HumanMessage("And?")]), AIMessage), first.content


def called():
    answer = model.bind_tools([weather], tool_choice="required").invoke("Weather in Beijing?")
    call = answer.tool_calls[0]
    told = model.bind_tools([weather]).invoke([HumanMessage("Weather in Beijing?"), answer, ToolMessage(
        weather.invoke(call["args"]), tool_call_id=call["id"])])
    return call["name"] == "weather" and isinstance(told, AIMessage), call["args"]


def structured(method):
    found = model.with_structured_output(Colour, method=method).invoke("Name a colour.")
    return found.name in ("red", "blue"), found


check("chat with a system's message and history", history)
check("a stream", lambda: len("".join(chunk.content for chunk in model.stream("Hi"))) > 0)
check("bind_tools, and the tool's result sent back", called)
check("with_structured_output by json_schema", lambda: structured("json_schema"))
check("with_structured_output by function_calling", lambda: structured("function_calling"))
check("embeddings", lambda: len(OpenAIEmbeddings(base_url=URL + "/v1", api_key="none", model="weft",
                                                 check_embedding_ctx_length=False).embed_query("a")) > 0)
