#!/usr/bin/env python3
"""How cost grows with the length of rows and with the rank: tokens a second and memory of short runs, beside what weft estimate foretells.

    cost.py --model DIR --data alpaca.json --out DIR [--lengths 256,512,1024] [--ranks 4,8,16,32,64] [--steps N]

One micro-batch of one pack of each length, so that length alone grows. Prints a Markdown table; compare within one run on a quiet machine.
"""
import argparse, json, os, shutil, subprocess
from measure import watched

here = os.path.dirname(os.path.abspath(__file__))
p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--out", required=True)
p.add_argument("--weft", default=here + "/../weft")
p.add_argument("--lengths", default="256,512,1024,2048,4096")
p.add_argument("--ranks", default="4,8,16,32,64")
p.add_argument("--steps", type=int, default=3)
p.add_argument("--rows", type=int, default=200)
a = p.parse_args()


def run(name, *settings):
    words = ["--model", a.model, "--data", a.data, "data.overLength=cutEnd", f"data.rows={a.rows}", "data.heldOut=2", "data.pack=true", "train.batch=1", "train.accumulate=1", f"train.steps={a.steps}",
             "train.warmupSteps=0", f"train.evalEvery={a.steps}", f"train.saveEvery={a.steps}", *settings]
    told = json.loads(subprocess.run([a.weft, "estimate", *words, "--json"], capture_output=True, text=True, check=True).stdout)
    out = f"{a.out}/{name.replace(' ', '-')}"
    shutil.rmtree(out, ignore_errors=True)
    _, peak, _ = watched([a.weft, "train", *words, "--out", out], {})
    steps = [json.loads(line) for line in open(out + "/events.jsonl") if '"type":"step"' in line][1:]
    rate = sum(s["tokens"] for s in steps) / sum(s["seconds"] for s in steps)
    print(f"| {name} | {rate:,.0f} | {told['stepTokens'] / told['stepSeconds']:,.0f} | {peak * 1e3:,.0f} | {told['totalBytes'] / 1e6:,.0f} | {os.getloadavg()[0]:.1f} |", flush=True)


print("| run | tokens/s | foretold | memory MB | foretold | load |\n|---|---|---|---|---|---|", flush=True)
for length in a.lengths.split(","):
    run(f"length {length}", f"data.maxLength={length}")
for rank in a.ranks.split(","):
    run(f"rank {rank}", "data.maxLength=512", f"tuning.lora.rank={rank}")
