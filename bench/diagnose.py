#!/usr/bin/env python3
"""Thirty runs on the embedded base, five that fail by each row of the tutorial's table and five healthy ones, and what `weft diagnose` says of them: precision and recall of each row.

    diagnose.py [--weft weft] [--out DIR] [--only NAME,...]

About ten minutes on two cores. A run counts as told of a row when a finding of that row is more than a note: other programs on this machine are a note, since they are no fault of the run's.
Two of the runs out of memory are refused memory by the system (`ulimit -v`), three are killed (SIGKILL) at the moment at which they hold what -Dweft.memory says that the machine has, as a container does.
"""
import argparse, json, os, re, resource, signal, subprocess, sys, tempfile, time

p = argparse.ArgumentParser()
p.add_argument("--weft", default=os.path.dirname(os.path.abspath(__file__)) + "/../weft")
p.add_argument("--out")
p.add_argument("--only", default="")
a = p.parse_args()
OUT = a.out or tempfile.mkdtemp()
BASE = os.path.dirname(os.path.abspath(__file__)) + "/../weft-app/src/main/resources/io/weft/app/quickstart"
LORA = ["tuning.lora.rank=32", "tuning.lora.alpha=32", "tuning.lora.dropout=0"]
ROWS = ["loss", "output", "memory", "overfitting", "speed"]
USUAL = {"data.rows": 300, "data.maxLength": 256, "data.pack": "false", "data.heldOut": 30, "train.batch": 4, "train.accumulate": 1, "train.warmupSteps": 6, "train.steps": 60, "train.evalEvery": 20, "train.logEvery": 1000,
         "train.saveEvery": 1000}


def lora(rate, **more):
    return {"tuning.lora.rank": 32, "tuning.lora.alpha": 32, "tuning.lora.dropout": 0, "train.learningRate": rate, **{k.replace("_", "."): v for k, v in more.items()}}


def full(rate, **more):
    return {"tuning.full": "true", "train.learningRate": rate, **{k.replace("_", "."): v for k, v in more.items()}}


def known(rate, seed, **more):
    """Few rows, seen some thirty times."""
    return lora(rate, data_rows=60, data_heldOut=30, train_batch=6, train_steps=150, train_evalEvery=25, train_seed=seed, **more)


def healthy(settings, seed):
    return {**settings, "data.rows": 1300, "data.heldOut": 60, "train.steps": 300, "train.evalEvery": 75, "train.warmupSteps": 20, "train.seed": seed}


# row, settings, megabytes of address space or 0, megabytes at which it is killed or 0, whether its answers are judged
RUNS = {
    "low-rate": ("loss", lora("1e-5"), 0, 0, False),
    "lower-rate": ("loss", lora("1e-6", train_seed=2), 0, 0, False),
    "long-warmup": ("loss", lora("1e-3", train_warmupSteps=4000), 0, 0, False),
    "no-gradient": ("loss", {**lora("3e-3", train_seed=3), "tuning.lora.alpha": "1e-9"}, 0, 0, False),
    "low-rate-full": ("loss", full("1e-7", train_seed=4), 0, 0, False),
    "hot": ("output", lora("0.5"), 0, 0, True),
    "warm": ("output", lora("0.1", train_seed=2), 0, 0, True),
    "hot-full": ("output", full("0.3", train_seed=3), 0, 0, True),
    "hot-unclipped": ("output", lora("0.3", train_clipNorm=0, train_warmupSteps=0, train_seed=4), 0, 0, True),
    "hotter": ("output", lora("3", train_seed=5), 0, 0, True),
    "refused": ("memory", lora("3e-3", train_batch=1024, data_rows=2000, train_steps=3, train_warmupSteps=0), 4600, 0, False),
    "refused-full": ("memory", full("1e-3", train_batch=1024, data_rows=2000, train_steps=3, train_warmupSteps=0, train_seed=2), 4600, 0, False),
    "killed": ("memory", lora("3e-3", train_batch=512, data_rows=1500, train_steps=5, train_warmupSteps=0), 0, 700, False),
    "killed-full": ("memory", full("1e-3", train_batch=512, data_rows=1500, train_steps=5, train_warmupSteps=0, train_seed=2), 0, 700, False),
    "killed-packed": ("memory", lora("3e-3", train_batch=128, data_pack="true", data_rows=1500, train_steps=5, train_warmupSteps=0, train_seed=3), 0, 700, False),
    "by-heart": ("overfitting", known("1e-2", 1), 0, 0, False),
    "by-heart-2": ("overfitting", known("1e-2", 2), 0, 0, False),
    "by-heart-3": ("overfitting", known("5e-3", 3, train_schedule="constant"), 0, 0, False),
    "by-heart-4": ("overfitting", known("7e-3", 4), 0, 0, False),
    "by-heart-full": ("overfitting", {**known("3e-3", 5), "tuning.lora.rank": None, "tuning.lora.alpha": None, "tuning.lora.dropout": None, "tuning.full": "true"}, 0, 0, False),
    "one-thread": ("speed", lora("3e-3", train_threads=1), 0, 0, False),
    "judged-often": ("speed", lora("3e-3", train_evalEvery=1, data_heldOut=60, train_seed=2), 0, 0, False),
    "saved-often": ("speed", lora("3e-3", train_saveEvery=1, train_seed=3), 0, 0, False),
    "small-batches": ("speed", lora("3e-3", train_batch=1, train_accumulate=8, train_seed=4), 0, 0, False),
    "computed-twice": ("speed", lora("3e-3", train_recompute="always", train_seed=5), 0, 0, False),
    "lora": ("healthy", healthy(lora("3e-3"), 1), 0, 0, True),
    "lora-2": ("healthy", healthy(lora("5e-3"), 2), 0, 0, True),
    "full": ("healthy", healthy(full("1e-3"), 3), 0, 0, True),
    "dora": ("healthy", healthy({**lora("3e-3"), "tuning.lora.dora": "true"}, 4), 0, 0, True),
    "bottleneck": ("healthy", healthy({"tuning.bottleneck": "true", "train.learningRate": "3e-3"}, 5), 0, 0, True),
}


