package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.terminal.Streams;
import io.weft.hub.HubDownload;
import io.weft.hub.HubSettings;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** {@code weft pull}: a model from a hub into the cache that Python's huggingface_hub shares. Only its folder goes to standard output, so that other commands can take it from there. */
final class Pull implements Command {
    private final Syntax syntax = Syntax.withJson("pull", "ORG/NAME [--revision REVISION]",
            say("Fetches a model from the Hugging Face hub, or goes on fetching it, checks every file and prints its folder.", "从 Hugging Face Hub 下载(或继续下载)模型,校验每个文件并输出其目录。"));
    private final Argument<String> name = syntax.word("ORG/NAME", say("the model's name on the hub; HF_ENDPOINT names a mirror, HF_TOKEN opens private models", "Hub 上的模型名;可用 HF_ENDPOINT 指定镜像,HF_TOKEN 访问私有模型"));
    private final Argument<String> revision = syntax.text("--revision", "REVISION", say("branch, tag or commit; main by default", "分支、标签或提交;默认为 main"));

    @Override public Syntax syntax() {
        return syntax.example("weft pull Qwen/Qwen3-0.6B", say("into ~/.cache/huggingface", "下载到 ~/.cache/huggingface"))
                .example("weft train --model \"$(weft pull Qwen/Qwen3-0.6B)\" --data rows.json", say("fetches it when it is not there yet, and tunes it", "若尚未下载则先下载,然后微调"));
    }

    @Override public int run(Streams streams) {
        try (var progress = new PullProgress(streams.err())) {
            Path folder = new HubDownload(HubSettings.fromEnvironment(System.getenv()), progress).pull(name.required(), revision.given().orElse("main"));
            progress.close();
            streams.out().println(syntax.json() ? new ObjectMapper().createObjectNode().put("formatVersion", 1).put("folder", folder.toString()).toString() : folder.toString());
            return ExitCode.DONE;
        }
    }
}
