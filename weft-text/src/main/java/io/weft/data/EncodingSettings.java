package io.weft.data;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.DateTime;
import io.weft.settings.Values.OneOf;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * What decides, besides the prompt style, about the ids of a prompt and its answer: settings of {@code data:} that a
 * run keeps for evaluation and serving.
 *
 * @param border   how prompt and answer meet
 * @param thinking what a chat template is told about reasoning
 * @param clock    the time that a chat template sees; the real one when not given
 */
public record EncodingSettings(Border border, Thinking thinking, Optional<LocalDateTime> clock) {
    public static final EncodingSettings DEFAULTS = new EncodingSettings(Border.EXACT, Thinking.AUTO,
            Optional.empty());
    public static final Section<EncodingSettings> SECTION = Section.within("encoding", DEFAULTS,
            Setting.of("border", OneOf.of(Border.class),
                    text("exact: the model is asked with the very ids that it was trained behind; joined: prompt and "
                    + "answer are tokenised as one text, as TRL does")),
            Setting.of("thinking", OneOf.of(Thinking.class),
                    text("what the chat template's enable_thinking is; auto: as the template does by itself")),
            Setting.of("clock", new DateTime(), text("the time that a chat template with a date sees in training and "
                    + "evaluation; serving sees the real one"))
                    .optional("2026-01-31T12:00:00", text("when the run starts")));

    /** With a time that is decided: that of now where none was given. */
    public EncodingSettings decided() {
        LocalDateTime now = LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS);
        return clock.isPresent() ? this : new EncodingSettings(border, thinking, Optional.of(now));
    }

    /** With the real time. */
    public EncodingSettings served() { return new EncodingSettings(border, thinking, Optional.empty()); }

    public EncodingSettings with(Border other) { return new EncodingSettings(other, thinking, clock); }
}
