"""Writes config-sweep.json, the fixture of ConfigSweepTest: what transformers makes of a tiny model's config.json when
one of its keys is deleted, set to null, flipped, doubled, emptied or added.

    python config_sweep.py TARGET.json      (needs torch and transformers 5)

Weights are a formula of name and index, the same in SweepWeights.java, so that none are stored. Each edit is one of
    same     the logits are those of the unedited file (within 1e-5)
    logits   they are others: rows 5 and last, at some ids
    raises   transformers ends with an error
    weights  transformers warns: it makes weights up, or leaves stored ones unread
"""
import copy, json, os, shutil, sys, tempfile, warnings, zlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np, torch, transformers
from safetensors.numpy import load_file, save_file

warnings.simplefilter("ignore")
transformers.logging.set_verbosity(50)
transformers.logging.disable_progress_bar()
torch.set_num_threads(1)

VOCABULARY, LENGTH, ROWS, SEEN = 40, 24, (5, 23), (0, 9)
IDS = [(i * 37 + 11) % VOCABULARY for i in range(LENGTH)]
ROPE = {"rope_type": "default", "rope_theta": 100.0}
USUAL = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, rms_norm_eps=0.02, bos_token_id=1, eos_token_id=2,
             pad_token_id=0, rope_parameters=ROPE, initializer_range=0.02)
