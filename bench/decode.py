#!/usr/bin/env python3
"""Greedy decoding beside transformers' generate: interleaved rounds of Weft in bf16 and fp32 and of the peer in both, one and several answers at once; medians, least and most, load and the CPU's flags.

    decode.py --model DIR --python PEER/bin/python [--rounds 3] [--new 64] [--answers 1 8] [--classpath CP]

The floor is the bytes of the weights over the rate at which a matrix of 256 MB is read in the same run (DecodeRate.java). The classpath is that of `mvn package`, weft-app/target/classpath.txt, where none is given.
"""
import argparse, json, os, re, statistics, subprocess

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--python", required=True, help="of a virtual environment with torch and transformers")
p.add_argument("--rounds", type=int, default=3)
p.add_argument("--new", type=int, default=64)
p.add_argument("--answers", type=int, nargs="*", default=[1, 8])
p.add_argument("--weft", nargs="*", default=["bf16", "fp32"])
p.add_argument("--peer", nargs="*", default=["bfloat16", "float32"])
p.add_argument("--classpath")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
classpath = a.classpath or here + "/../weft-app/target/classes:" + open(here + "/../weft-app/target/classpath.txt").read().strip()
threads = str(os.cpu_count())
environment = {**os.environ, "OMP_NUM_THREADS": threads, "MKL_THREADING_LAYER": "GNU", "GOMP_SPINCOUNT": "100000", "MALLOC_MMAP_THRESHOLD_": "2000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
found, floors = {}, []


def note(name, answers, rate):
    found.setdefault((answers, name), []).append(rate)


def weft(weights):
    out = subprocess.run(["java", "-XX:+UseSerialGC", "-Xmx1g", "-Dorg.bytedeco.openblas.load=mkl_rt", "-cp", classpath, here + "/DecodeRate.java", a.model, weights, str(a.new), *map(str, a.answers)],
                         capture_output=True, text=True, env=environment)
    if out.returncode:
        raise SystemExit(out.stderr[-2000:])
    for line in out.stdout.splitlines():
        if match := re.match(r"DECODE answers (\d+): ([\d.]+) tokens/s.* ([\d.]+) of the floor", line):
            note("weft " + weights, int(match[1]), float(match[2]))
            if match[1] == "1":
                floors.append((weights, float(match[3])))
        print(weights, line, flush=True)


def peer(dtype):
    out = subprocess.run([a.python, here + "/peer/generate.py", "--model", a.model, "--new", str(a.new), "--dtype", dtype, "--batch", *map(str, a.answers)],
                         capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": threads})
    if out.returncode:
        raise SystemExit(out.stderr[-2000:])
    for line in out.stdout.splitlines():
        if line.startswith("PEER "):
            one = json.loads(line[5:])
            note("generate " + dtype, one["batch"], one["tokens_per_s"])
            print(line, flush=True)


flags = [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in open("/proc/cpuinfo").read().split()]
print("cores", threads, "flags", " ".join(flags))
for round in range(a.rounds):
    print("round", round + 1, "load %.1f" % os.getloadavg()[0], flush=True)
    for weights in a.weft:
        weft(weights)
    for dtype in a.peer:
        peer(dtype)
print("| answers | who | tokens/s, median | least | most |\n|---|---|---|---|---|")
for (answers, name), rates in sorted(found.items()):
    print("| %d | %s | %.1f | %.1f | %.1f |" % (answers, name, statistics.median(rates), min(rates), max(rates)))
for weights in a.weft:
    print(weights, "share of the floor, one answer: %.2f" % statistics.median(share for w, share in floors if w == weights))
for answers in a.answers:
    ours = max(statistics.median(rates) for (n, name), rates in found.items() if n == answers and name.startswith("weft"))
    theirs = max(statistics.median(rates) for (n, name), rates in found.items() if n == answers and name.startswith("generate"))
    print("answers %d: %.2f times generate's better type" % (answers, ours / theirs))
