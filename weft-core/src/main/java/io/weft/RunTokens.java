package io.weft;

import io.weft.data.EncodingSettings;
import io.weft.data.PromptStyle;
import io.weft.data.check.TokenFigures;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.model.folder.ModelFolder;
import io.weft.recipe.Recipe;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Training and held-out rows as a recipe's model reads them, beside the prepared files. */
record RunTokens(TokenizedRows train, TokenizedRows heldOut) implements AutoCloseable {
    /** @throws io.weft.problem.UserError naming every row that is too long and refused, or when no row is left */
    static RunTokens of(PreparedData data, ModelFolder base, PromptFormat wording, Recipe recipe) {
        TokenizedRows train = of(data, PreparedData.TRAIN, base, wording, recipe);
        try {
            return new RunTokens(train, of(data, PreparedData.HELD_OUT, base, wording, recipe));
        } catch (RuntimeException e) {
            train.close();
            throw e;
        }
    }

    private static TokenizedRows of(PreparedData data, String name, ModelFolder base, PromptFormat wording,
            Recipe recipe) {
        boolean asks = recipe.train().objective().makesAnswers(), isTrain = name.equals(PreparedData.TRAIN);
        UnaryOperator<EncodingSettings> same = UnaryOperator.identity();
        String key = key(data, name, base, wording, recipe, same);
        // other runs see another time, which most prompts do not
        String shared = key(data, name, base, wording, recipe, readsClock(base, wording) ? same
                : EncodingSettings::served);
        var limits = new TokenizedRows.Limits(base.config().contextLength().orElse(0), recipe.data().maxLength(),
                recipe.data().overLength());
        try (PreparedRows rows = isTrain ? data.train() : data.heldOut()) {
            return TokenizedRows.of(rows, asks ? wording.encoder().asking() : wording.encoder(), limits,
                    data.folder().resolve(name + TokenizedRows.SUFFIX), key, shared,
                    isTrain ? say("training") : say("held-out"));
        }
    }

    /** Everything that decides about the ids. */
    private static String key(PreparedData data, String name, ModelFolder base, PromptFormat wording, Recipe recipe,
            UnaryOperator<EncodingSettings> encoding) {
        return String.join(" ", data.manifest().files().get(name).sha256(), base.textHash(),
                wording.style().word(), recipe.data().overLength().word(),
                Integer.toString(recipe.data().maxLength()), encoding.apply(recipe.data().encoding()).toString(),
                String.join("\n", recipe.train().objective().outputs()),
                recipe.train().objective().makesAnswers() ? "asked" : "answered");
    }

    /** Whether the prompts may hold the time. */
    private static boolean readsClock(ModelFolder base, PromptFormat wording) {
        return wording.style() == PromptStyle.TEMPLATE
                && Stream.of("chat_template.jinja", "tokenizer_config.json").map(base.texts().template()::resolve)
                .anyMatch(file -> {
            try {
                return Files.exists(file) && Files.readString(file).contains("strftime");
            } catch (IOException e) {
                return true;
            }
        });
    }

    /** Of both files, for the checks. */
    TokenFigures figures() { return train.figures().plus(heldOut.figures()); }

    @Override public void close() {
        train.close();
        heldOut.close();
    }
}
