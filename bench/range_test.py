#!/usr/bin/env python3
"""Whether the learning rate that `weft range-test` suggests is as good as the best of a grid: the suggestion and each rate of the grid train the same recipe, and the held-out losses are compared. Passes where the suggestion is within 5 % of the best.

    range_test.py [--weft weft] [--model DIR] [--data FILE] [--rates 3e-4,1e-3,...] [--out DIR] [key=value ...]

Without --model the embedded base and rows of the quickstart, with the quickstart's LoRA; else LoRA with the defaults. Settings given last go before these.
"""
import argparse, json, math, os, subprocess, sys, tempfile, time

p = argparse.ArgumentParser()
here = os.path.dirname(os.path.abspath(__file__))
p.add_argument("--weft", default=here + "/../weft")
p.add_argument("--model")
p.add_argument("--data")
p.add_argument("--rates")
p.add_argument("--out")
p.add_argument("--steps", type=int, default=60, help="of the range test")
a, given = p.parse_known_args()
quickstart = here + "/../weft-app/src/main/resources/io/weft/app/quickstart"
embedded = not a.model
model, data = a.model or quickstart + "/base", a.data or quickstart + "/instructions.json"
usual = {"data.maxLength": 256, "data.pack": "false", "train.batch": 4, "train.accumulate": 1, "train.logEvery": 1000, "train.saveEvery": 1000}
usual.update({"data.rows": 1000, "data.heldOut": 100, "train.epochs": 1, "train.warmupSteps": 20, "train.evalEvery": 1000, "tuning.lora.rank": 32, "tuning.lora.alpha": 32, "tuning.lora.dropout": 0} if embedded
             else {"data.rows": 240, "data.heldOut": 24, "train.epochs": 1, "train.warmupSteps": 5, "train.evalEvery": 1000})
usual.update(word.split("=", 1) for word in given)
settings = [f"{key}={value}" for key, value in usual.items() if key != "train.learningRate"]
rates = [float(r) for r in (a.rates or ("1e-3,2e-3,3e-3,5e-3,7e-3,1e-2,1.5e-2,2e-2" if embedded else "1e-4,2e-4,5e-4,1e-3,2e-3,4e-3")).split(",")]
out = a.out or tempfile.mkdtemp()
begun = time.time()


def weft(*words, accepted=(0,)):
    done = subprocess.run([a.weft, *words, "--lang", "en", "--model", model, "--data", data] + settings, capture_output=True, text=True)
    if done.returncode not in accepted:
        sys.exit(f"weft {words[0]} ended with {done.returncode}:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def loss(rate):
    run = f"{out}/{rate:g}"
    settings.append(f"train.learningRate={rate}")
    weft("train", "--out", run, accepted=(0, 2))      # 2: it got worse, or broke
    settings.pop()
    ends = [e for e in map(json.loads, open(run + "/events.jsonl")) if e.get("type") == "finished"]
    value = float(ends[0]["bestLoss"])
    return value if math.isfinite(value) else math.inf


test = json.loads(weft("range-test", "--json", "--steps", str(a.steps), "--out", out + "/range"))
suggested = test["suggestion"]
print(f"suggested {suggested:.2e} after {time.time() - begun:.0f} s: the loss fell by {100 * test['fall']:.0f} %, edge at {test['edge']:.2e}\n\n| learning rate | held-out loss |\n|---|---|", flush=True)
losses = {}
for rate in sorted(rates + [suggested]):
    losses[rate] = loss(rate)
    print(f"| {rate:.2e}{' (suggested)' if rate == suggested else ''} | {losses[rate]:.4f} |", flush=True)
best = min(losses[rate] for rate in rates)
beside = 100 * (losses[suggested] / best - 1)
print(f"\nthe suggestion is {beside:+.1f} % beside the best of the grid ({best:.4f}); {(time.time() - begun) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f}; runs in {out}")
sys.exit(0 if beside <= 5 else 1)
