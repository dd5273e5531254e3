package io.weft.token;

import io.weft.extension.OpenTable;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/** The forms of conversations, and the one that a folder has. Other jars add theirs. */
public final class ChatForms {
    /** In the order in which they are asked: forms that a family's code knows before the template of any folder. */
    public static final OpenTable<ChatForm> TABLE = OpenTable.of(text("chat form"), ChatForm.class, ChatForm::name,
            new ChatGlm3Form(),
            new JinjaForm());

    private ChatForms() {}

    /** The form of a folder's conversations; empty for a model without any. */
    public static Optional<ChatForm> of(Path folder) {
        return TABLE.all().stream().filter(form -> form.isOf(folder)).findFirst();
    }
}
