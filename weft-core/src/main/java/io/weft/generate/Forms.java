package io.weft.generate;

import io.weft.token.Tokenizer;
import io.weft.token.form.Form;
import io.weft.token.form.TokenTrie;
import java.util.LinkedHashMap;
import java.util.Map;

/** What answers of one tokenizer are asked to be, compiled once each. May be used from several threads. */
final class Forms {
    private static final int KEPT = 32;
    private final Tokenizer tokenizer;
    private final Map<AnswerForm, Form> known = new LinkedHashMap<>(16, 0.75f, true);
    private TokenTrie trie;

    Forms(Tokenizer tokenizer) { this.tokenizer = tokenizer; }

    /** @throws io.weft.problem.UserError when it cannot be held to, saying why */
    synchronized Form of(AnswerForm form) {
        Form found = known.get(form);
        if (found == null) {
            trie = trie == null ? TokenTrie.of(tokenizer) : trie;
            found = compiled(form);
            known.put(form, found);
            if (known.size() > KEPT) {
                known.remove(known.keySet().iterator().next()); // the one used longest ago
            }
        }
        return found;
    }

    private Form compiled(AnswerForm form) {
        if (form instanceof AnswerForm.JsonSchema asked) {
            return Form.schema(asked.schema(), trie);
        }
        return form instanceof AnswerForm.Pattern asked ? Form.pattern(asked.expression(), trie) : Form.json(trie);
    }
}