HALF = dict(ROPE, partial_rotary_factor=0.5)
FAMILIES = {
    "llama": dict(USUAL, head_dim=8),
    "qwen2": dict(USUAL, use_sliding_window=True, sliding_window=6, max_window_layers=1),
    "qwen3": dict(USUAL, head_dim=16, use_sliding_window=True, sliding_window=6, max_window_layers=2),
    "mistral": dict(USUAL, head_dim=8, sliding_window=6),
    "glm": dict(USUAL, head_dim=16, rope_parameters=HALF),
    "glm4": dict(USUAL, head_dim=16, rope_parameters=HALF),
    "phi3": dict(USUAL, sliding_window=6, original_max_position_embeddings=16,
                 rope_parameters=dict(ROPE, partial_rotary_factor=1.0)),
    "olmo2": dict(USUAL),
    "granite": dict(USUAL, embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.4,
                    logits_scaling=2.0),
    "smollm3": dict(USUAL, no_rope_layers=[1, 0, 1], no_rope_layer_interval=2, use_sliding_window=True,
                    sliding_window=6, layer_types=["full_attention", "sliding_attention", "full_attention"]),
    "gemma2": dict(USUAL, head_dim=16, sliding_window=6, query_pre_attn_scalar=24, attn_logit_softcapping=2.0,
                   final_logit_softcapping=1.5),
    "gemma3_text": dict(USUAL, head_dim=16, sliding_window=6, query_pre_attn_scalar=24,
                        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                        rope_parameters={"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 1000.0},
                                         "sliding_attention": ROPE}),
    "gpt2": dict(vocab_size=VOCABULARY, n_embd=32, n_layer=3, n_head=4, n_positions=64, n_inner=40, bos_token_id=1,
                 eos_token_id=2, pad_token_id=0, layer_norm_epsilon=0.02),
    "mixtral": dict(USUAL, head_dim=8, sliding_window=6, num_local_experts=4, num_experts_per_tok=2),
    "qwen3_moe": dict(USUAL, head_dim=16, use_sliding_window=True, sliding_window=6, num_experts=4,
                      num_experts_per_tok=2, moe_intermediate_size=24, norm_topk_prob=True, mlp_only_layers=[0]),
}
FULL, SLIDING = "full_attention", "sliding_attention"
SCALINGS = [
    {"rope_type": "linear", "factor": 4.0}, {"type": "linear", "factor": 4.0}, {"rope_type": "linear"},
    {"rope_type": "linear", "factor": None}, {"rope_type": "linear", "factor": "4"}, {"factor": 4.0},
    {"rope_type": "linear", "factor": 4}, {"rope_type": "linear", "factor": 0.5},
    {"type": "linear", "rope_type": "default", "factor": 4.0}, {"rope_type": None, "factor": 4.0},
    {"rope_type": "dynamic", "factor": 4.0}, {"rope_type": "dynamic"},
    {"rope_type": "yarn", "factor": 4.0}, {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
    {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 2, "beta_slow": 0.5},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": None, "beta_slow": None},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 0, "beta_slow": 0},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "attention_factor": 1.5},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "mscale": 0.7},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "mscale": 0.7, "mscale_all_dim": 0.4},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "truncate": False},
    {"rope_type": "yarn", "factor": None, "original_max_position_embeddings": 16},
    {"rope_type": "yarn", "original_max_position_embeddings": 16},
    {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
     "original_max_position_embeddings": 16},
    {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0},
    {"rope_type": "llama3", "factor": 8.0},
    {"rope_type": "longrope", "short_factor": "SHORT", "long_factor": "LONG", "original_max_position_embeddings": 16},
    {"type": "su", "short_factor": "SHORT", "long_factor": "LONG", "original_max_position_embeddings": 16},
    {"rope_type": "longrope", "short_factor": "SHORT", "long_factor": "LONG"},
    {"rope_type": "longrope", "short_factor": "SHORT", "long_factor": "LONG", "factor": 4.0,
     "original_max_position_embeddings": 16, "attention_factor": 1.3},
    {"rope_type": "longrope", "short_factor": [1.0], "long_factor": [2.0], "original_max_position_embeddings": 16},
    {"rope_type": "proportional", "partial_rotary_factor": 0.5}, {"rope_type": "mrope", "mrope_section": [1, 1, 2]},
    {"rope_type": "default", "mrope_section": [1, 1, 2]}, {"rope_type": "default", "factor": 4.0},
    {"rope_type": "nobody's"}, {}, {"partial_rotary_factor": 0.5}, {"rope_type": "linear", "factor": 2.0,
                                                                  "partial_rotary_factor": 0.5},
]
EXTRA = {
    "is_causal": [False], "use_bidirectional_attention": [True], "attention_bias": [True], "mlp_bias": [True],
    "head_dim": [8, 16, 6, 0], "sliding_window": [4, 0, 5.0], "use_sliding_window": [True, False],
    "max_window_layers": [0, 2], "layer_types": [[SLIDING] * 3, [FULL, SLIDING, FULL], [FULL] * 2, ["chunked_attention"] * 3],
    "sliding_window_pattern": [2], "_sliding_window_pattern": [2], "partial_rotary_factor": [0.5, 0.25],
    "rope_theta": [50.0, 50], "rope_local_base_freq": [50.0], "original_max_position_embeddings": [8],
    "attn_logit_softcapping": [1.5], "final_logit_softcapping": [1.0], "query_pre_attn_scalar": [12],
    "embedding_multiplier": [2.0], "logits_scaling": [3.0], "residual_multiplier": [0.3], "attention_multiplier": [0.3],
    "logit_scale": [2.0], "clip_qkv": [0.1], "use_qk_norm": [True, False], "qk_layernorm": [True], "num_experts": [4, 2],
    "num_local_experts": [4, 2], "norm_topk_prob": [False], "layer_norm_eps": [0.2], "layer_norm_epsilon": [0.2],
    "rms_norm_eps": [0.2], "pretraining_tp": [2], "is_decoder": [False, True], "is_encoder_decoder": [True],
    "chunk_size_feed_forward": [2], "attention_chunk_size": [4], "no_rope_layers": [[0, 1, 1], [1, 0]],
    "no_rope_layer_interval": [3], "rope_interleaved": [True], "hidden_act": ["gelu", "relu", "swish", "gelu_pytorch_tanh"],
    "hidden_activation": ["gelu", "silu"], "activation_function": ["relu", "gelu_pytorch_tanh", "gelu", "gelu_fast"],
    "tie_encoder_decoder": [True], "pruned_heads": [{"0": [0]}], "per_layer_config": [{"0": {"sliding_window": 3}}],
    "text_config": [{"hidden_size": 16}], "hidden_size": [16, 32], "n_embd": [16], "num_hidden_layers": [2], "n_layer": [2],
    "num_attention_heads": [2, 8], "n_head": [2], "n_ctx": [8], "n_inner": [None, 128], "intermediate_size": [128],
    "max_position_embeddings": [32, 16], "temperature": [0.5], "repetition_penalty": [1.5], "attn_implementation": ["sdpa"],
    "gradient_checkpointing": [True], "residual_in_fp32": [True], "scale_embedding": [True], "num_labels": [3],
    "attention_out_bias": [True], "output_hidden_states": [True], "output_attentions": [True], "return_dict": [False],
    "qkv_bias": [True], "use_cache": [False], "transformers_weights": ["other.safetensors"], "eos_token_id": [[2, 3]],
    "nobodys_key": [1], "vocab_size": [VOCABULARY + 8, VOCABULARY - 8], "decoder_sparse_step": [2, 0],
    "mlp_only_layers": [[1], [5], None], "output_router_logits": [True], "router_jitter_noise": [0.1],
    "num_experts_per_tok": [1, 3], "reorder_and_upcast_attn": [True], "scale_attn_by_inverse_layer_idx": [True],
    "scale_attn_weights": [False], "add_cross_attention": [True], "tie_word_embeddings": [True, False],
}

# Keys of other families: that nobody reads them here is kept for these.
WATCHED = {"sliding_window", "layer_types", "use_sliding_window", "partial_rotary_factor", "attn_logit_softcapping",
           "num_experts", "num_local_experts", "hidden_size", "n_inner", "is_decoder", "nobodys_key", "head_dim",
           "use_bidirectional_attention", "pruned_heads"}


def uniform(name, count):
    """[count] in [-1/2, 1/2): 32-bit integers, mixed as murmur3 ends."""
    x = (np.uint32(zlib.crc32(name.encode())) + np.arange(count, dtype=np.uint32)).astype(np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    return (x ^ (x >> np.uint32(16))).astype(np.float64) / 2.0 ** 32 - 0.5


def values(name, shape):
    spread = uniform(name, int(np.prod(shape)))
    plain = 0.8 * spread if len(shape) > 1 else 0.6 * spread + (1 if name.endswith(".weight") else 0)
    return plain.astype(np.float32).reshape(shape)


def logits(folder):
    config = transformers.AutoConfig.from_pretrained(folder)
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    made_up = sorted(info["missing_keys"]) + sorted(str(k) for k in info.get("mismatched_keys", []))
    unread = sorted(k for k in info["unexpected_keys"])
    with torch.no_grad():
        found = model.eval()(torch.tensor([IDS]), use_cache=False)
    found = found[0] if isinstance(found, tuple) else found.logits
    return found[0].float().numpy(), made_up, unread


def edits(base, family):
    for key, value in base.items():
        if key in ("model_type", "transformers_version", "architectures"):
            continue
        yield {"delete": [key]}
        if value is not None:
            yield {"set": {key: None}}
        if isinstance(value, bool):
            yield {"set": {key: not value}}
        elif isinstance(value, (int, float)):
            yield {"set": {key: value * 2 if value else 1}}
            yield {"set": {key: str(value)}}
        elif isinstance(value, str):
            yield {"set": {key: ""}}
        elif isinstance(value, (list, dict)):
            yield {"set": {key: type(value)()}}
    for key, added in EXTRA.items():
        for value in added:
            if base.get(key) != value:
                yield {"set": {key: value}}
    if family == "gpt2":
        for key in ("rope_parameters", "rope_scaling"):
            yield {"set": {key: {"rope_type": "linear", "factor": 4.0}}}
        return
    head = base.get("head_dim") or base["hidden_size"] // base["num_attention_heads"]
    half = int(head * (0.5 if family.startswith("glm") else 1)) // 2
    lists = {"SHORT": [1.0 + 0.1 * i for i in range(half)], "LONG": [2.0 + 0.3 * i for i in range(half)]}
    old = {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0}}
    yield old
    for i, scaling in enumerate(SCALINGS):
        scaling = {k: lists.get(v, v) if isinstance(v, str) else v for k, v in scaling.items()}
        whole = family in ("llama", "glm", "phi3", "gemma3_text")   # the others share llama's rotation
        if i % 4 == 0 or whole:
            yield {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0, "rope_scaling": scaling}}
        if i % 4 != 2 and not whole:
            continue
        if family != "gemma3_text":
            yield {"set": {"rope_parameters": dict({"rope_theta": 200.0}, **scaling)}}
        else:
            yield {"set": {"rope_parameters": {FULL: dict({"rope_theta": 200.0}, **scaling), SLIDING: ROPE}}}
            yield {"set": {"rope_parameters": {SLIDING: dict({"rope_theta": 200.0}, **scaling), FULL: ROPE}}}
    linear, theta = {"rope_type": "linear", "factor": 4.0}, {"rope_type": "default", "rope_theta": 300.0}
    yield {"set": {"rope_parameters": linear}}                          # no theta anywhere
    yield {"set": {"rope_parameters": linear, "rope_theta": 300.0}}     # theta outside
    yield {"set": {"rope_parameters": dict(linear, rope_theta=200.0), "rope_theta": 300.0}}   # two that disagree
    yield {"set": {"rope_parameters": dict(linear, rope_theta=None)}}
    yield {"set": {"rope_parameters": dict(linear, rope_theta="200")}}
    yield {"set": {"rope_scaling": linear}}                             # beside rope_parameters
    yield {"set": {"rope_scaling": dict(linear, rope_theta=300.0)}}
    yield {"set": {"rope_scaling": {}}}
    yield {"set": {"rope_scaling": "linear"}}
    yield {"set": {"rope_parameters": "linear"}}
    yield {"delete": ["rope_parameters"], "set": {"rope_theta": None}}
    yield {"delete": ["rope_parameters"], "set": {"rope_scaling": linear}}
    yield {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0, "partial_rotary_factor": 0.5}}
    yield {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0, "rotary_pct": 0.5}}
    yield {"delete": ["rope_parameters"], "set": {"rotary_emb_base": 200.0}}
    yield {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0, "rope_scaling": {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
        "original_max_position_embeddings": 8}}
    both = {FULL: theta, SLIDING: dict(ROPE, rope_theta=50.0)}
    yield {"set": {"rope_parameters": both}}
    yield {"set": {"rope_parameters": {FULL: theta}}}
    yield {"set": {"rope_parameters": {SLIDING: theta}}}
    yield {"set": {"rope_parameters": {FULL: theta, SLIDING: None}}}
    yield {"set": {"rope_parameters": both, "layer_types": [FULL] * 3}}
    yield {"set": {"rope_parameters": both, "layer_types": [FULL, SLIDING, FULL]}}
    yield {"set": {"rope_parameters": {FULL: theta, SLIDING: theta}}}
    if family == "gemma3_text":
        yield {"delete": ["rope_parameters"], "set": {"rope_theta": 200.0, "rope_local_base_freq": 50.0}}
        yield {"delete": ["rope_parameters", "layer_types"], "set": {"sliding_window_pattern": 2, "rope_theta": 200.0}}
        yield {"set": {"rope_theta": 300.0, "rope_local_base_freq": 50.0}}
        yield {"delete": ["layer_types"], "set": {"sliding_window_pattern": 3}}
    for edit in ({"use_sliding_window": False, "layer_types": [FULL, SLIDING, FULL]},
                 {"use_sliding_window": False, "sliding_window": 6}, {"use_sliding_window": True, "sliding_window": None},
                 {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0},
                 {"sliding_window": None, "layer_types": [SLIDING] * 3}, {"sliding_window": 4, "layer_types": [FULL] * 3}):
        yield {"set": edit}
        if "layer_types" in base:
            yield {"delete": ["layer_types"] if "layer_types" not in edit else [], "set": edit}


