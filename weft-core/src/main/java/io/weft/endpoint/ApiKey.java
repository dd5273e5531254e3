package io.weft.endpoint;

import io.weft.problem.UserError;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * A key of a service, known outside by the environment variable that holds it: its text goes into one header and into
 * no message, file or log.
 */
public final class ApiKey {
    private final String variable;
    private final String value;

    private ApiKey(String variable, String value) {
        this.variable = variable;
        this.value = value;
    }

    /**
     * @param variable the name that the user gave, never a key itself
     * @throws UserError when there is no such variable, or its text cannot be a key (a header would refuse and quote
     * it)
     */
    public static ApiKey of(String variable, Map<String, String> environment) {
        if (!variable.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw UserError.of(say("the key's variable is no name of an environment variable; give the name alone, "
                    + "such as OPENAI_API_KEY, and put the key into that variable"));
        }
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            throw UserError.of(say("the environment variable %s, which should hold the key, is not set; set it in this "
                    + "shell (export %s=...) and run the same command again", variable, variable));
        }
        if (!value.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw UserError.of(say("the environment variable %s does not hold a key: expected one word of plain "
                    + "letters and digits; copy it again from the service's page", variable));
        }
        return new ApiKey(variable, value);
    }

    String header() { return "Bearer " + value; }

    /** The text without the key, wherever a service repeats it. */
    String hiddenIn(String text) { return text.replace(value, "***"); }

    public String variable() { return variable; }

    @Override public String toString() { return "key from " + variable; }
}
