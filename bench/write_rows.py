#!/usr/bin/env python3
"""write_rows.py FILE [ROWS [TOKENS]]: alpaca rows as JSONL, each of about so many tokens (1,000,000 of 100 by default), all different, the same each time."""
import json, random, sys

path, rows, tokens = sys.argv[1], int((sys.argv[2:3] or [1_000_000])[0]), int((sys.argv[3:4] or [100])[0])
random.seed(42)
letters = "etaoinshrdlucmfwypvbgkqjxz"
words = ["".join(random.choices(letters, weights=range(26, 0, -1), k=random.randint(2, 8))) for _ in range(20_000)]
question, answer = max(3, tokens * 3 // 10), max(3, tokens * 4 // 10)        # a made-up word is about 1.4 tokens
with open(path, "w", encoding="utf-8") as out:
    for number in range(rows):
        said = random.choices(words, k=question + answer)
        out.write(json.dumps({"instruction": f"{number}: " + " ".join(said[:question]), "input": "", "output": " ".join(said[question:])}) + "\n")
