#!/usr/bin/env python3
"""Weft beside its peers on the same jobs, interleaved in one run: tokens a second, memory, launch to first step. Prints Markdown tables of medians (minimum to maximum), with the load and what the CPU has.

    performance.py --peer VENV --model DIR --data alpaca.json [--jobs tutorial,packed,...] [--rounds 3] [--weft ../weft] [--out results.jsonl]

Each job has contenders: Weft, the peer with the same settings ("as is"), and the fastest arrangement of the same job that we found for the peer ("best": one row at a time, so that nothing is padded, with glibc told to reuse
big buffers; in bf16 under autocast). One step warms up, three are timed. Tokens are those of the rows, without padding. Memory is the largest RssAnon + RssShmem, sampled alike for all.
"""
import argparse, json, os, re, statistics, tempfile, time

from measure import watched

p = argparse.ArgumentParser()
p.add_argument("--peer", required=True)
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--jobs", default="tutorial")
p.add_argument("--contenders", default="", help="only these, by name")
p.add_argument("--rounds", type=int, default=3)
p.add_argument("--steps", type=int, default=4)
p.add_argument("--evaluation-rows", type=int, default=999)
p.add_argument("--weft", default=os.path.dirname(os.path.abspath(__file__)) + "/../weft")
p.add_argument("--out", default="")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "2000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
ALONE = ["--batch", "1", "--accumulate", "16"]


def weft(*settings):
    return lambda: weft_run(list(settings))


