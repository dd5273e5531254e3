"""The tutorial's server: HF generate behind FastAPI, POST /predict with prompt, max_tokens, temperature. One answer at a time, as its endpoint blocks.

    server.py --model DIR --port N [--dtype bfloat16]
"""
import argparse

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import AutoModelForCausalLM, AutoTokenizer

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--port", type=int, required=True)
p.add_argument("--dtype", default="float32")
a = p.parse_args()
tokenizer = AutoTokenizer.from_pretrained(a.model)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=getattr(torch, a.dtype)).eval()
app = FastAPI()


class Asked(BaseModel):
    prompt: str
    max_tokens: int = 256
    temperature: float = 0.7


@app.get("/healthz")
def health():
    return {"status": "ok"}


@app.post("/predict")
async def predict(asked: Asked):
    inputs = tokenizer.apply_chat_template([{"role": "user", "content": asked.prompt}], add_generation_prompt=True, return_tensors="pt", return_dict=True)
    sampling = {"do_sample": True, "temperature": asked.temperature} if asked.temperature > 0 else {"do_sample": False}
    with torch.no_grad():
        ids = model.generate(**inputs, max_new_tokens=asked.max_tokens, min_new_tokens=asked.max_tokens, pad_token_id=tokenizer.eos_token_id, **sampling)[0][inputs["input_ids"].shape[1]:]
    return {"status": "success", "response": tokenizer.decode(ids, skip_special_tokens=True), "tokens_generated": len(ids)}


uvicorn.run(app, host="127.0.0.1", port=a.port, log_level="warning")
