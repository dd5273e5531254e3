package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.List;
import java.util.Map;

/** How rows become tokens: through a chat template, or as a prompt and an answer without one. */
interface Documents {
    /**
     * @param lastAnswerOnly whether nothing is learned of earlier answers
     * @throws io.weft.problem.UserError when it cannot be told, or a chat template refuses it
     */
    Draft learned(Conversation conversation, boolean lastAnswerOnly);

    Draft learned(Text text);

    /** What asks for an answer, nothing of it learned. @throws io.weft.problem.UserError as {@link #learned} */
    MaskedTokens asked(List<Message> messages);

    /**
     * A conversation up to the end of what its last message, the assistant's, says, so that an answer goes on there.
     *
     * @throws io.weft.problem.UserError also when the chat template does not show those words at the end
     */
    int[] begun(List<Message> messages);

    /**
     * Each document as long as is allowed, the question cut alike in all of them.
     *
     * @param whole the sample's documents, of which one at least is too long
     * @param how   as {@link MaskedTokens#shortened} takes it
     */
    List<MaskedTokens> cut(Sample sample, List<MaskedTokens> whole, int limit, OverLength how);

    /** As {@link #cut}, of what is asked. @param whole as {@link #asked} gives it */
    MaskedTokens cutAsked(List<Message> messages, MaskedTokens whole, int limit, OverLength how);

    /** The same with more variables for the chat template. @throws io.weft.problem.UserError when it knows none such */
    Documents given(Map<String, ?> variables);

    /** The same with a text before everything that is asked. */
    Documents behind(HardPrompt prompt);
}
