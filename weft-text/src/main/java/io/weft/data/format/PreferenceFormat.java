package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.read.JsonKind;
import io.weft.data.read.RowProblem;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Translatable;
import io.weft.settings.Values.Number;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import static io.weft.data.format.TurnsOrText.last;
import static io.weft.problem.Language.say;

/**
 * Two answers, {@code chosen} and {@code rejected}, to a prompt: {@code conversations} or {@code messages} that end
 * with a question, {@code prompt} as a text or as messages, {@code instruction} and {@code input}, or the turns that
 * both answers begin with. An answer is a text, a turn or a list of turns, in OpenAI's or ShareGPT's spelling. Texts
 * stay as they are. A {@code margin} says how much better the first one is.
 */
final class PreferenceFormat implements RowFormat {
    private static final String MARGIN = "margin";

    @Override public String name() { return "preference"; }

    @Override public List<String> required() { return List.of("chosen", "rejected"); }

    @Override public String shape() {
        return "chosen, rejected, and prompt, conversations, messages or instruction with input, margin (may be "
                + "missing)";
    }

    @Override public Class<? extends Sample> gives() { return Preference.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TEMPLATE; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        List<Message> chosen = answer(fields, "chosen"), rejected = answer(fields, "rejected");
        List<Message> prompt = prompt(fields, style, chosen, rejected);
        OptionalDouble margin = margin(fields);
        TurnList.refuseToolsAndMedia(fields);
        if (!fields.problems().isEmpty()) {
            return new Preference(List.of(), "", "", place);
        }
        var pair = new Preference(prompt, last(chosen).content(), last(rejected).content(), margin, place);
        if (pair.chosen().equals(pair.rejected())) {
            fields.add(new RowProblem("same_answers",
                    say("'chosen' and 'rejected' are the same text, so nothing is preferred; drop the row")));
        }
        return pair;
    }

    /** A number, also as the text that a CSV holds. */
    private static OptionalDouble margin(Fields fields) {
        JsonNode given = fields.given(MARGIN);
        if (given == null || given.isTextual() && PythonSpace.isBlank(given.textValue())) {
            return OptionalDouble.empty();
        }
        Optional<Double> number = given.isNumber() || given.isTextual()
                ? Number.decimal(PythonSpace.strip(given.asText())) : Optional.empty();
        if (number.isEmpty()) {
            fields.add(new RowProblem("not_a_number:" + MARGIN,
                    say("'%s' is %s; expected a number", MARGIN, JsonKind.of(given))));
        }
        return number.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    private static List<Message> before(List<Message> turns) { return turns.subList(0, turns.size() - 1); }

    private static List<Message> answer(Fields fields, String name) {
        List<Message> turns = TurnsOrText.answer(fields, name);
        if (!last(turns).reasoning().isEmpty()) {
            fields.add(RowProblem.unsupported(name + ".reasoning_content", Translatable.text(
                    "reasoning beside an answer of a pair is not read; put it into the text, or take it out")));
        }
        return turns;
    }

    private static List<Message> prompt(Fields fields, PromptStyle style, List<Message> chosen,
            List<Message> rejected) {
        List<Message> shared = before(chosen);
        if (!shared.equals(before(rejected))) {
            fields.add(new RowProblem("different_prompts",
                    say("the turns before the answers of 'chosen' and 'rejected' differ; both must answer one "
                    + "prompt")));
            return shared;
        }
        Optional<List<Message>> given = given(fields, style);
        if (shared.isEmpty()) {
            return given.orElseGet(() -> {
                fields.required("prompt");
                return List.of();
            });
        }
        TurnList.checkAlternating(fields, "chosen", shared, false);
        if (given.isPresent() && !last(given.get()).content().contains(last(shared).content())) {
            fields.add(new RowProblem("two_prompts",
                    say("the prompt is not what 'chosen' and 'rejected' begin with; keep one of the two")));
        }
        return TurnList.asked(fields, style, shared);
    }

    /** What is asked, where a field beside the answers says it. */
    private static Optional<List<Message>> given(Fields fields, PromptStyle style) {
        for (String list : List.of("conversations", "messages", "prompt")) {
            Optional<List<Message>> asked = TurnsOrText.asked(fields, list);
            if (asked.isPresent()) {
                return asked.map(turns -> TurnList.asked(fields, style, turns));
            }
        }
        boolean alpaca = fields.given("prompt") == null && fields.given("instruction") != null;
        if (!alpaca && fields.given("prompt") == null) {
            return Optional.empty();
        }
        fields.refuseIfGiven("history",
                Translatable.text("rows with earlier turns in it are not read; write them as messages"));
        String prompt = style.build(fields.required(alpaca ? "instruction" : "prompt"),
                alpaca ? fields.optional("input") : "");
        List<Message> asked = TurnList.withSystem(fields, List.of(Message.user(prompt)));
        return Optional.of(asked.size() == 1 ? asked : TurnList.asked(fields, style, asked));
    }
}
