package io.weft.hub;

import io.weft.problem.UserError;

import static io.weft.problem.Language.say;

/** An access token. Goes into one header, to the hub itself and to no other host; its text appears in no message. */
public final class HubToken {
    private final String value;
    private final String source;

    /**
     * @param source where it came from, for messages: a variable or a file
     * @throws UserError when the text cannot be a token (a header would refuse it, and quote it)
     */
    public HubToken(String value, String source) {
        String stripped = value.strip();
        if (stripped.isEmpty() || !stripped.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw UserError.of(say("%s does not hold a token: expected one word of plain letters and digits, such as "
                    + "hf_...; copy it again from the hub's settings page", source));
        }
        this.value = stripped;
        this.source = source;
    }

    String header() { return "Bearer " + value; }

    String source() { return source; }

    @Override public String toString() { return "token from " + source; }
}
