"""The rows of a peer: the tutorial's prompt, prompt and answer tokenised as one text, split 0.1 with seed 42."""
from datasets import Dataset, load_dataset


def pairs(data, count):
    """{train, test} with prompt and completion, as TRL reads them."""

    def pair(row):
        middle = f"\n\n输入:{row['input'].strip()}" if row["input"].strip() else ""
        return {"prompt": f"{row['instruction'].strip()}{middle}\n\n输出:", "completion": row["output"].strip()}

    rows = load_dataset("json", data_files=data, split="train").select(range(count))
    return rows.map(pair, remove_columns=rows.column_names).train_test_split(test_size=0.1, seed=42)


def encoding(tokenizer, length):
    def encode(row):
        asked = len(tokenizer(row["prompt"])["input_ids"])
        ids = (tokenizer(row["prompt"] + row["completion"])["input_ids"] + [tokenizer.eos_token_id])[:length]
        return {"input_ids": ids, "labels": [-100] * min(asked, len(ids)) + ids[asked:]}

    return encode


def split(tokenizer, data, count, length):
    """{train, test} with input_ids and labels, -100 where nothing is learned."""
    return pairs(data, count).map(encoding(tokenizer, length), remove_columns=["prompt", "completion"])


def all(tokenizer, data, count, length):
    """Every row, training and held out."""
    both = pairs(data, count)
    rows = Dataset.from_list([row for part in both.values() for row in part])
    return rows.map(encoding(tokenizer, length), remove_columns=["prompt", "completion"])


def joined(rows, length):
    """The rows end to end, cut into documents of exactly this length."""
    ids, labels = [t for row in rows for t in row["input_ids"]], [t for row in rows for t in row["labels"]]
    return Dataset.from_list([{"input_ids": ids[i:i + length], "labels": labels[i:i + length]} for i in range(0, len(ids) - length + 1, length)])
