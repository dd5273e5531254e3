"""The rows of a peer: the tutorial's prompt, prompt and answer tokenised as one text, split 0.1 with seed 42."""
from datasets import load_dataset


def split(tokenizer, data, count, length):
    """{train, test} with input_ids and labels, -100 where nothing is learned."""

    def encode(row):
        middle = f"\n\n输入:{row['input'].strip()}" if row["input"].strip() else ""
        prompt = f"{row['instruction'].strip()}{middle}\n\n输出:"
        asked = len(tokenizer(prompt)["input_ids"])
        ids = (tokenizer(prompt + row["output"].strip())["input_ids"] + [tokenizer.eos_token_id])[: length]
        return {"input_ids": ids, "labels": [-100] * min(asked, len(ids)) + ids[asked:]}

    rows = load_dataset("json", data_files=data, split="train").select(range(count))
    return rows.map(encode, remove_columns=rows.column_names).train_test_split(test_size=0.1, seed=42)
