package io.weft.app.serve;

import io.weft.app.api.ToolParameters;
import io.weft.generate.TokenLogprob;
import io.weft.token.tool.CallFormat;
import io.weft.token.tool.CallFormats;
import io.weft.token.tool.CallReader;
import io.weft.token.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The answers to one question as they come, calls told from words. Belongs to the thread that handles the request. */
final class ChatChoices {
    private final List<Choice> choices;
    private final boolean several;

    /** @param format in which the model writes calls, where it knows any */
    ChatChoices(int count, ToolParameters tools, Optional<CallFormat> format) {
        several = tools.several();
        choices = IntStream.range(0, count).mapToObj(i -> new Choice(i, tools.tools().isEmpty() ? Optional.empty()
                : tools.isForced() ? Optional.of(CallFormats.heldToJson())
                : format.map(each -> each.reader(tools.names())))).toList();
    }

    List<Choice> all() { return choices; }

    /** What is new of a choice: any part may be empty. @param firstCall number of the first of the calls */
    record News(int choice, String reasoning, String words, List<ToolCall> calls, int firstCall,
            List<TokenLogprob> logprobs) {}

    News take(Reply.Part.Text text) {
        Choice choice = choices.get(text.choice());
        return choice.news(text.reasoning(), choice.reader.map(reader -> reader.push(text.words())), text.words(),
                text.logprobs());
    }

    /** What was held back until the end. */
    News finish(int choice) {
        Choice of = choices.get(choice);
        return of.news("", of.reader.map(CallReader::finish), "", List.of());
    }

    /** One of the answers, all of it. */
    final class Choice {
        private final int number;
        private final Optional<CallReader> reader;
        private final StringBuilder reasoning = new StringBuilder(), words = new StringBuilder();
        private final List<ToolCall> calls = new ArrayList<>();
        private final List<TokenLogprob> logprobs = new ArrayList<>();

        private Choice(int number, Optional<CallReader> reader) {
            this.number = number;
            this.reader = reader;
        }

        private News news(String thought, Optional<CallReader.Piece> told, String plain, List<TokenLogprob> places) {
            String said = told.map(CallReader.Piece::words).orElse(plain);
            int first = calls.size();
            List<ToolCall> found = told.map(CallReader.Piece::calls).orElse(List.of());
            List<ToolCall> taken = several ? found : found.subList(0, Math.min(found.size(), Math.max(0, 1 - first)));
            reasoning.append(thought);
            words.append(said);
            calls.addAll(taken);
            logprobs.addAll(places);
            return new News(number, thought, said, taken, first, places);
        }

        String reasoning() { return reasoning.toString(); }

        String words() { return words.toString(); }

        List<ToolCall> calls() { return calls; }

        List<TokenLogprob> logprobs() { return logprobs; }

        /** As OpenAI's API has it: an answer that calls is over for the sake of its calls. */
        String finish(String told) { return !calls.isEmpty() && told.equals("stop") ? "tool_calls" : told; }
    }
}