def held(pid):
    try:
        return int(re.search(r"RssAnon:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) >> 10
    except (OSError, AttributeError):
        return 0


def java(pid):
    """The process that holds the tensors: the launcher's own, or its child."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return max([pid] + [int(child) for child in children], key=held)


def run(name):
    row, settings, space, most, judged = RUNS[name]
    out = f"{OUT}/{name}"
    words = {k: v for k, v in {**USUAL, **settings}.items() if v is not None}
    options = "-Xmx512m" + (" -XX:CompressedClassSpaceSize=64m -XX:ReservedCodeCacheSize=64m" if space else "") + (f" -Dweft.memory={most << 20}" if most else "")
    environment = {**os.environ, "JDK_JAVA_OPTIONS": (os.environ.get("JDK_JAVA_OPTIONS", "") + " " + options).strip()}
    command = [a.weft, "train", "--lang", "en", "--model", f"{BASE}/base", "--data", f"{BASE}/instructions.json", "--out", out] + [f"{k}={v}" for k, v in words.items()]
    if most:
        command.append("train.recompute=never")     # as on a machine that has the memory
    log = open(f"{OUT}/{name}.log", "w")
    limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (space << 20, space << 20))) if space else None
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, preexec_fn=limit)
    while process.poll() is None:
        time.sleep(0.05)
        if most:
            pid = java(process.pid)
            if held(pid) > 0.95 * most:
                os.kill(pid, signal.SIGKILL)
    if judged:
        subprocess.run([a.weft, "evaluate", out, "--lang", "en", "--greedy", "--rows", "24", "--max-tokens", "48"], stdout=log, stderr=subprocess.STDOUT, env=environment)
    said = subprocess.run([a.weft, "diagnose", out, "--json"], capture_output=True, text=True, env=environment)
    if said.returncode:
        return None, [f"weft diagnose: {said.stderr.strip().splitlines()[-1]}"]
    findings = [f for f in json.loads(said.stdout)["findings"] if f["severity"] != "note"]
    return {f["row"] for f in findings}, [f["kind"] + ":" + f["cause"] for f in findings]


chosen = [name for name in RUNS if not a.only or name in a.only.split(",")]
os.makedirs(OUT, exist_ok=True)
told, begun = {}, time.time()
for name in chosen:
    at = time.time()
    rows, kinds = run(name)
    told[name] = rows or set()
    right = rows is not None and ((RUNS[name][0] in rows) if RUNS[name][0] != "healthy" else not rows & set(ROWS))
    print(f"{'ok ' if right else 'BAD'} {RUNS[name][0]:12s} {name:16s} {time.time() - at:4.0f} s  {', '.join(kinds) or 'nothing amiss'}", flush=True)
print(f"\n{len(chosen)} runs, {(time.time() - begun) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f}; logs and runs in {OUT}\n")
print("| row | runs | told | precision | recall |\n|---|---|---|---|---|")
worst = 1.0
for row in ROWS + ["healthy"]:
    made = {name for name in chosen if RUNS[name][0] == row}
    says = {name for name in chosen if (row in told[name] if row != "healthy" else not told[name] & set(ROWS))}
    if made:
        precision, recall = (len(made & says) / len(says) if says else 0), len(made & says) / len(made)
        worst = min(worst, precision, recall)
        print(f"| {row} | {len(made)} | {len(says)} | {precision:.2f} | {recall:.2f} |")
sys.exit(0 if worst >= 0.9 else 1)