def changed(base, edit):
    config = {k: v for k, v in copy.deepcopy(base).items() if k not in edit.get("delete", [])}
    config.update(edit.get("set", {}))
    return config


def numbers(found):
    return [round(float(found[r, i]), 5) for r in ROWS for i in SEEN if r < len(found) and i < found.shape[1]]


def sweep(family, small):
    folder = tempfile.mkdtemp()
    config = transformers.AutoConfig.for_model(family, **small)
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    file = os.path.join(folder, "model.safetensors")
    save_file({name: values(name, tensor.shape) for name, tensor in load_file(file).items()}, file, {"format": "pt"})
    base = json.load(open(os.path.join(folder, "config.json")))
    expected, made_up, unread = logits(folder)
    assert not made_up and not unread, (family, made_up, unread)
    results, seen = [], set()
    for edit in edits(base, family):
        config = changed(base, edit)
        key = json.dumps(config, sort_keys=True)
        if config == base or key in seen:
            continue
        seen.add(key)
        json.dump(config, open(os.path.join(folder, "config.json"), "w"))
        torch.manual_seed(0)
        try:
            found, made_up, unread = logits(folder)
        except Exception as e:
            results.append(dict(edit, result="raises", why=type(e).__name__))
            continue
        if made_up or unread:
            results.append(dict(edit, result="weights"))
        elif not np.isfinite(found).all():
            results.append(dict(edit, result="raises", why="not finite"))
        elif found.shape == expected.shape and np.abs(found - expected).max() < 1e-5:
            added = [k for k in edit.get("set", {}) if k not in base]
            if not (added and set(added) <= set(EXTRA) and set(added) - WATCHED):   # nobody reads it
                results.append(dict(edit, result="same"))
        else:
            results.append(dict(edit, result="logits", logits=numbers(found)))
    shutil.rmtree(folder)
    return {"config": base, "logits": numbers(expected), "edits": results}


if __name__ == "__main__":
    wanted = sys.argv[2:] or list(FAMILIES)
    with open(sys.argv[1], "w") as target:
        target.write('{\n "transformers": "%s", "ids": %s, "rows": %s, "seen": %s,\n "families": {' % (
            transformers.__version__, json.dumps(IDS), json.dumps(ROWS), json.dumps(SEEN)))
        for i, family in enumerate(wanted):
            one = sweep(family, FAMILIES[family])
            counts = {}
            for edit in one["edits"]:
                counts[edit["result"]] = counts.get(edit["result"], 0) + 1
            print(family, counts, flush=True)
            target.write(',' * (i > 0) + '\n  "%s": {"config": %s,\n   "logits": %s, "edits": [\n    %s]}' % (
                family, json.dumps(one["config"]), json.dumps(one["logits"]),
                ",\n    ".join(json.dumps(edit) for edit in one["edits"])))
        target.write("\n }\n}\n")
