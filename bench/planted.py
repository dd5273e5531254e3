#!/usr/bin/env python3
"""planted.py ALPACA.json MODEL OUT [--steps N] [--rows N] [--only FAULT,...] [--weft CMD] [key=value ...]
Does a remedy help? Plants one kind of fault into the training rows of an alpaca file, trains with and without the remedy
that weft prepare names, on the same clean held-out rows, and prints the held-out losses. A remedy that does not help on its
planted fault is not to be recommended: take its line out of the rule's mendedBy(...) in weft-text, io.weft.data.check.rule."""
import argparse, json, pathlib, random, shlex, subprocess

def rows_of(path, most):
    rows = [{key: str(row.get(key) or "") for key in ("instruction", "input", "output")}
            for row in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))]
    seen, clean = set(), []                                   # what is there twice would stand on both sides
    for row in rows:
        asked = (row["instruction"], row["input"])
        if row["output"].strip() and asked not in seen:
            seen.add(asked)
            clean.append(row)
    random.Random(42).shuffle(clean)
    return clean[:most]

def duplicates(rows, draw):
    """A tenth of the rows stands there ten times."""
    return rows + draw.sample(rows, len(rows) // 10) * 9

def near(rows, draw):
    """The same, each copy with a word more."""
    return rows + [dict(row, output=row["output"] + f" ({i})") for i in range(9) for row in draw.sample(rows, len(rows) // 10)]

def characters(rows, draw):
    """Half of the answers were decoded wrongly, hold remnants of a page, or control characters."""
    def spoilt(text, kind):
        if kind == 0:
            return text.encode("utf-8").decode("latin-1") if any(ord(c) > 127 for c in text) else text.replace("'", "â€™")
        return "<p>" + text.replace(" ", "&nbsp;", 8) + "</p><br>" if kind == 1 else "\u0007".join(text.split(" "))
    return [dict(row, output=spoilt(row["output"], i % 6)) if i % 6 < 3 else row for i, row in enumerate(rows)]

def contradictions(rows, draw):
    """A third of the questions is asked again with another row's answer."""
    return rows + [dict(row, output=draw.choice(rows)["output"]) for row in draw.sample(rows, len(rows) // 3)]

def trivial(rows, draw):
    """A third of the answers says nothing."""
    return [dict(row, output=draw.choice(["N/A", "...", "none", "无"])) if i % 3 == 0 else row for i, row in enumerate(rows)]

def overlong(rows, draw):
    """A tenth of the answers goes on with those of other rows, far beyond the longest example."""
    return [dict(row, output="\n".join([row["output"]] + [each["output"] for each in draw.sample(rows, min(20, len(rows)))]))
            if i % 10 == 0 else row for i, row in enumerate(rows)]

def labelled(rows):
    """Is the answer long or short? A label that a model can learn, even in number."""
    ask = lambda row: {"instruction": "Short or long?", "input": row["output"][:400], "output": "short" if len(row["output"]) < 200 else "long"}
    all_ = [ask(row) for row in rows]
    sides = [[row for row in all_ if row["output"] == label] for label in ("short", "long")]
    least = min(map(len, sides))
    return [row for pair in zip(*(side[:least] for side in sides)) for row in pair]

def imbalance(rows, draw):
    """Of one label one row in twenty stays."""
    return [row for i, row in enumerate(rows) if row["output"] != "short" or draw.random() < 0.05]

# fault -> what plants it, and the settings that weft prepare names for it; an empty remedy: none is offered
FAULTS = {
    "duplicates": (duplicates, ["data.mend.dedupe=exact"]),
    "near": (near, ["data.mend.dedupe=near"]),
    "characters": (characters, ["data.mend.clean.control=true", "data.mend.clean.html=true", "data.mend.clean.mojibake=true"]),
    "contradictions": (contradictions, []),
    "trivial": (trivial, []),
    "overlong": (overlong, ["data.overLength=drop"]),
    "imbalance": (imbalance, ["data.mend.balance.how=oversample"]),
}

def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path

def train(options, train_rows, held_out, out, settings):
    command = shlex.split(options.weft) + ["train", "--model", options.model, "--data", str(train_rows), "--out", str(out), "--json",
        f"data.heldOut={held_out}", f"train.steps={options.steps}", "train.warmupSteps=0"] + options.settings + settings
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return None, (done.stderr.strip().splitlines() or ["no result"])[-1]
    return json.loads(lines[-1]).get("bestLoss"), ""

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("alpaca"); parser.add_argument("model"); parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("settings", nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=60); parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--only", default=",".join(FAULTS)); parser.add_argument("--weft", default="./weft")
    options = parser.parse_intermixed_args()
    rows = rows_of(options.alpaca, options.rows)
    print(f"{'fault':<16}{'clean rows':>12}{'with fault':>12}{'mended':>12}   remedy")
    for fault in options.only.split(","):
        plant, remedy = FAULTS[fault]
        own = labelled(rows) if fault == "imbalance" else rows
        part = max(1, len(own) // 10)
        folder = options.out / fault
        held = write(folder / "heldout.jsonl", own[:part])
        clean = write(folder / "clean.jsonl", own[part:])
        spoilt = write(folder / "planted.jsonl", plant(own[part:], random.Random(7)))
        results = [train(options, clean, held, folder / "run-clean", []), train(options, spoilt, held, folder / "run-planted", [])]
        if remedy:
            results.append(train(options, spoilt, held, folder / "run-mended", remedy))
        cells = [f"{loss:.4f}" if loss is not None else "failed" for loss, _ in results] + ["-"] * (3 - len(results))
        verdict = " ".join(remedy) or "none is offered"
        if remedy and results[1][0] is not None and results[2][0] is not None:
            gain = (results[1][0] - results[2][0]) / results[1][0]     # below a five hundredth it is the order of the rows
            verdict += "  helps" if gain > 0.002 else "  DOES NOT HELP: do not recommend it" if gain < -0.002 else "  no difference in so few steps"
        print(f"{fault:<16}{cells[0]:>12}{cells[1]:>12}{cells[2]:>12}   {verdict}", flush=True)
        for _, problem in results:
            if problem:
                print("  " + problem)

main()
