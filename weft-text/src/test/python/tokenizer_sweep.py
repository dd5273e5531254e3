"""Makes tokenizer-sweep.json: a small tokenizer folder, edits of each key of its files, and the ids that transformers
gives for each edited folder. Run with transformers 5: python tokenizer_sweep.py ../resources/tokenizer-sweep.json"""
import copy, json, os, sys, tempfile
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
import transformers
from transformers import AutoTokenizer
from tokenizers import Tokenizer, models, pre_tokenizers, trainers, decoders, processors, AddedToken
transformers.logging.set_verbosity_error()

TEXTS = ["hello world 2024", " the cat <|im_end|> sat", "hello<think>now <|im_start|> the", "caf\u00e9 \u732b",
         "MiXed [X] a  b<extra>c"]
WORDS = ["hello world", "the cat sat on the mat", "now the world is here", "mixed words and the other cat 2024"] * 4


def base():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(WORDS, trainers.BpeTrainer(
        vocab_size=290, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("<think>", normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<|endoftext|> $A",
                                                             special_tokens=[("<|endoftext|>", 0)])
    return {"tokenizer.json": json.loads(tokenizer.to_str()),
            "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>",
                                      "bos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
                                      "model_max_length": 512, "clean_up_tokenization_spaces": False},
            "config.json": {"model_type": "llama"}}


def at(files, path):
    node = files
    for step in path:
        node = node[step]
    return node


def paths(node, prefix):
    """Every key below, but for the words of the vocabulary."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else []
    for key, value in items:
        yield prefix + [key], value
        if key not in ("vocab", "merges", "special_tokens", "pair"):
            yield from paths(value, prefix + [key])


def edits(files):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        for path, value in paths(files[name], [name]):
            yield [["delete", path]]
            yield [["set", path, None]]
            if isinstance(value, bool):
                yield [["set", path, not value]]
            elif isinstance(value, str):
                yield [["set", path, ""]]
                yield [["set", path, "Magic"]]
            elif isinstance(value, (list, dict)):
                yield [["set", path, type(value)()]]
                yield [["set", path, 7]]
            else:
                yield [["set", path, "junk"]]
    model = ["tokenizer.json", "model"]
    for key, value in (("dropout", 0.0), ("dropout", 0.9), ("ignore_merges", True), ("byte_fallback", True),
                       ("fuse_unk", True), ("unk_token", "<|endoftext|>"), ("unk_token", "<unk>"),
                       ("continuing_subword_prefix", ""), ("end_of_word_suffix", ""), ("cache_capacity", 5),
                       ("new_in_2030", 1)):
        yield [["set", model + [key], value]]
    top = "tokenizer.json"
    yield [["set", [top, "truncation"], {"direction": "Right", "max_length": 3, "strategy": "LongestFirst",
                                         "stride": 0}]]
    yield [["set", [top, "padding"], {"strategy": {"Fixed": 30}, "direction": "Right", "pad_to_multiple_of": None,
                                      "pad_id": 0, "pad_type_id": 0, "pad_token": "<|endoftext|>"}]]
    yield [["set", [top, "normalizer"], {"type": "Lowercase"}]]
    yield [["set", [top, "normalizer"], {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Strip",
           "strip_left": True, "strip_right": True}]}]]
    yield [["set", [top, "normalizer"], {"type": "Unheard", "n": 5}]]
    yield [["set", [top, "pre_tokenizer"], {"type": "Chunks", "n": 5}]]
    yield [["set", [top, "pre_tokenizer"], {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True}, {"type": "ByteLevel", "add_prefix_space": False,
                                                        "trim_offsets": True, "use_regex": True}]}]]
    yield [["set", [top, "pre_tokenizer"], {"type": "Sequence", "pretokenizers": [{"type": "Split"}]}]]
    yield [["set", [top, "new_part"], {"type": "Oracle"}]]
    for flag in ("single_word", "lstrip", "rstrip", "normalized", "special"):
        for place in (2, 3):
            yield [["set", [top, "added_tokens", place, flag], flag != "special" or place == 3]]
            listed = {"content": "<|im_end|>" if place == 2 else "<think>", "single_word": False, "lstrip": False,
                      "rstrip": False, "normalized": False, "special": place == 2}
            listed[flag] = not listed[flag]
            yield [["set", ["tokenizer_config.json", "added_tokens_decoder"], {str(288 + place): listed}]]
    config = "tokenizer_config.json"
    extra = {"content": "<extra>", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False,
             "special": True}
    yield [["set", [config, "added_tokens_decoder"], {"293": extra}]]
    yield [["set", [config, "added_tokens_decoder"], {"300": extra, "299": dict(extra, content="[X]")}]]
    yield [["set", [config, "added_tokens_decoder"], {"293": {"content": "<extra>"}}]]
    yield [["set", [config, "added_tokens_decoder"], {"293": "<extra>"}]]
    yield [["set", [config, "added_tokens_decoder"], {"x": extra}]]
    yield [["set", [config, "added_tokens_decoder"], {"293": extra}], ["set", ["special_tokens_map.json"],
           {"eos_token": "<|im_start|>", "additional_special_tokens": ["[X]"]}]]
    yield [["set", ["special_tokens_map.json"], {"eos_token": "<|im_start|>"}]]
    yield [["set", ["special_tokens_map.json"], {"eos_token": {"content": "<|im_end|>", "lstrip": True,
           "normalized": False, "rstrip": False, "single_word": False}}]]
    yield [["set", ["special_tokens_map.json"], {"additional_special_tokens": ["[X]", "<extra>"]}]]
    yield [["set", ["special_tokens_map.json"], {"additional_special_tokens": [extra]}]]
    yield [["set", ["added_tokens.json"], {"<extra>": 293, "[X]": 294}]]
    yield [["set", ["added_tokens.json"], {"<extra>": 293, "[X]": 294}], ["set", [config, "additional_special_tokens"],
           ["[X]"]]]
    yield [["set", ["added_tokens.json"], {"[X]": 294, "<extra>": 293}], ["set", [config, "added_tokens_decoder"], {}]]
    yield [["set", ["added_tokens.json"], {"cat": 293}]]
    yield [["set", ["added_tokens.json"], {"the": 293}]]
    for key, value in (("add_bos_token", True), ("add_bos_token", False), ("add_eos_token", True),
                       ("add_eos_token", False), ("add_prefix_space", True), ("add_prefix_space", False),
                       ("legacy", True), ("legacy", False), ("clean_up_tokenization_spaces", True),
                       ("split_special_tokens", False), ("model_max_length", 2), ("max_len", 2), ("padding_side", "left"),
                       ("truncation_side", "left"), ("use_default_system_prompt", True), ("do_lower_case", True),
                       ("strip_accents", True), ("errors", "ignore"), ("unk_token", "<unk>"), ("unk_token", "cat"),
                       ("mask_token", {"__type": "AddedToken", "content": "[X]", "lstrip": True, "normalized": False,
                                       "rstrip": False, "single_word": False, "special": True}),
                       ("pad_token", "[X]"), ("pad_token", "!"), ("cls_token", "[X]"), ("sep_token", "cat"),
                       ("eos_token", "the"), ("eos_token", 5), ("image_token", "<extra>"), ("truncation", True),
                       ("additional_special_tokens", ["[X]", "<extra>"]), ("additional_special_tokens", "[X]"),
                       ("additional_special_tokens", ["<think>"]), ("extra_special_tokens", ["<extra>", "[X]"]),
                       ("extra_special_tokens", {"image_token": "[X]"}), ("chat_control_tokens", ["<think>"]),
                       ("new_in_2030", 1), ("tokenizer_class", "GPT2Tokenizer"), ("tokenizer_class", "TokenizersBackend"),
                       ("tokenizer_class", "GPT2TokenizerFast")):
        yield [["set", [config, key], value]]
    yield [["set", [config, "tokenizer_class"], "GPT2Tokenizer"], ["set", [config, "add_prefix_space"], True]]
    yield [["set", [top, "pre_tokenizer", "add_prefix_space"], True]]
    yield [["set", [top, "pre_tokenizer", "add_prefix_space"], True], ["set", [config, "add_prefix_space"], False]]
    yield [["set", [top, "pre_tokenizer", "add_prefix_space"], True], ["set", [config, "tokenizer_class"],
           "GPT2Tokenizer"]]
    yield [["set", [top, "added_tokens", 3, "id"], 300]]
    yield [["set", [top, "post_processor"], {"type": "TemplateProcessing", "single": [
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "E", "type_id": 0}}], "pair": [
        {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {
        "E": {"id": "E", "ids": [291], "tokens": ["<|im_end|>"]}}}]]


def edited(files, edit):
    files = copy.deepcopy(files)
    for step in edit:
        parent = at(files, step[1][:-1])
        if step[0] == "delete":
            del parent[step[1][-1]]
        else:
            parent[step[1][-1]] = copy.deepcopy(step[2])
    return files


def ids(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            return {"eos": tokenizer.eos_token_id, "ids": [tokenizer(text)["input_ids"] for text in TEXTS],
                    "bare": [tokenizer(text, add_special_tokens=False)["input_ids"] for text in TEXTS]}
        except BaseException as e:
            return {"error": type(e).__name__}


files = base()
usual = ids(files)
cases = []
for edit in edits(files):
    got = ids(edited(files, edit))
    if edit[0][1][-1] == "dropout" and "ids" in got:
        got = dict(usual)                                    # random where it is set; without it, this
    cases.append({"edit": edit, **({"usual": True} if got == usual else got)})
# folders with vocab.json and merges.txt in place of tokenizer.json
model = files["tokenizer.json"]["model"]
older = []
for config, kind in (({"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}, "gpt2"),
                     ({"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>", "add_prefix_space": True,
                       "unk_token": "<|endoftext|>"}, "gpt2"),
                     ({"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
                       "added_tokens_decoder": {str(290 + i): {"content": token, "lstrip": False, "normalized": False,
                                                               "rstrip": False, "single_word": False, "special": True}
                                                for i, token in enumerate(["<|im_start|>", "<|im_end|>"])}}, "qwen2"),
                     ({"eos_token": "<|endoftext|>"}, "gpt2")):
    got = ids({"vocab.json": model["vocab"], "tokenizer_config.json": config, "config.json": {"model_type": kind},
               "merges.txt": "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in model["merges"])})
    older.append({"tokenizer_config.json": config, "config.json": {"model_type": kind}, **got})
out = {"transformers": transformers.__version__, "texts": TEXTS, "files": files, "usual": usual, "older": older, "cases": cases}
with open(sys.argv[1], "w", encoding="utf-8") as to:
    to.write("{\n" + ",\n".join(json.dumps(k) + ": " + ("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in v)
             + "\n]" if k in ("cases", "older") else json.dumps(v, ensure_ascii=False)) for k, v in out.items()) + "\n}\n")
print(len(cases), "cases,", sum("usual" in c for c in cases), "as usual,", sum("error" in c for c in cases), "errors")
