#!/usr/bin/env python3
"""server_stress.py PORT PID [--key KEY] [--scale 1.0] [--only STEP ...]: hard times for a `weft serve` of this machine.

Each step does to the server what a crowd, a slow network or an attacker does, asks meanwhile and afterwards for /healthz and for a short
answer, and prints how long these took and what memory the process held before and after. Exit code 1 where a bar is missed: the next request
in under 1 s, memory within 10 % of before. Loopback alone, bounded in connections and in time; nothing but Python's standard library.

    ./weft serve MODEL --port 8000 &
    python3 bench/server_stress.py 8000 $!
"""
import argparse, json, os, re, socket, sys, threading, time

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("pid", type=int)
parser.add_argument("--key", default="")
parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of connections")
parser.add_argument("--only", nargs="*", default=[])
args = parser.parse_args()
AUTH = f"Authorization: Bearer {args.key}\r\n" if args.key else ""
missed = []


def rss():
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{args.pid}/status").read()).group(1)) / 1024


def cpu():
    """Seconds of processor time that the server has used: the figure that other programs of the machine do not change."""
    fields = open(f"/proc/{args.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connect():
    s = socket.create_connection(("127.0.0.1", args.port), timeout=30)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def post(path, body, length=None):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{AUTH}Content-Type: application/json\r\n"
            f"Content-Length: {len(body) if length is None else length}\r\n\r\n").encode() + body


def answer(s, patience=120):
    """Status and body of one answer with a Content-Length."""
    s.settimeout(patience)
    got = b""
    while b"\r\n\r\n" not in got:
        more = s.recv(65536)
        if not more:
            return 0, b""
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length.group(1)):
        more = s.recv(65536)
        if not more:
            break
        body += more
    return int(head.split()[1]), body


def timed(request, wanted):
    start = time.monotonic()
    s = connect()
    try:
        s.sendall(request)
        status, body = answer(s)
    except OSError as e:
        status, body = 0, str(e).encode()
    s.close()
    took = time.monotonic() - start
    if status not in wanted:
        missed.append(f"status {status} where {wanted} was due: {body[:200]}")
    return took


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HI = {"prompt": "hi", "max_tokens": 2, "temperature": 0}


def health():
    return timed(HEALTH, [200])


def hi(wanted=(200,)):
    return timed(post("/predict", HI), wanted)


def step(name, what):
    if args.only and name not in args.only:
        return
    before, used = rss(), cpu()
    figures = what()
    after, used = rss(), cpu() - used
    for _ in range(20):     # what idle threads and the collector give back
        if after <= before * 1.1:
            break
        time.sleep(1)
        after = rss()
    print(f"{name:16} {figures}; {used:.1f} s of CPU; RSS {before:.0f} -> {after:.0f} MB ({after / before:.2f})", flush=True)
    if after > before * 1.1:
        missed.append(f"{name}: memory {before:.0f} -> {after:.0f} MB")


def bar(name, seconds, most=1.0):
    if seconds > most:
        missed.append(f"{name} took {seconds:.2f} s")
    return f"{name} {seconds * 1000:.0f} ms"


def crowd(count, sent):
    sockets = []
    for _ in range(int(count * args.scale)):
        s = connect()
        if sent:
            s.sendall(sent)
        sockets.append(s)
    return sockets


def leave(sockets):
    for s in sockets:
        s.close()


def worst(what, count=5):
    return max(what() for _ in range(count))


def slow_bodies():
    crowded = crowd(300, post("/predict", b"{", length=100_000))
    told = [bar("health", worst(health)), bar("hi", worst(hi, 3))]
    leave(crowded)
    return f"{len(crowded)} bodies of one byte: {', '.join(told)}, afterwards {bar('hi', hi())}"


def slow_heads():
    crowded = crowd(1000, b"POST /predict HTTP/1.1\r\nHost: loc")
    told = [bar("health", worst(health)), bar("hi", worst(hi, 3))]
    leave(crowded)
    return f"{len(crowded)} heads that do not end: {', '.join(told)}, afterwards {bar('hi', hi())}"


def idle():
    crowded = crowd(10_000, b"")
    told = [bar("health", worst(health)), bar("hi", worst(hi, 3))]
    leave(crowded)
    return f"{len(crowded)} idle connections: {', '.join(told)}, afterwards {bar('hi', hi())}"


def vanishing():
    for i in range(int(1000 * args.scale)):
        s = connect()
        s.sendall(post("/v1/chat/completions", {"messages": [{"role": "user", "content": f"story {i}"}], "max_tokens": 500,
                                                "stream": i % 2 == 0}))
        s.close()
    told = [bar("health", health())]
    time.sleep(0.2)         # for the server to look whether they still wait
    return f"{int(1000 * args.scale)} clients that vanish: {', '.join(told)}, {bar('next', hi())}"


def slow_readers():
    crowded = []
    for i in range(int(200 * args.scale)):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.connect(("127.0.0.1", args.port))
        s.sendall(post("/v1/chat/completions", {"messages": [{"role": "user", "content": "go on"}], "max_tokens": 64, "stream": True})
                  + b"GET /page.js HTTP/1.1\r\nHost: localhost\r\n" + AUTH.encode() + b"\r\n")
        crowded.append(s)
    told = [bar("health", worst(health))]
    leave(crowded)
    time.sleep(0.2)
    return f"{len(crowded)} that ask and do not read: {', '.join(told)}, afterwards {bar('next', hi())}"


TEXT = "the quick brown fox jumps over the lazy dog. " * 23_000
BIG = post("/v1/chat/completions", {"messages": [{"role": "user", "content": TEXT[:1_040_000]}], "max_tokens": 4})


def big_prompts():
    request = BIG
    alone = max(timed(request, [400]) for _ in range(20))
    took, threads = [], [threading.Thread(target=lambda: took.append(timed(request, [400, 429, 503]))) for _ in range(60)]
    for t in threads:
        t.start()
    meanwhile = [bar("health", worst(health)), bar("hi", worst(lambda: hi((200, 429, 503)), 3))]
    for t in threads:
        t.join()
    return f"20 of 1 MB, each refused in {alone * 1000:.0f} ms at most; 60 at once in {max(took):.1f} s: {', '.join(meanwhile)}"


cold = rss()
for _ in range(10):
    hi()
    timed(BIG, [400])       # a server that has run for a while has touched the heap that the JVM reserved at its start
print(f"warm: RSS {cold:.0f} -> {rss():.0f} MB; health {health() * 1000:.0f} ms, hi {hi() * 1000:.0f} ms", flush=True)
step("slow-bodies", slow_bodies)
step("slow-heads", slow_heads)
step("idle", idle)
step("vanishing", vanishing)
step("slow-readers", slow_readers)
step("big-prompts", big_prompts)
for line in missed:
    print("missed:", line)
sys.exit(1 if missed else 0)
