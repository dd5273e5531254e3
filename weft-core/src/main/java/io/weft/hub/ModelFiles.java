package io.weft.hub;

import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Of all files in a repository those that make a model usable: one set of weights, configuration, tokenizer, chat
 * templates and the licence.
 */
final class ModelFiles {
    private static final Pattern CONFIGURATION = Pattern.compile(
            "(?i).+\\.(json|jinja|model|tiktoken)|(vocab|merges)\\.txt|tokenizer\\.model\\..+|(licen[cs]e|"
            + "notice|use_policy)(\\..+)?");
    private static final Pattern TEMPLATE = Pattern.compile("additional_chat_templates/[^/]+\\.jinja");
    private static final Pattern INDEX = Pattern.compile(".+\\.index(\\..+)?\\.json");
    /**
     * In the order in which a set is preferred. Other names (consolidated, fp16 variants, optimizer state) repeat the
     * same weights or are none.
     */
    private static final List<WeightSet> WEIGHTS = List.of(
            new WeightSet("model\\.safetensors", ""),
            new WeightSet("model-[0-9]+-of-[0-9]+\\.safetensors", "model.safetensors.index.json"),
            new WeightSet("adapter_model\\.safetensors", ""),
            new WeightSet("pytorch_model\\.bin", ""),
            new WeightSet("pytorch_model-[0-9]+-of-[0-9]+\\.bin", "pytorch_model.bin.index.json"),
            new WeightSet("adapter_model\\.bin", ""));

    private ModelFiles() {}

    private record WeightSet(Pattern weights, String index) {
        private WeightSet(String weights, String index) { this(Pattern.compile(weights), index); }
    }

    /**
     * @throws UserError when the repository holds no configuration or no weights that can be read, naming what it has
     *     instead
     */
    static List<HubFile> choose(List<HubFile> files, String repository) {
        List<HubFile> chosen = new ArrayList<>(matching(files, file -> file.atTop()
                && CONFIGURATION.matcher(file.path()).matches() && !INDEX.matcher(file.path()).matches()
                || TEMPLATE.matcher(file.path()).matches()));
        if (chosen.stream().noneMatch(file -> file.path().equals("config.json")
                || file.path().equals("adapter_config.json"))) {
            throw UserError.of(say("%s is not a model in Hugging Face's layout: no config.json at its top (it has %s)",
                    repository,
                    kinds(files)));
        }
        for (WeightSet set : WEIGHTS) {
            List<HubFile> weights = matching(files, file -> set.weights.matcher(file.path()).matches());
            if (!weights.isEmpty()) {
                chosen.addAll(weights);
                chosen.addAll(matching(files, file -> file.path().equals(set.index)));
                requireDistinct(chosen, repository);
                return chosen;
            }
        }
        throw UserError.of(say("%s holds no weights as safetensors or PyTorch .bin (it has %s); look for the same "
                + "model in one of these formats", repository, kinds(files)));
    }

    private static List<HubFile> matching(List<HubFile> files, Predicate<HubFile> condition) {
        return files.stream().filter(condition).toList();
    }

    private static void requireDistinct(List<HubFile> chosen, String repository) {
        TreeSet<String> names = new TreeSet<>();
        for (HubFile file : chosen) {
            if (!names.add(file.path().toLowerCase(Locale.ROOT))) {
                throw UserError.of(say("%s lists '%s' twice, perhaps in another case; nothing was fetched", repository,
                        file.path()));
            }
        }
    }

    private static String kinds(List<HubFile> files) {
        String kinds = files.stream().map(HubFile::name).filter(name -> name.indexOf('.') > 0)
                .map(name -> "*" + name.substring(name.lastIndexOf('.'))).distinct().sorted().limit(8)
                .collect(Collectors.joining(", "));
        return kinds.isEmpty() ? say("no such files") : HubNames.printable(kinds);
    }
}
