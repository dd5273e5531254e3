"""What the benchmarks share: running a command and sampling its memory, alike for Weft and its peers."""
import os, re, subprocess, sys, threading, time


def watched(command, environment, accepted=(0,)):
    """Runs a command; returns its output, its largest anonymous memory (RssAnon + RssShmem) in GB, and the moment it began. Ends where the exit status is none of the accepted ones."""
    begun = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "WEFT_WATCH": "off", **environment})
    peak = [0]

    def sample():
        while process.poll() is None:
            try:
                status = open(f"/proc/{process.pid}/status").read()
                peak[0] = max(peak[0], sum(int(n) for n in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status)))
            except OSError:
                pass
            time.sleep(0.1)

    thread = threading.Thread(target=sample)
    thread.start()
    output = process.communicate()[0]
    thread.join()
    if process.returncode not in accepted:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{output[-3000:]}")
    return output, peak[0] / 1e6, begun
