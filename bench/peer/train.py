"""The peer: transformers' Trainer with PEFT's LoRA on the tutorial's prompt, what LLaMA-Factory drives; or (--trl) TRL's SFTTrainer, which adds entropy and accuracy. Prints one line, PEER {json}.

    train.py --model DIR --data FILE.json --rows N [--steps S] [--length 512] [--batch 4] [--accumulate 4] [--dropout 0.1] [--full] [--bf16] [--trl [--pack]] [--joined] [--evaluate] [--no-held-out]

--joined lays the rows end to end and cuts them into documents of exactly --length tokens. --evaluate times Trainer.evaluate over all rows and trains nothing. tokens_per_s counts tokens without padding, of the steps after the first.
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
p.add_argument("--full", action="store_true")
p.add_argument("--bf16", action="store_true", help="autocast, as the Trainer's bf16")
p.add_argument("--trl", action="store_true")
p.add_argument("--pack", action="store_true")
p.add_argument("--joined", action="store_true")
p.add_argument("--evaluate", action="store_true")
p.add_argument("--no-held-out", action="store_true")
p.add_argument("--out", default="/tmp/weft-peer")
a = p.parse_args()
torch.manual_seed(42)

tokenizer = AutoTokenizer.from_pretrained(a.model)
tokenizer.padding_side = "right"
split = rows.split(tokenizer, a.data, a.rows, a.length)
if a.joined:
    split["train"] = rows.joined(split["train"], a.length)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
model.config.use_cache = False
lora = None if a.full else LoraConfig(r=8, lora_alpha=32, lora_dropout=a.dropout, target_modules="all-linear", task_type="CAUSAL_LM")
stamps, seen = [], []


class Stamp(TrainerCallback):
    def on_train_begin(self, *_, **__):
        stamps.append(time.time())

    def on_step_end(self, _, state, *__, **___):
        stamps.append(time.time())
        seen.append(int(state.num_input_tokens_seen))


common = dict(output_dir=a.out, num_train_epochs=1, max_steps=a.steps, per_device_train_batch_size=a.batch, per_device_eval_batch_size=a.batch, gradient_accumulation_steps=a.accumulate, learning_rate=2e-4,
    warmup_steps=10, weight_decay=0.01, lr_scheduler_type="linear", logging_steps=1, save_strategy="no", report_to=[], seed=42, use_cpu=True, disable_tqdm=True, bf16=a.bf16,
    include_num_input_tokens_seen="non_padding")
if a.trl:
    from trl import SFTConfig, SFTTrainer
    trainer = SFTTrainer(model=model, processing_class=tokenizer, train_dataset=rows.pairs(a.data, a.rows)["train"], peft_config=lora, callbacks=[Stamp()],
        args=SFTConfig(**common, max_length=a.length, packing=a.pack, completion_only_loss=True, eos_token=tokenizer.eos_token))
else:
    trainer = Trainer(model=model if a.full else get_peft_model(model, lora), train_dataset=split["train"], eval_dataset=split["test"], data_collator=DataCollatorForSeq2Seq(tokenizer, padding=True),
        callbacks=[Stamp()], args=TrainingArguments(**common))


@torch.no_grad()
def held_out():
    """Mean over every trained token of the held-out rows, one row at a time."""
    trainer.model.eval()
    total, count = 0.0, 0
    for row in split["test"]:
        labels = torch.tensor(row["labels"])[1:]
        logits = trainer.model(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1].float()
        keep = labels != -100
        total += torch.nn.functional.cross_entropy(logits[keep], labels[keep], reduction="sum").item()
        count += int(keep.sum())
    return total / count


if a.evaluate:
    everything = rows.all(tokenizer, a.data, a.rows, a.length)
    begun = time.time()
    loss = trainer.evaluate(everything)["eval_loss"]
    seconds = time.time() - begun
    print("PEER " + json.dumps({"tokens_per_s": sum(len(r["input_ids"]) for r in everything) / seconds, "seconds": seconds, "loss": loss, "threads": torch.get_num_threads()}))
else:
    trainer.train()
    first = 1 if len(stamps) > 2 else 0
    if a.trl:   # TRL counts its own tokens, none of them padding
        seen = [int(h["num_tokens"]) for h in trainer.state.log_history if "num_tokens" in h]
    print("PEER " + json.dumps({"tokens_per_s": (seen[-1] - ([0] + seen)[first]) / (stamps[-1] - stamps[first]), "first_step_s": stamps[1] - launched, "held_out": None if a.no_held_out else held_out(),
        "losses": [round(h["loss"], 4) for h in trainer.state.log_history if "loss" in h], "threads": torch.get_num_threads()}))
