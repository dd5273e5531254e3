"""The peer for ../methods.py: transformers with PEFT's method of the same name and settings, the same rows in the same order, driven by a plain loop (no Trainer, no padding beyond the batch). Prints one line, PEER {json}.

    methods.py --model DIR --data FILE.json --rows N --length L --recipe RUN/recipe.yaml
"""
import argparse, json, math, time

import torch, yaml
from peft import IA3Config, LoraConfig, PrefixTuningConfig, PromptEncoderConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, get_linear_schedule_with_warmup

import rows

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--rows", type=int, required=True)
p.add_argument("--length", type=int, required=True)
p.add_argument("--recipe", required=True)
a = p.parse_args()
recipe = yaml.safe_load(open(a.recipe))
train, (method, s) = recipe["train"], next(iter(recipe["tuning"].items())) if isinstance(recipe["tuning"], dict) else (recipe["tuning"], {})
torch.manual_seed(train["seed"])
tokenizer = AutoTokenizer.from_pretrained(a.model)
split = rows.split(tokenizer, a.data, a.rows, a.length)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
model.config.use_cache = False
linears = sorted({name.rsplit(".", 1)[1] for name, module in model.named_modules() if isinstance(module, torch.nn.Linear) and name != "lm_head"})
targets = s.get("targets") if s.get("targets") not in (None, ["all-linear"]) else linears
common = {"task_type": "CAUSAL_LM"}
if method == "lora":
    config = LoraConfig(r=s["rank"], lora_alpha=s["alpha"], lora_dropout=s["dropout"], target_modules=targets, use_rslora=bool(s.get("rslora")), use_dora=bool(s.get("dora")),
                        init_lora_weights="pissa" if s.get("init") == "pissa" else True, **common)
elif method == "ia3":
    seen = [] if s["feedforward"] == ["none"] else s["feedforward"]
    config = IA3Config(target_modules=targets, feedforward_modules=seen, **common)
elif method == "prefix":
    config = PrefixTuningConfig(num_virtual_tokens=s["length"], prefix_projection=bool(s.get("projection")), encoder_hidden_size=s.get("hidden") or model.config.hidden_size, **common)
elif method == "softPrompt":
    text = s["init"] == "words"
    config = PromptTuningConfig(num_virtual_tokens=s["length"], prompt_tuning_init="TEXT" if text else {"random": "RANDOM", "vocabulary": "SAMPLE_VOCAB"}[s["init"]],
                                prompt_tuning_init_text=s["words"] if text else None, tokenizer_name_or_path=a.model if text else None, **common)
elif method == "pTuning":
    config = PromptEncoderConfig(num_virtual_tokens=s["length"], encoder_reparameterization_type=s["encoder"].upper(), encoder_hidden_size=s["hidden"], encoder_num_layers=s.get("layers", 2),
                                 encoder_dropout=s.get("dropout", 0), **common)
elif method in ("full", "freeze"):
    config = None
else:
    raise SystemExit(f"PEFT has no {method}")
if config:
    model = get_peft_model(model, config)
elif method == "freeze":
    last = [f"layers.{i}." for i in range(model.config.num_hidden_layers - s["lastBlocks"], model.config.num_hidden_layers)]
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(any(part in name for part in last))
trained = [(name, q) for name, q in model.named_parameters() if q.requires_grad]
decays = lambda name: not any(part in name.lower() for part in ("bias", "norm"))
ratio = s.get("plusRatio") or 1
groups = {}
for name, q in trained:
    key = (decays(name), ratio if "lora_B" in name else 1)
    groups.setdefault(key, []).append(q)
rate, batch = train["learningRate"], train["batch"]
optimizer = torch.optim.AdamW([{"params": q, "weight_decay": train["weightDecay"] if decay else 0.0, "lr": rate * factor} for (decay, factor), q in groups.items()], betas=(0.9, 0.999), eps=1e-8)
steps = math.ceil(len(split["train"]) / batch)
schedule = get_linear_schedule_with_warmup(optimizer, train["warmupSteps"], steps)


@torch.no_grad()
def held_out():
    """Mean over every trained token of the held-out rows, one row at a time (no padding)."""
    model.eval()
    total, count = 0.0, 0
    for row in split["test"]:
        logits, y = model(input_ids=torch.tensor([row["input_ids"]])).logits[0].float(), torch.tensor(row["labels"])
        logits = logits[-len(y):][:-1]    # soft prompts stand before
        keep = y[1:] != -100
        total += torch.nn.functional.cross_entropy(logits[keep], y[1:][keep], reduction="sum").item()
        count += int(keep.sum())
    model.train()
    return total / count


order = torch.randperm(len(split["train"]), generator=torch.Generator().manual_seed(train["seed"])).tolist()
model.train()
losses, seen, spent = [], 0, 0.0
for step in range(steps):
    picked = [split["train"][i] for i in order[step * batch:(step + 1) * batch]]
    longest = max(len(r["input_ids"]) for r in picked)
    begun = time.time()
    pad = lambda values, value: torch.tensor([v + [value] * (longest - len(v)) for v in values])
    ids, labels = pad([r["input_ids"] for r in picked], 0), pad([r["labels"] for r in picked], -100)
    mask = pad([[1] * len(r["input_ids"]) for r in picked], 0)
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_([q for _, q in trained], train["clipNorm"])
    optimizer.step(); schedule.step(); optimizer.zero_grad()
    if step:    # the first one warms up
        spent += time.time() - begun
        seen += int(mask.sum())
    losses.append(round(loss.item(), 4))
print("PEER " + json.dumps({"trained": sum(q.numel() for _, q in trained), "after": held_out(), "tokens_per_s": seen / spent, "first": losses[0], "last": losses[-1], "threads": torch.get_num_threads()}))
