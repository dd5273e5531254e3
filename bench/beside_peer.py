#!/usr/bin/env python3
"""Weft beside transformers + PEFT on the same rows, in interleaved pairs; prints medians (minimum to maximum), ratios and the load.

    beside_peer.py --peer VENV --model DIR --data alpaca.json [--rows 320] [--steps 3] [--pairs 3]

Settings of both: the tutorial's prompt and split, LoRA r 8, alpha 32, dropout 0.1 on all linear layers, batch 4 x accumulation 4, length 512, fp32, prompt and answer
tokenised as one text as TRL does (data.border: joined). Memory is the largest
RssAnon + RssShmem, sampled alike for both. Tokens are those of the rows, without padding. All rows are trained once when --steps is 0; then the held-out losses are compared, too.
"""
import argparse, json, os, re, statistics, tempfile, time

from measure import watched

p = argparse.ArgumentParser()
p.add_argument("--peer", required=True)
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--rows", type=int, default=320)
p.add_argument("--steps", type=int, default=3)
p.add_argument("--pairs", type=int, default=3)
p.add_argument("--only", choices=["weft", "peer"])
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))


def weft():
    out = tempfile.mkdtemp() + "/run"
    command = [here + "/../weft", "train", "--model", a.model, "--data", a.data, "--out", out, f"data.rows={a.rows}", "data.maxLength=512", "data.pack=false", "data.overLength=cutEnd", "data.border=joined",
               "train.epochs=1", "train.warmupSteps=10", "train.learningRate=2e-4"] + ([f"train.steps={a.steps}"] if a.steps else []) + ([] if not a.steps else ["train.evalEvery=1000"])
    _, memory, begun = watched(command, {})
    events = [json.loads(line) for line in open(out + "/events.jsonl")][1:]
    steps = [e for e in events if e["type"] == "step"]
    first = time.mktime(time.strptime(steps[0]["at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - begun
    held_out = [e["loss"] for e in events if e["type"] == "evaluated"]
    return {"tokens_per_s": sum(s["tokens"] for s in steps) / sum(s["seconds"] for s in steps), "memory_gb": memory, "first_step_s": first, "held_out": held_out[-1] if held_out else None,
            "losses": [round(s["loss"], 4) for s in steps]}


def peer():
    output, memory, _ = watched([a.peer + "/bin/python", here + "/peer/train.py", "--model", a.model, "--data", a.data, "--rows", str(a.rows), "--steps", str(a.steps or -1)],
                                {"HF_HUB_OFFLINE": "1"})
    result = json.loads(re.search(r"^PEER (.*)$", output, re.M).group(1))
    return {**result, "memory_gb": memory}


runs = {"weft": [], "peer": []}
for pair in range(a.pairs):
    for name, run in (("weft", weft), ("peer", peer)):
        if a.only in (None, name):
            runs[name].append(run())
            print(name, json.dumps(runs[name][-1]), "load", os.getloadavg()[0], flush=True)
print(f"\n{'':14}{'weft':>28}{'peer':>28}{'ratio':>8}")
for key in ("tokens_per_s", "memory_gb", "first_step_s", "held_out"):
    values = {name: [r[key] for r in results if r.get(key) is not None] for name, results in runs.items()}
    cells = {name: f"{statistics.median(v):.4g} ({min(v):.4g} to {max(v):.4g})" if v else "-" for name, v in values.items()}
    ratio = f"{statistics.median(values['weft']) / statistics.median(values['peer']):.2f}" if values["weft"] and values["peer"] else "-"
    print(f"{key:14}{cells['weft']:>28}{cells['peer']:>28}{ratio:>8}")
