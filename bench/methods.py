#!/usr/bin/env python3
"""Every tuning method on one budget: trainable parameters, held-out loss, tokens a second, peak memory, size of what is kept; and PEFT beside those that it has (QLoRA's quantised base is not made there).

    methods.py --model DIR --data alpaca.json [--peer VENV] [--rows 240] [--only NAME,...] [--peer-only]

Same rows, split, order of magnitude of settings: the tutorial's prompt, split 0.1 with seed 42, one epoch, batch 4, length 256, completion only, prompt and answer tokenised as one text (data.border: joined), fp32, seed 42;
each method with its own usual learning rate and start, which the peer is given, too. Prints a Markdown table. Memory is the largest RssAnon + RssShmem, sampled alike for both.
"""
import argparse, json, os, re, sys, tempfile

from measure import watched

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--peer")
p.add_argument("--rows", type=int, default=240)
p.add_argument("--length", type=int, default=256)
p.add_argument("--only", default="")
p.add_argument("--weft", default=os.path.dirname(os.path.abspath(__file__)) + "/../weft")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
# name -> settings of the recipe; the peer gets what recipe.yaml of the finished run says
METHODS = {
    "full": ["tuning=full"],
    "freeze": ["tuning=freeze"],
    "lora": ["tuning=lora"],
    "rslora": ["tuning.lora.rslora=true", "tuning.lora.alpha=8"],
    "dora": ["tuning.lora.dora=true"],
    "pissa": ["tuning.lora.init=pissa"],
    "lora+": ["tuning.lora.plusRatio=16"],
    "qlora": ["model.quantise=nf4", "tuning=lora"],
    "ia3": ["tuning=ia3"],
    "prefix": ["tuning=prefix"],
    "softPrompt": ["tuning=softPrompt"],
    "pTuning": ["tuning=pTuning"],
    "bottleneck": ["tuning=bottleneck"],
}
chosen = [name for name in METHODS if not a.only or name in a.only.split(",")]


def size(folder):
    return sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(folder) for f in files if f.endswith(".safetensors")) / 1e6


def weft(name):
    out = tempfile.mkdtemp() + "/run"
    command = [a.weft, "train", "--model", a.model, "--data", a.data, "--out", out, f"data.rows={a.rows}", f"data.maxLength={a.length}", "data.pack=false", "data.overLength=cutEnd", "data.border=joined",
               "data.prompt=tutorial", "train.epochs=1", "train.batch=4", "train.accumulate=1", "train.warmupSteps=5", "train.evalEvery=100000", "train.seed=42"] + METHODS[name]
    _, memory, _ = watched(command, {}, accepted=(0, 2))    # 2: the model got worse, which is a figure, too
    events = [json.loads(line) for line in open(out + "/events.jsonl")][1:]
    steps = [e for e in events if e["type"] == "step"]
    started = next(e for e in events if e["type"] == "started")
    finished = events[-1]
    kept = out + ("/adapter" if os.path.isdir(out + "/adapter") else "/model")
    return {"trained": started["trainableParameters"], "before": finished.get("untouchedLoss"), "after": finished.get("bestLoss"), "tokens_per_s": sum(s["tokens"] for s in steps) / sum(s["seconds"] for s in steps),
            "memory_gb": memory, "mb": size(kept), "first": steps[0]["loss"], "run": out}


def peer(name, run):
    output, memory, _ = watched([a.peer + "/bin/python", here + "/peer/methods.py", "--model", a.model, "--data", a.data, "--rows", str(a.rows), "--length", str(a.length), "--recipe", run + "/recipe.yaml"],
                                   {"HF_HUB_OFFLINE": "1"})
    return {**json.loads(re.search(r"^PEER (.*)$", output, re.M).group(1)), "memory_gb": memory}


print("| method | trained | held-out before | after | tokens/s | peak GB | kept MB | PEFT: after | tokens/s | peak GB | speed ratio |\n|---|---|---|---|---|---|---|---|---|---|---|")
for name in chosen:
    w = weft(name)
    row = [name, f"{w['trained']:,}", f"{w['before']:.4f}", f"{w['after']:.4f}", f"{w['tokens_per_s']:.0f}", f"{w['memory_gb']:.2f}", f"{w['mb']:.1f}"]
    q = peer(name, w["run"]) if a.peer and name not in ("bottleneck", "qlora") else None
    row += [f"{q['after']:.4f}", f"{q['tokens_per_s']:.0f}", f"{q['memory_gb']:.2f}", f"{w['tokens_per_s'] / q['tokens_per_s']:.2f}"] if q else ["-"] * 4
    print("| " + " | ".join(row) + " |", flush=True)
    print(name, json.dumps({"weft": w, "peer": q}), "load", os.getloadavg()[0], file=sys.stderr, flush=True)
