package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/**
 * The columns of a prepared file, as TRL names them; every line of both files has the same, of the same types, as
 * Python's datasets needs.
 */
enum RowColumns {
    PROMPT_COMPLETION("prompt, completion", Conversation.class) {
        @Override ObjectNode write(Sample sample) {
            return row().put("prompt", sample.asked().get(0).content()).put("completion", sample.answers().get(0));
        }

        @Override Sample read(JsonNode row, Place place) {
            return Conversation.of(row.required("prompt").textValue(), row.required("completion").textValue(), place);
        }
    },
    /** Several turns, or a system's text, somewhere in the data. */
    MESSAGES("messages", Conversation.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            put(row.putArray("messages"), ((Conversation) sample).messages());
            return row;
        }

        @Override Sample read(JsonNode row, Place place) {
            return new Conversation(messages(row.required("messages")), place);
        }
    },
    /** Some turn's reasoning: each message has the column reasoning_content, often "". */
    MESSAGES_REASONED("messages", Conversation.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            putReasoned(row.putArray("messages"), ((Conversation) sample).messages());
            return row;
        }

        @Override Sample read(JsonNode row, Place place) { return MESSAGES.read(row, place); }
    },
    TEXT("text", Text.class) {
        @Override ObjectNode write(Sample sample) { return row().put("text", ((Text) sample).text()); }

        @Override Sample read(JsonNode row, Place place) {
            return new Text(row.required("text").textValue(), place);
        }
    },
    PREFERENCE("prompt, chosen, rejected", Preference.class) {
        @Override ObjectNode write(Sample sample) {
            Preference pair = (Preference) sample;
            return row().put("prompt", pair.prompt().get(0).content()).put("chosen", pair.chosen())
                    .put("rejected", pair.rejected());
        }

        @Override Sample read(JsonNode row, Place place) { return preference(row, place); }
    },
    /** Prompts of several turns somewhere: all three columns are lists of messages. */
    PREFERENCE_MESSAGES("prompt, chosen, rejected", Preference.class) {
        @Override ObjectNode write(Sample sample) {
            Preference pair = (Preference) sample;
            ObjectNode row = row();
            put(row.putArray("prompt"), pair.prompt());
            put(row.putArray("chosen"), List.of(Message.assistant(pair.chosen())));
            put(row.putArray("rejected"), List.of(Message.assistant(pair.rejected())));
            return row;
        }

        @Override Sample read(JsonNode row, Place place) { return preference(row, place); }
    },
    /** As those, with the column reasoning_content in each message of a prompt. */
    PREFERENCE_REASONED("prompt, chosen, rejected", Preference.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = PREFERENCE_MESSAGES.write(sample);
            putReasoned(row.putArray("prompt"), sample.asked());
            return row;
        }

        @Override Sample read(JsonNode row, Place place) { return preference(row, place); }
    },
    ASKED("prompt", Asked.class) {
        @Override ObjectNode write(Sample sample) { return row().put("prompt", sample.asked().get(0).content()); }

        @Override Sample read(JsonNode row, Place place) { return new Asked(prompt(row), place); }
    },
    /** Several turns, or a system's text, somewhere in the data. */
    ASKED_MESSAGES("prompt", Asked.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            putReasoned(row.putArray("prompt"), sample.asked());
            return row;
        }

        @Override Sample read(JsonNode row, Place place) { return ASKED.read(row, place); }
    },
    /** As those, with the column margin, null where a row has none. */
    PREFERENCE_MARGIN("prompt, chosen, rejected, margin", Preference.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = PREFERENCE_REASONED.write(sample);
            ((Preference) sample).margin()
                    .ifPresentOrElse(margin -> row.put(MARGIN, margin), () -> row.putNull(MARGIN));
            return row;
        }

        @Override Sample read(JsonNode row, Place place) { return preference(row, place); }
    },
    JUDGED("prompt, completion, label", Judged.class) {
        @Override ObjectNode write(Sample sample) {
            return PROMPT_COMPLETION.write(sample).put("label", ((Judged) sample).desirable());
        }

        @Override Sample read(JsonNode row, Place place) { return judged(row, place); }
    },
    /** Prompts of several turns somewhere: prompt and completion are lists of messages. */
    JUDGED_MESSAGES("prompt, completion, label", Judged.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            put(row.putArray("prompt"), sample.asked());
            put(row.putArray("completion"), List.of(Message.assistant(sample.answers().get(0))));
            return row.put("label", ((Judged) sample).desirable());
        }

        @Override Sample read(JsonNode row, Place place) { return judged(row, place); }
    },
    /** As those, with the column reasoning_content in each message. */
    JUDGED_REASONED("prompt, completion, label", Judged.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            putReasoned(row.putArray("prompt"), sample.asked());
            putReasoned(row.putArray("completion"), List.of(((Judged) sample).conversation().answerTurn()));
            return row.put("label", ((Judged) sample).desirable());
        }

        @Override Sample read(JsonNode row, Place place) { return judged(row, place); }
    },
    LABELLED("text, label", Labelled.class) {
        @Override ObjectNode write(Sample sample) {
            return row().put("text", sample.asked().get(0).content()).put("label", ((Labelled) sample).label());
        }

        @Override Sample read(JsonNode row, Place place) {
            return new Labelled(List.of(Message.user(row.required("text").textValue())),
                    row.required("label").textValue(), place);
        }
    },
    /** Several turns, or a system's text, somewhere in the data. */
    LABELLED_MESSAGES("messages, label", Labelled.class) {
        @Override ObjectNode write(Sample sample) {
            ObjectNode row = row();
            putReasoned(row.putArray("messages"), sample.asked());
            return row.put("label", ((Labelled) sample).label());
        }

        @Override Sample read(JsonNode row, Place place) {
            return new Labelled(messages(row.required("messages")), row.required("label").textValue(), place);
        }
    };

    private static final String REASONING = "reasoning_content", MARGIN = "margin";

    private final String names;
    private final Class<? extends Sample> kind;

    RowColumns(String names, Class<? extends Sample> kind) {
        this.names = names;
        this.kind = kind;
    }

    /** As the manifest names them. */
    String names() { return names; }

    /** What each row is. */
    Class<? extends Sample> kind() { return kind; }

    abstract ObjectNode write(Sample sample);

    /** Texts and lists of messages alike, where columns of these names may hold either. */
    abstract Sample read(JsonNode row, Place place);

    /** The fewest columns that hold the sample. */
    static RowColumns of(Sample sample) {
        if (sample instanceof Conversation conversation) {
            return conversation.isSingleTurn() ? PROMPT_COMPLETION
                    : conversation.holdsReasoning() ? MESSAGES_REASONED : MESSAGES;
        }
        if (sample instanceof Preference pair) {
            return pair.margin().isPresent() ? PREFERENCE_MARGIN : pair.isSingleTurn() ? PREFERENCE
                    : pair.holdsReasoning() ? PREFERENCE_REASONED
                    : PREFERENCE_MESSAGES;
        }
        if (sample instanceof Judged judged) {
            return judged.conversation().isSingleTurn() ? JUDGED
                    : judged.conversation().holdsReasoning() ? JUDGED_REASONED : JUDGED_MESSAGES;
        }
        if (sample instanceof Labelled labelled) {
            return labelled.isSingleTurn() ? LABELLED : LABELLED_MESSAGES;
        }
        return sample instanceof Text ? TEXT
                : sample.asked().size() == 1 && sample.asked().get(0).role().equals("user") ? ASKED : ASKED_MESSAGES;
    }

    static Optional<RowColumns> named(String names) {
        return Arrays.stream(values()).filter(columns -> columns.names.equals(names)).findFirst();
    }

    /** The columns that hold the rows of both: of each kind the later ones hold those of the earlier ones. */
    RowColumns and(RowColumns other) {
        if (kind != other.kind) {
            throw new IllegalArgumentException(kind.getSimpleName() + " and " + other.kind.getSimpleName()
                    + " in one file");
        }
        return compareTo(other) >= 0 ? this : other;
    }

    private static ObjectNode row() { return JsonNodeFactory.instance.objectNode(); }

    private static void put(ArrayNode target, List<Message> messages) {
        messages.forEach(m -> target.addObject().put("role", m.role()).put("content", m.content()));
    }

    private static void putReasoned(ArrayNode target, List<Message> messages) {
        messages.forEach(m -> target.addObject().put("role", m.role()).put("content", m.content())
                .put(REASONING, m.reasoning()));
    }

    private static List<Message> messages(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(RowColumns::message).toList();
    }

    private static Message message(JsonNode message) {
        return new Message(message.required("role").textValue(), message.required("content").textValue(),
                message.path(REASONING).asText(""));
    }

    private static List<Message> prompt(JsonNode row) {
        JsonNode prompt = row.required("prompt");
        return prompt.isTextual() ? List.of(Message.user(prompt.textValue())) : messages(prompt);
    }

    private static Message answer(JsonNode row, String name) {
        JsonNode answer = row.required(name);
        return answer.isTextual() ? Message.assistant(answer.textValue()) : message(answer.required(0));
    }

    private static Sample preference(JsonNode row, Place place) {
        JsonNode margin = row.path(MARGIN);
        return new Preference(prompt(row), answer(row, "chosen").content(), answer(row, "rejected").content(),
                margin.isNumber() ? OptionalDouble.of(margin.doubleValue()) : OptionalDouble.empty(), place);
    }

    private static Sample judged(JsonNode row, Place place) {
        return new Judged(Conversation.answered(prompt(row), answer(row, "completion"), place),
                row.required("label").booleanValue());
    }
}
