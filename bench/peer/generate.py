"""Greedy decoding by transformers: generate.py --model DIR [--batch 1 8] [--new 64] [--dtype float32 bfloat16]. One JSON line a setting; new tokens a second behind the prompt."""
import argparse, json, time, torch
from transformers import AutoModelForCausalLM, AutoTokenizer

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--batch", type=int, nargs="*", default=[1, 8])
p.add_argument("--new", type=int, default=64)
p.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
a = p.parse_args()
tokenizer = AutoTokenizer.from_pretrained(a.model)
question = [{"role": "user", "content": "Explain in detail how bread is made, from the field to the table."}]
ids = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt", return_dict=True)["input_ids"]
for dtype in a.dtype:
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=getattr(torch, dtype)).eval()
    for batch in a.batch:
        x = ids.repeat(batch, 1)
        mask = torch.ones_like(x)

        def seconds(new):
            begun = time.time()
            model.generate(x, attention_mask=mask, max_new_tokens=new, min_new_tokens=new, do_sample=False, pad_token_id=2)
            return time.time() - begun

        seconds(4)
        first, whole = seconds(1), seconds(a.new)
        print("PEER " + json.dumps({"dtype": dtype, "batch": batch, "prompt_tokens": ids.shape[1], "first_token_s": round(first, 2), "tokens_per_s": round(batch * (a.new - 1) / (whole - first), 1), "threads": torch.get_num_threads()}))