def weft_run(settings):
    out = tempfile.mkdtemp() + "/run"
    command = [a.weft, "train", "--model", a.model, "--data", a.data, "--out", out, "data.rows=320", "data.maxLength=512", "data.pack=false", "data.overLength=cutEnd", "data.border=joined", "data.prompt=tutorial",
               "train.batch=4", "train.accumulate=4", "train.warmupSteps=10", "train.learningRate=2e-4", "train.evalEvery=100000", f"train.steps={a.steps}", *settings]
    last = {word.split("=")[0]: word for word in command if "=" in word}   # weft refuses a key that is given twice
    _, memory, begun = watched([word for word in command if last.get(word.split("=")[0], word) is word], {}, accepted=(0, 2))
    events = [json.loads(line) for line in open(out + "/events.jsonl")][1:]
    steps = [e for e in events if e["type"] == "step"]
    first = time.mktime(time.strptime(steps[0]["at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float("0." + (re.findall(r"\.(\d+)", steps[0]["at"]) or ["0"])[0]) - begun
    timed = steps[1:] or steps
    return {"tokens_per_s": sum(s["tokens"] for s in timed) / sum(s["seconds"] for s in timed), "memory_gb": memory, "first_step_s": first, "losses": [round(s["loss"], 4) for s in steps],
            "evaluation": [e for e in events if e["type"] == "evaluated"]}


def weft_evaluation():
    """The held-out loss of all rows before the first step of a run that holds all but a few of them out."""
    out = tempfile.mkdtemp() + "/run"
    command = [a.weft, "train", "--model", a.model, "--data", a.data, "--out", out, f"data.rows={a.evaluation_rows}", f"data.heldOut={a.evaluation_rows - 16}", "data.maxLength=512", "data.pack=false", "data.overLength=cutEnd", "data.border=joined",
               "data.prompt=tutorial", "train.batch=4", "train.accumulate=4", "train.steps=1", "train.evalEvery=1", "train.learningRate=1e-6"]
    _, memory, _ = watched(command, {}, accepted=(0, 2))
    events = [json.loads(line) for line in open(out + "/events.jsonl")][1:]
    evaluated = next(e for e in events if e["type"] == "evaluated")
    return {"seconds": evaluated["seconds"], "rows_per_s": evaluated.get("documents", a.evaluation_rows - 16) / evaluated["seconds"], "loss": evaluated["loss"], "memory_gb": memory}


def peer(*arguments, environment=None, rows=320, steps=a.steps):
    def run():
        output, memory, _ = watched([a.peer + "/bin/python", here + "/peer/train.py", "--model", a.model, "--data", a.data, "--rows", str(rows), "--steps", str(steps), "--no-held-out", *arguments],
                                    {"HF_HUB_OFFLINE": "1", **(environment or {})})
        return {**json.loads(re.search(r"^PEER (.*)$", output, re.M).group(1)), "memory_gb": memory}
    return run


def peer_evaluation():
    result = peer("--evaluate", rows=a.evaluation_rows, steps=1)()
    return {**result, "rows_per_s": a.evaluation_rows / result["seconds"]}


HAS_BF16 = "avx512_bf16" in open("/proc/cpuinfo").read()
JOBS = {
    "tutorial": {
        "weft fp32": weft("train.precision=fp32"),
        "weft fp32, recompute": weft("train.precision=fp32", "train.recompute=always"),
        "weft bf16": weft("train.precision=bf16"),
        "PEFT as is": peer(),
        "PEFT best, fp32": peer(*ALONE, environment=MALLOC),
        "PEFT best, bf16": peer(*ALONE, "--bf16", environment=MALLOC),
        "TRL as is": peer("--trl"),
    },
    "packed": {
        "weft fp32": weft("train.precision=fp32", "data.pack=true", "data.maxLength=1024", "train.steps=2"),
        "weft bf16": weft("train.precision=bf16", "data.pack=true", "data.maxLength=1024", "train.steps=2"),
        "TRL packed": peer("--trl", "--pack", "--length", "1024", steps=2),
    },
    "one512": {
        "weft fp32": weft("train.precision=fp32", "data.pack=true", "train.batch=1", "train.accumulate=1", "tuning.lora.dropout=0", "train.steps=8"),
        "weft bf16": weft("train.precision=bf16", "data.pack=true", "train.batch=1", "train.accumulate=1", "tuning.lora.dropout=0", "train.steps=8"),
        "PEFT fp32": peer("--joined", "--batch", "1", "--accumulate", "1", "--dropout", "0", environment=MALLOC, steps=8),
        "PEFT bf16": peer("--joined", "--batch", "1", "--accumulate", "1", "--dropout", "0", "--bf16", environment=MALLOC, steps=8),
    },
    "full": {
        "weft fp32": weft("train.precision=fp32", "tuning=full"),
        "weft bf16": weft("train.precision=bf16", "tuning=full"),
        "Trainer as is": peer("--full"),
    },
    "evaluation": {"weft": weft_evaluation, "Trainer.evaluate": peer_evaluation},
}

results = {}
flags = re.search(r"^flags\s*:\s*(.*)$", open("/proc/cpuinfo").read(), re.M).group(1).split()
print("CPU:", re.search(r"^model name\s*:\s*(.*)$", open("/proc/cpuinfo").read(), re.M).group(1), "with", " ".join(f for f in flags if re.match(r"avx2$|avx512(f|_bf16)$|amx", f)) or "neither AVX2 nor AVX-512",
      "-", os.cpu_count(), "cores, load", os.getloadavg()[0], flush=True)
chosen = [name.strip() for name in a.contenders.split(";") if name.strip()]
for turn in range(a.rounds):
    for job in a.jobs.split(","):
        for name, run in JOBS[job].items():
            if chosen and name not in chosen or "bf16" in name and not HAS_BF16:
                continue
            load = os.getloadavg()[0]
            result = {**run(), "load": load}
            results.setdefault((job, name), []).append(result)
            line = json.dumps({"job": job, "contender": name, "round": turn, **result})
            print(line, flush=True)
            if a.out:
                open(a.out, "a").write(line + "\n")


def cell(found, key, form):
    values = [r[key] for r in found if r.get(key) is not None]
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})" if values else "-"


for job in a.jobs.split(","):
    rate = "rows_per_s" if job == "evaluation" else "tokens_per_s"
    print(f"\n### {job}\n\n| | {'rows' if job == 'evaluation' else 'tokens'}/s | peak GB | launch to first step, s | load |\n|---|---|---|---|---|")
    for name in JOBS[job]:
        if (job, name) in results:
            found = results[job, name]
            print(f"| {name} | {cell(found, rate, '.1f')} | {cell(found, 'memory_gb', '.2f')} | {cell(found, 'first_step_s', '.1f')} | {cell(found, 'load', '.1f')} |")
