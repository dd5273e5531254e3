#!/usr/bin/env python3
"""The tutorial's LoRA on a model of ChatGLM3-6B's size, 1 x 256 tokens a step: on its weights mapped as bf16, and on the same quantised to NF4 while they are read (QLoRA). One process after the other.

    quantised_size.py --model DIR --data alpaca.json --out DIR [--weft COMMAND]     (DIR from WriteChatGlm3.java)

Memory is sampled ten times a second: the largest RssAnon (the process's own), and the largest RssFile (pages of mapped files, which the system drops when it needs room) and what of it are weights, from smaps at each step.
"""
import argparse, json, os, re, shutil, subprocess, sys, threading, time

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--out", required=True)
p.add_argument("--weft", default=os.path.dirname(os.path.abspath(__file__)) + "/../weft")
p.add_argument("--steps", type=int, default=3)
p.add_argument("--only", choices=["mapped", "nf4"])
a = p.parse_args()


def events(run, kind):
    path = run + "/events.jsonl"
    return [e for e in map(json.loads, open(path).read().splitlines()) if e.get("type") == kind] if os.path.exists(path) else []


def status(pid, key):
    found = re.search(key + r":\s+(\d+)", open(f"/proc/{pid}/status").read())
    return int(found.group(1)) if found else 0


def mapped_weights(pid):
    """Resident bytes of mapped weight files, and how much of them is mapped at all."""
    resident = mapped = 0
    weights = False
    for line in open(f"/proc/{pid}/smaps"):
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) .*?(\S*)$", line)
        if head and not line.startswith(("Size", "Rss")) and "-" in line.split()[0]:
            weights = head.group(3).endswith(".safetensors")
            mapped += (int(head.group(2), 16) - int(head.group(1), 16)) if weights else 0
        elif weights and line.startswith("Rss:"):
            resident += 1024 * int(line.split()[1])
    return resident, mapped


def train(name, *settings):
    run = f"{a.out}/{name}"
    shutil.rmtree(run, ignore_errors=True)
    command = [*a.weft.split(), "train", "--model", a.model, "--data", a.data, "--out", run, "preset=tutorial", "data.maxLength=256", "data.rows=24", "data.heldOut=1", "train.batch=1",
               "train.accumulate=1", f"train.steps={a.steps}", "train.warmupSteps=1", "train.logEvery=1", "train.evalEvery=1000", *settings]
    begun = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "WEFT_WATCH": "off"})
    peak = {"RssAnon": 0, "RssFile": 0}
    output, weights = [], (0, 0)
    reader = threading.Thread(target=lambda: output.extend(process.stdout))
    reader.start()
    steps = 0
    while process.poll() is None:
        try:
            for key in peak:
                peak[key] = max(peak[key], status(process.pid, key))
            if len(events(run, "step")) > steps:
                steps += 1
                weights = max(weights, mapped_weights(process.pid))
        except (OSError, ValueError):
            pass  # it ended, or writes a line just now
        time.sleep(0.1)
    reader.join()
    if process.returncode:
        sys.exit("".join(output)[-3000:])
    done = events(run, "step")
    print(f"{name}: seconds a step {', '.join('%.1f' % s['seconds'] for s in done)} (loss {', '.join('%.4f' % s['loss'] for s in done)}; {done[0]['tokens']} tokens), whole run {time.time() - begun:.0f} s; "
          f"peak RssAnon {peak['RssAnon'] / 1e6:.2f} GB, peak RssFile {peak['RssFile'] / 1e6:.2f} GB; weight files mapped {weights[1] / 1e9:.2f} GB, resident of that {weights[0] / 1e9:.2f} GB; load {os.getloadavg()[0]:.1f}", flush=True)


os.makedirs(a.out, exist_ok=True)
if a.only != "mapped":
    train("nf4", "model.quantise=nf4")
if a.only != "nf4":
    train("mapped", "train.frozenWeights=mapped")
