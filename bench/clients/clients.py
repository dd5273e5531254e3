"""Real clients against a server of Weft on loopback: what each tried, and whether it held.

  python3 bench/clients/clients.py RUN_OR_MODEL [--only openai,langchain,...] [--work DIR] [--url URL]

Starts `weft serve` (WEFT names another command than ./weft), installs the clients in pinned versions below DIR (a venv,
node_modules and Maven's repository; nothing in this folder), and prints a table. --url asks a server that runs already.
A Hugging Face folder in ChatML whose chat template shows no tools is served with tools.jinja beside its weights, so that
calls of tools can be tried. What a small model says means nothing: the checks are about shapes.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PYTHON = ["openai==3.57.0", "langchain-openai==1.7.4", "litellm==1.110.2"]
LM_EVAL = ["lm-eval[api]==0.4.13", "transformers<5", "datasets<4"]
NODE = ["openai@6.49.0"]
CLIENTS = ["curl", "openai", "langchain", "litellm", "snippets", "node", "langchain4j", "spring-ai", "lm-eval"]


def run(command, **more):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def with_tools(model, work):
    """The folder itself, or one of links to its files with a template that shows tools."""
    folder = pathlib.Path(model)
    templates = [folder / "chat_template.jinja", folder / "tokenizer_config.json"]
    if not (folder / "config.json").exists() or any("tools" in f.read_text() for f in templates if f.exists()):
        return model
    if "<|im_start|>" not in (folder / "tokenizer.json").read_text():
        return model
    shown = work / "model-with-tools"
    shutil.rmtree(shown, ignore_errors=True)
    shown.mkdir(parents=True)
    for file in folder.iterdir():
        if file.name != "chat_template.jinja":
            (shown / file.name).symlink_to(file.resolve())
    shutil.copy(HERE / "tools.jinja", shown / "chat_template.jinja")
    print(f"{model} shows no tools: served with tools.jinja, from {shown}")
    return str(shown)


def serve(model, work):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = open(work / "server.log", "w")
    command = shlex.split(os.environ.get("WEFT", str(ROOT / "weft")))
    process = subprocess.Popen([*command, "serve", model, "--port", str(port), "--name", "weft", "--log", "-"],
                               stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"the server ended: see {work / 'server.log'}")
        try:
            if urllib.request.urlopen(url + "/readyz", timeout=2).status == 200:
                return process, url
        except OSError:
            time.sleep(1)
    sys.exit("the server is not ready after ten minutes")


def venv(work, name, packages):
    python = work / name / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(work / name)])
    marker = work / name / "installed"
    if not marker.exists() or marker.read_text() != "\n".join(packages):
        done = run([str(python), "-m", "pip", "install", "-q", *packages])
        if done.returncode:
            raise RuntimeError("pip: " + done.stdout.strip().splitlines()[-1])
        marker.write_text("\n".join(packages))
    return str(python)


def checks(command, env, **more):
    """The checks that a client's program prints, one JSON object a line."""
    done = run(command, env=env, timeout=1200, **more)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"check"')]
    if done.returncode or not found:
        tail = [line for line in done.stdout.strip().splitlines() if line.strip()][-3:]
        found.append({"check": "runs to its end", "ok": False, "note": " | ".join(tail)[:300]})
    return found


def curl(url):
    body = json.dumps({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8, "stream": True, "topp": 1})
    done = run(["curl", "-sNi", url + "/v1/chat/completions", "-H", "Content-Type: application/json", "-d", body])
    head, _, stream = done.stdout.partition("\n\n")          # with text=True line ends are \n
    events = [line[6:] for line in stream.splitlines() if line.startswith("data: ")]
    last = json.loads(events[-2])["choices"][0]["finish_reason"] if len(events) > 1 else None
    return [{"check": "a stream ends with [DONE]", "ok": bool(events) and events[-1] == "[DONE]"},
            {"check": "an ignored field is named", "ok": "x-weft-ignored: topp" in head.lower()},
            {"check": "finish_reason", "ok": last in ("stop", "length"), "note": str(last)}]


def snippets(url, work, env):
    """Those of docs/serve.md that need packages."""
    found = []
    text = (ROOT / "docs" / "serve.md").read_text().replace("http://127.0.0.1:8000", url)
    for i, code in enumerate(re.findall(r"```python\n(.*?)```", text, re.S)):
        done = run([venv(work, "python", PYTHON), "-c", code], env=env)
        found.append({"check": f"Python snippet {i + 1}", "ok": done.returncode == 0 and bool(done.stdout.strip()),
                      "note": done.stdout.strip()[-60:]})
    for code in re.findall(r"```javascript\n(.*?)```", text, re.S):
        script = node(work) / "snippet.mjs"
        script.write_text(code)
        done = run(["node", str(script)], env=env)
        found.append({"check": "JavaScript snippet", "ok": done.returncode == 0, "note": done.stdout.strip()[-60:]})
    return found


