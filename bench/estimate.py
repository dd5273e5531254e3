#!/usr/bin/env python3
"""What weft estimate foretells beside what is then measured, over recipes of two models, LoRA and full, at three lengths.

    estimate.py --model DIR [--model DIR] --data alpaca.json --out DIR [--only WORDS] [--steps N]

Memory is the largest RssAnon of the process; time is the mean of a run's steps by tokens, the first one left out. The estimate is asked right before each run. Prints a Markdown table, and each run's load.
"""
import argparse, json, os, shutil, statistics, subprocess, sys
from measure import watched

here = os.path.dirname(os.path.abspath(__file__))
p = argparse.ArgumentParser()
p.add_argument("--model", action="append", required=True)
p.add_argument("--data", required=True)
p.add_argument("--out", required=True)
p.add_argument("--weft", default=here + "/../weft")
p.add_argument("--only", default="", help="recipes whose name holds this")
p.add_argument("--steps", type=int, default=4)
p.add_argument("--rows", type=int, default=200)
p.add_argument("settings", nargs="*")
a = p.parse_args()

print(f"| recipe | memory foretold MB | measured | off | step foretold s | measured | off | load |\n|---|---|---|---|---|---|---|---|", flush=True)
off = []
for model in a.model:
    for method in ("lora.dropout=0.1", "full=true"):
        for length in (128, 256, 512):
            name = f"{os.path.basename(model.rstrip('/'))} {method.split('.')[0].split('=')[0]} {length}"
            if a.only not in name:
                continue
            words = ["--model", model, "--data", a.data, f"tuning.{method}", f"data.maxLength={length}", "data.overLength=cutEnd", f"data.rows={a.rows}", "data.heldOut=2", "data.pack=true", "train.batch=2",
                     "train.accumulate=2", f"train.steps={a.steps}", "train.warmupSteps=0", f"train.evalEvery={a.steps}", f"train.saveEvery={a.steps}", *a.settings]
            told = json.loads(subprocess.run([a.weft, "estimate", *words, "--json"], capture_output=True, text=True, check=True).stdout)
            run = f"{a.out}/{name.replace(' ', '-')}"
            shutil.rmtree(run, ignore_errors=True)
            _, peak, _ = watched([a.weft, "train", *words, "--out", run], {})
            steps = [json.loads(line) for line in open(run + "/events.jsonl") if '"type":"step"' in line][1:]
            second = sum(s["seconds"] for s in steps) / sum(s["tokens"] for s in steps) * told["stepTokens"]
            memory = told["totalBytes"] / 1e6
            off.append((memory / (peak * 1e3) - 1, told["stepSeconds"] / second - 1))
            print(f"| {name} | {memory:,.0f} | {peak * 1e3:,.0f} | {off[-1][0]:+.0%} | {told['stepSeconds']:.2f} | {second:.2f} | {off[-1][1]:+.0%} | {os.getloadavg()[0]:.1f} |", flush=True)
print(f"\nlargest: memory {max(abs(m) for m, _ in off):.0%}, time {max(abs(t) for _, t in off):.0%}; median: memory {statistics.median(abs(m) for m, _ in off):.0%}, time {statistics.median(abs(t) for _, t in off):.0%}")
