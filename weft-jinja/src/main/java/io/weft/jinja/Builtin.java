package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A filter, test or method of the language's own: its name, its parameters and its body. Parameters are written as one
 * string: {@code "old new count?"}, where a question mark means that one may be left out; {@code "*"} takes whatever is
 * given.
 */
final class Builtin {
    /**
     * What it does.
     *
     * @param subject the value before the bar or dot
     * @param given the arguments, one for each parameter
     */
    interface Body {
        Object apply(Budget budget, Object subject, CallArguments given);
    }

    private final String name;
    private final List<String> parameters;
    private final int required;
    private final Body body;

    private Builtin(String name, String signature, Body body) {
        this.name = name;
        this.body = body;
        this.parameters = new ArrayList<>();
        int needed = 0;
        for (String parameter : signature.isEmpty() ? new String[0] : signature.split(" ")) {
            needed += parameter.endsWith("?") || parameter.equals("*") ? 0 : 1;
            parameters.add(parameter.replace("?", ""));
        }
        this.required = needed;
    }

    /** Adds one to a table, under each of the names that its first argument lists. */
    static void define(Map<String, Builtin> table, String names, String signature, Body body) {
        for (String name : names.split(" ")) {
            table.put(name, new Builtin(name, signature, body));
        }
    }

    /** @throws TemplateException when an argument is missing, unknown or too many */
    Object apply(Budget budget, Object subject, Arguments arguments) {
        budget.weigh(subject);
        arguments.positional().forEach(budget::weigh);
        var result = body.apply(budget, subject, bind(arguments));
        budget.weigh(result);
        return result;
    }

    private CallArguments bind(Arguments arguments) {
        if (parameters.contains("*")) {
            return new CallArguments(name, arguments.positional().toArray(), arguments);
        }
        if (arguments.positional().size() > parameters.size()) {
            throw TemplateException.because("%s takes at most %d arguments, not %d",
                name, parameters.size(), arguments.positional().size());
        }
        var values = new Object[parameters.size()];
        java.util.Arrays.fill(values, CallArguments.LEFT_OUT);
        for (int i = 0; i < arguments.positional().size(); i++) {
            values[i] = arguments.positional().get(i);
        }
        arguments.named().forEach((key, value) -> {
            int i = parameters.indexOf(key);
            if (i < 0 || values[i] != CallArguments.LEFT_OUT) {
                throw TemplateException.because("%s has no free argument '%s'", name, key);
            }
            values[i] = value;
        });
        for (int i = 0; i < required; i++) {
            if (values[i] == CallArguments.LEFT_OUT) {
                throw TemplateException.because("%s needs the argument '%s'", name, parameters.get(i));
            }
        }
        return new CallArguments(name, values, arguments);
    }
}
