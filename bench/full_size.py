#!/usr/bin/env python3
"""The tutorial's LoRA on a model of ChatGLM3-6B's size: three optimizer steps, a kill and an exact resume, and a short answer, with memory and time beside the machine's GEMM floor.

    full_size.py --model DIR --data alpaca.json --out DIR      (DIR from WriteChatGlm3.java)

Memory is the largest RssAnon of the process, sampled ten times a second. The floor is 4 x weights (head counted, embedding not) x tokens by the matrix rate measured in the same run.
"""
import argparse, hashlib, json, os, re, shutil, statistics, subprocess, sys, threading, time

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--out", required=True)
p.add_argument("--rows", type=int, default=24)
p.add_argument("settings", nargs="*", help="more settings, such as train.recompute=always")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
home = here + "/.."
WEIGHTS, EMBEDDING = 6_243_584_000, 65024 * 4096
environment = {**os.environ, "OMP_NUM_THREADS": str(os.cpu_count()), "MKL_THREADING_LAYER": "GNU", "GOMP_SPINCOUNT": "1000", "MALLOC_MMAP_THRESHOLD_": "2000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}


def gemm():
    jars = open(home + "/weft-app/target/classpath.txt").read().strip()
    out = subprocess.run(["java", "-XX:+UseSerialGC", "-cp", jars, here + "/GemmRate.java", "256"], capture_output=True, text=True, env=environment, check=True).stdout
    print(out.strip(), "load", os.getloadavg()[0], flush=True)
    return float(re.search(r"GFLOPS ([\d.]+)", out).group(1))


class Weft:
    """A running command, its output and its largest anonymous memory."""

    def __init__(self, *words):
        self.process = subprocess.Popen([home + "/weft", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "WEFT_WATCH": "off"})
        self.peak, self.output, self.begun = 0, "", time.time()
        self.threads = [threading.Thread(target=self.sample), threading.Thread(target=self.read)]
        for thread in self.threads:
            thread.start()

    def sample(self):
        while self.process.poll() is None:
            try:
                found = re.search(r"RssAnon:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())
                self.peak = max(self.peak, int(found.group(1)) if found else 0)
            except OSError:
                pass
            time.sleep(0.1)

    def read(self):
        for line in self.process.stdout:
            self.output += line

    def end(self, killed=False):
        code = self.process.wait()
        for thread in self.threads:
            thread.join()
        if code and not killed:
            sys.exit(f"weft ended with {code}:\n{self.output[-3000:]}")
        return self


def events(run, kind):
    path = run + "/events.jsonl"
    lines = open(path).read().splitlines() if os.path.exists(path) else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            pass  # the last line of a killed run
    return [e for e in found if e.get("type") == kind]


def train(run):
    return Weft("train", "--model", a.model, "--data", a.data, "--out", run, "preset=tutorial", "data.maxLength=256", f"data.rows={a.rows}", "data.heldOut=1", "train.batch=1",
                "train.accumulate=2", "train.steps=3", "train.warmupSteps=1", "train.saveEvery=1", "train.logEvery=1", *a.settings)


def digest(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()


def timeless(run):
    drop = lambda v: {k: drop(x) for k, x in v.items() if k not in ("at", "seconds", "trainSeconds")} if isinstance(v, dict) else v
    return [drop(json.loads(line)) for line in open(run + "/events.jsonl").read().splitlines()]


os.makedirs(a.out, exist_ok=True)
for name in ("whole", "killed"):
    shutil.rmtree(f"{a.out}/{name}", ignore_errors=True)
rate = gemm()
whole = train(a.out + "/whole").end()
steps = events(a.out + "/whole", "step")
rate = statistics.mean([rate, gemm()])
for s in steps:
    floor = 4 * (WEIGHTS - EMBEDDING) * s["tokens"] / (rate * 1e9)
    print(f"step {s['step']}: loss {s['loss']:.4f}, {s['tokens']} tokens, {s['seconds']:.1f} s, floor {floor:.1f} s ({100 * floor / s['seconds']:.0f} %)", flush=True)
print(f"peak RssAnon {whole.peak / 1e6:.2f} GB", flush=True)

killed = train(a.out + "/killed")
while not events(a.out + "/killed", "saved") and killed.process.poll() is None:
    time.sleep(1)
time.sleep(20)  # well inside the second step
killed.process.kill()
killed.end(killed=True)
print("killed after step", events(a.out + "/killed", "step")[-1]["step"], flush=True)
resumed = Weft("resume", a.out + "/killed").end()
print(f"resumed; peak RssAnon {max(killed.peak, resumed.peak) / 1e6:.2f} GB")
checkpoint = "checkpoints/step-00000003/"
for name in ("adapter/adapter_model.safetensors", checkpoint + "adapter_model.safetensors", checkpoint + "optimizer.safetensors"):
    same = digest(f"{a.out}/whole/{name}") == digest(f"{a.out}/killed/{name}")
    print(name, "byte-identical" if same else "DIFFERENT")
print("events (times aside)", "identical" if timeless(a.out + "/whole") == timeless(a.out + "/killed") else "DIFFERENT", flush=True)

prompts = a.out + "/prompts.jsonl"
open(prompts, "w").write(json.dumps({"prompt": "你好"}, ensure_ascii=False) + "\n")
if os.path.exists(a.out + "/answers.jsonl"):
    os.remove(a.out + "/answers.jsonl")
generated = Weft("generate", a.out + "/whole", "--in", prompts, "--out", a.out + "/answers.jsonl", "--max-tokens", "16", "--greedy").end()
print(open(a.out + "/answers.jsonl").read().strip())
print(f"generate 16 tokens: {time.time() - generated.begun:.1f} s with the start, peak RssAnon {generated.peak / 1e6:.2f} GB")
print(f"disk: model {sum(os.path.getsize(os.path.join(a.model, f)) for f in os.listdir(a.model)) / 1e9:.2f} GB, run {sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(a.out + '/whole') for f in fs) / 1e9:.3f} GB")
