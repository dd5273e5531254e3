#!/usr/bin/env python3
"""Weft's server under 1, 8, 32 ... clients, beside the tutorial's (HF generate behind FastAPI): tokens a second, requests a second, time to the first token, time a token. Loopback only; each client asks a bounded number of times.

    load.py --model DIR --peer VENV [--clients 1 8 32] [--requests 3] [--tokens 48] [--weft ../weft] [--servers weft fp32]

Clients of Weft read streams; the tutorial's server sends an answer whole, so its first token comes with its last. Prompts differ, so that no prefix but the template's is shared. Weft's prompts are the model's chat template's, as the peer's are.
"""
import argparse, http.client, json, os, signal, socket, statistics, subprocess, threading, time

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--peer", required=True)
p.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32])
p.add_argument("--requests", type=int, default=3)
p.add_argument("--tokens", type=int, default=48)
p.add_argument("--servers", nargs="*", default=["weft", "float32", "bfloat16"])
p.add_argument("--weft", default=os.path.dirname(os.path.abspath(__file__)) + "/../weft")
a = p.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
TOPICS = ["bread", "bridges", "rivers", "clocks", "glass", "paper", "sails", "salt", "maps", "wool", "bells", "kites", "lamps", "boats", "seeds", "stone"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(server, port):
    if server == "weft":
        command = [a.weft, "serve", a.model, "--port", str(port), "--together", "32", "--queue", "256"]
    else:
        command = [a.peer + "/bin/python", here + "/peer/server.py", "--model", a.model, "--port", str(port), "--dtype", server]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"}, start_new_session=True)
    until = time.time() + 180
    while time.time() < until:
        if process.poll() is not None:
            raise SystemExit(f"{' '.join(command)} ended:\n{process.stderr.read()[-2000:]}")
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            c.request("GET", "/readyz" if server == "weft" else "/healthz")
            if c.getresponse().status == 200:
                return process
        except OSError:
            pass
        time.sleep(0.3)
    raise SystemExit("the server did not get ready")


def ask(server, port, prompt):
    """(seconds to the first token, seconds to the last, tokens)"""
    begun = time.time()
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
    if server != "weft":
        c.request("POST", "/predict", json.dumps({"prompt": prompt, "max_tokens": a.tokens, "temperature": 0}), {"Content-Type": "application/json"})
        answer = json.loads(c.getresponse().read())
        whole = time.time() - begun
        return whole, whole, answer["tokens_generated"]
    # no end token, as the peer is told to make all its tokens
    c.request("POST", "/v1/chat/completions", json.dumps({"messages": [{"role": "user", "content": prompt}], "max_tokens": a.tokens, "temperature": 0, "stream": True, "stream_options": {"include_usage": True}}),
              {"Content-Type": "application/json"})
    first, tokens = None, 0
    for line in c.getresponse():
        if line.startswith(b"data: {"):
            event = json.loads(line[6:])
            if "error" in event:
                raise SystemExit(line)
            if first is None and any(choice["delta"].get("content") for choice in event["choices"]):
                first = time.time() - begun
            tokens = (event.get("usage") or {}).get("completion_tokens", tokens)
    return first or time.time() - begun, time.time() - begun, tokens


def measured(server, port, clients):
    found, lock = [], threading.Lock()

    def client(number):
        for request in range(a.requests):
            n = number * a.requests + request
            result = ask(server, port, f"Explain in detail, and in many words, how {TOPICS[n % len(TOPICS)]} were made {n} years ago and how they are made today.")
            with lock:
                found.append(result)

    begun = time.time()
    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seconds = time.time() - begun
    first = sorted(f for f, _, _ in found)
    each = [(last - f) / (tokens - 1) for f, last, tokens in found if tokens > 1 and last > f]
    return {"tokens_per_s": sum(t for _, _, t in found) / seconds, "requests_per_s": len(found) / seconds, "first_p50": statistics.median(first), "first_p99": first[min(len(first) - 1, int(0.99 * len(first)))],
            "token_ms": 1000 * statistics.median(each) if each else None}


print("| server | clients | tokens/s | requests/s | first token p50 s | p99 s | ms a token | load |\n|---|---|---|---|---|---|---|---|")
for server in a.servers:
    port = free_port()
    process = start(server, port)
    try:
        ask(server, port, "Warm up.")
        for clients in a.clients:
            r = measured(server, port, clients)
            print(f"| {'weft' if server == 'weft' else 'FastAPI + generate, ' + server} | {clients} | {r['tokens_per_s']:.1f} | {r['requests_per_s']:.2f} | {r['first_p50']:.2f} | {r['first_p99']:.2f} | "
                  f"{'%.0f' % r['token_ms'] if r['token_ms'] else '-'} | {os.getloadavg()[0]:.1f} |", flush=True)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
