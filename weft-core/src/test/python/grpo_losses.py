"""Writes grpo_losses.json: one batch of answers with made-up log-probabilities, and what TRL's own GRPOTrainer makes of
it: advantages, loss and gradient of each way to normalise, with and without a reference.

    python grpo_losses.py ../resources/io/weft/objective/grpo/grpo_losses.json      (trl 1.x, torch)
"""
import json
import sys
from collections import defaultdict
from types import SimpleNamespace

import torch
import trl
from trl import GRPOTrainer

torch.manual_seed(20)
PROMPTS, ANSWERS, LONGEST = 3, 4, 7
lengths = torch.tensor([7, 3, 1, 5, 2, 2, 6, 4, 7, 1, 3, 3])
rewards = torch.tensor([[1.0, 0.0, 0.25, 0.5], [0.0, 0.0, 0.0, 0.0], [2.0, -1.0, 0.5, 0.5]])
mask = (torch.arange(LONGEST)[None, :] < lengths[:, None]).long()
now = -4 * torch.rand(PROMPTS * ANSWERS, LONGEST, dtype=torch.float64).float()
earlier = now + 0.35 * torch.randn(now.shape)
reference = now + 0.8 * torch.randn(now.shape)


class Same:
    """One process: what is gathered or reduced is what was there."""
    num_processes, sync_gradients, device = 1, True, torch.device("cpu")

    def gather(self, x): return x

    gather_for_metrics = gather

    def reduce(self, x, reduction): return x


def advantages(by):
    """As _generate_and_score_completions has it for scale_rewards "group" and "none"."""
    centred = rewards - rewards.mean(dim=1, keepdim=True)
    return (centred / (rewards.std(dim=1, keepdim=True) + 1e-4) if by == "group" else centred).flatten()


def case(name, loss_type, by, beta, low, high, given):
    leaf = now.clone().requires_grad_(True)
    trainer = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *a, **k: (leaf, torch.zeros_like(leaf), None),
        aux_loss_enabled=False, top_entropy_quantile=1.0, off_policy_mask_threshold=None,
        importance_sampling_level="token", beta=beta, loss_type=loss_type, epsilon_low=low, epsilon_high=high,
        use_vllm=False, max_completion_length=16, current_gradient_accumulation_steps=1,
        _entropy_bonus_enabled=False, accelerator=Same(), _metrics={"train": defaultdict(list)},
        model=SimpleNamespace(training=True),
        args=SimpleNamespace(use_bias_correction_kl=False, delta=None, steps_per_generation=1))
    inputs = dict(prompt_ids=torch.zeros(12, 1).long(), prompt_mask=torch.ones(12, 1).long(),
                  completion_ids=torch.zeros(12, LONGEST).long(), completion_mask=mask, advantages=advantages(by),
                  ref_per_token_logps=reference, num_items_in_batch=mask.sum())
    if given:
        inputs["old_per_token_logps"] = earlier
    loss = GRPOTrainer._compute_loss(trainer, None, inputs)
    loss.backward()
    told = {k: v[0] for k, v in trainer._metrics["train"].items() if k in ("kl", "clip_ratio/region_mean")}
    return dict(name=name, normalise=name.split()[0], beta=beta, clipLow=low, clipHigh=high, earlier=given,
                maxNewTokens=16, advantages=advantages(by).tolist(), loss=loss.item(), metrics=told,
                gradient=leaf.grad[mask.bool()].tolist())


cases = []
for given in (False, True):
    at = "later" if given else "first"
    cases.append(case(f"grpo {at}", "grpo", "group", 0.04, 0.2, 0.2, given))
    cases.append(case(f"dr_grpo {at}", "dr_grpo", "none", 0.0, 0.2, 0.2, given))
    cases.append(case(f"dapo {at}", "dapo", "group", 0.0, 0.2, 0.28, given))
    cases.append(case(f"dapo {at} with a reference", "dapo", "group", 0.1, 0.2, 0.28, given))
json.dump(dict(trl=trl.__version__, rewards=rewards.tolist(), lengths=lengths.tolist(),
               now=now[mask.bool()].tolist(), before=earlier[mask.bool()].tolist(),
               reference=reference[mask.bool()].tolist(), cases=cases), open(sys.argv[1], "w"), indent=1)