def node(work):
    folder = work / "node"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        done = run(["npm", "install", "--silent", *NODE], cwd=folder)
        if done.returncode:
            raise RuntimeError("npm: " + done.stdout.strip()[-200:])
    return folder


def maven(name, work, env):
    """Copied first, so that nothing is built in this folder."""
    folder = work / name
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
    done = run(["mvn", "-q", "-B", "-ntp", "compile", "exec:java"], cwd=folder, env=env, timeout=1200)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"check"')]
    if done.returncode or not found:
        tail = [line for line in done.stdout.splitlines() if "ERROR" in line or "Exception" in line][:2]
        found.append({"check": "runs to its end", "ok": False, "note": " | ".join(tail)[:300]})
    return found


def lm_eval(url, work, env):
    python = os.environ.get("LM_EVAL_PYTHON") or venv(work, "lm-eval", LM_EVAL)
    tasks = work / "lm_eval"
    shutil.copytree(HERE / "lm_eval", tasks, dirs_exist_ok=True)
    task = tasks / "tiny.yaml"
    task.write_text(task.read_text().replace("ROWS", str(tasks / "rows.jsonl")))
    done = run([python, "-m", "lm_eval", "--model", "local-completions", "--model_args",
                f"base_url={url}/v1/completions,model=weft,num_concurrent=2,max_retries=1,tokenizer_backend=None,"
                "tokenized_requests=False", "--tasks", "weft_tiny", "--include_path", str(tasks)],
               env=dict(env, OPENAI_API_KEY="none", HF_HOME=str(work / "hf"), HF_DATASETS_OFFLINE="1"), timeout=1200)
    row = [line for line in done.stdout.splitlines() if "exact_match" in line and "weft_tiny" in line]
    note = row[0].strip() if row else done.stdout.strip()[-200:]
    return [{"check": "local-completions, a task that generates", "ok": bool(row), "note": note},
            prompt_logprobs(url)]


def prompt_logprobs(url):
    """What its tasks that compare likelihoods ask for: told here, refused by name, or wrong."""
    body = json.dumps({"prompt": "a", "echo": True, "logprobs": 1, "max_tokens": 1}).encode()
    request = urllib.request.Request(url + "/v1/completions", body, {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request)
        return {"check": "log-probabilities of a prompt", "ok": True}
    except urllib.error.HTTPError as e:
        return {"check": "log-probabilities of a prompt are refused by name",
                "ok": e.code == 400 and json.load(e)["error"]["param"] == "logprobs",
                "note": "tasks that compare likelihoods do not run"}


def tried(client, url, work):
    env = dict(os.environ, WEFT_URL=url, NO_PROXY="127.0.0.1,localhost", no_proxy="127.0.0.1,localhost")
    try:
        if client == "curl":
            return curl(url)
        if client == "snippets":
            return snippets(url, work, env)
        if client == "node":
            script = node(work) / "client.mjs"
            shutil.copy(HERE / "client.mjs", script)
            return checks(["node", str(script)], env)
        if client in ("langchain4j", "spring-ai"):
            return maven(client, work, env)
        if client == "lm-eval":
            return lm_eval(url, work, env)
        return checks([venv(work, "python", PYTHON), str(HERE / f"{client}_client.py")], env)
    except (RuntimeError, OSError, subprocess.TimeoutExpired, ValueError) as e:
        return [{"check": "can be tried", "ok": None, "note": str(e)[:300]}]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?")
    parser.add_argument("--url")
    parser.add_argument("--only", default=",".join(CLIENTS))
    parser.add_argument("--work", default=str(pathlib.Path.home() / ".cache" / "weft" / "clients"))
    given = parser.parse_args()
    work = pathlib.Path(given.work)
    work.mkdir(parents=True, exist_ok=True)
    if not given.model and not given.url:
        parser.error("name a run or a model, or a server with --url")
    process, url = (None, given.url) if given.url else serve(with_tools(given.model, work), work)
    rows = []
    try:
        for client in given.only.split(","):
            for each in tried(client, url, work):
                word = {True: "ok", False: "FAIL", None: "not tried"}[each["ok"]]
                rows.append(word)
                print(f"{client:12} {word:10} {each['check']}" + (f"   [{each['note']}]" if each.get("note") else ""),
                      flush=True)
    finally:
        if process:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    print(f"{rows.count('ok')} held, {rows.count('FAIL')} failed, {rows.count('not tried')} could not be tried")
    sys.exit(1 if "FAIL" in rows else 0)


if __name__ == "__main__":
    main()
