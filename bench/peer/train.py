"""The peer: transformers' Trainer with PEFT's LoRA on the tutorial's prompt, what LLaMA-Factory drives. Prints one line, PEER {json}.

    train.py --model DIR --data FILE.json --rows N --steps S [--length 512] [--batch 4] [--accumulate 4] [--dropout 0.1]
"""
import argparse, json, time

launched = time.time()
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForSeq2Seq, Trainer, TrainerCallback, TrainingArguments

import rows

p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--data", required=True)
p.add_argument("--rows", type=int, required=True)
p.add_argument("--steps", type=int, default=-1)
p.add_argument("--length", type=int, default=512)
p.add_argument("--batch", type=int, default=4)
p.add_argument("--accumulate", type=int, default=4)
p.add_argument("--dropout", type=float, default=0.1)
p.add_argument("--out", default="/tmp/weft-peer")
a = p.parse_args()
torch.manual_seed(42)

tokenizer = AutoTokenizer.from_pretrained(a.model)
split = rows.split(tokenizer, a.data, a.rows, a.length)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
model.config.use_cache = False
model = get_peft_model(model, LoraConfig(r=8, lora_alpha=32, lora_dropout=a.dropout, target_modules="all-linear", task_type="CAUSAL_LM"))
stamps = []


class Stamp(TrainerCallback):
    def on_train_begin(self, *_, **__):
        stamps.append(time.time())

    def on_step_end(self, *_, **__):
        stamps.append(time.time())


trainer = Trainer(model=model, train_dataset=split["train"], data_collator=DataCollatorForSeq2Seq(tokenizer, padding=True), callbacks=[Stamp()],
    args=TrainingArguments(output_dir=a.out, num_train_epochs=1, max_steps=a.steps, per_device_train_batch_size=a.batch, gradient_accumulation_steps=a.accumulate, learning_rate=2e-4,
        warmup_steps=10, weight_decay=0.01, lr_scheduler_type="linear", logging_steps=1, save_strategy="no", report_to=[], seed=42, use_cpu=True, disable_tqdm=True,
        include_num_input_tokens_seen="non_padding"))


@torch.no_grad()
def held_out():
    """Mean over every trained token of the held-out rows, one row at a time."""
    model.eval()
    total, count = 0.0, 0
    for row in split["test"]:
        labels = torch.tensor(row["labels"])[1:]
        logits = model(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1].float()
        keep = labels != -100
        total += torch.nn.functional.cross_entropy(logits[keep], labels[keep], reduction="sum").item()
        count += int(keep.sum())
    model.train()
    return total / count


trainer.train()
seconds = stamps[-1] - stamps[0]
print("PEER " + json.dumps({"tokens_per_s": trainer.state.num_input_tokens_seen / seconds, "first_step_s": stamps[1] - launched, "held_out": held_out(),
    "losses": [round(h["loss"], 4) for h in trainer.state.log_history if "loss" in h], "threads": torch.get_num_threads()}))
