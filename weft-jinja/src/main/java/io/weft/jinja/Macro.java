package io.weft.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro, or the block of a call statement, with the scope it was written in. Calling it gives the text that its body
 * writes.
 */
final class Macro implements Callable {
    /** The name under which a call statement hands its block to the macro. */
    static final String CALLER = "caller";

    /**
     * What was written.
     *
     * @param defaults one for each parameter, null where there is none
     * @param extras which of varargs, kwargs and caller the body speaks of
     */
    record Definition(String name,
            List<String> parameters, List<Expression> defaults, List<Statement> body, java.util.Set<String> extras) {}

    private final Definition definition;
    private final Frame around;
    private final Output output;

    Macro(Definition definition, Frame around, Output output) {
        this.definition = definition;
        this.around = around;
        this.output = output;
    }

    String name() { return definition.name; }

    @Override public Object call(Budget budget, Arguments arguments) {
        budget.enter();
        var frame = around.inner();
        bind(frame, arguments);
        TracedText text = Statement.captured(definition.body, frame, output);
        budget.weigh(text);
        budget.leave();
        return text;
    }

    private void bind(Frame frame, Arguments arguments) {
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        var parameters = definition.parameters;
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (i < arguments.positional().size()) {
                frame.set(parameter, arguments.positional().get(i));
            } else if (named.containsKey(parameter)) {
                frame.set(parameter, named.remove(parameter));
            } else {
                var otherwise = definition.defaults.get(i);
                frame.set(parameter, otherwise == null ? new Undefined("parameter '" + parameter + "' was not provided")
                        : otherwise.value(frame));
            }
        }
        if (definition.extras.contains(CALLER) && !parameters.contains(CALLER)) {
            frame.set(CALLER, named.containsKey(CALLER) ? named.remove(CALLER) : new Undefined("No caller defined"));
        }
        bindRest(frame, arguments.from(parameters.size()).positional(), named);
    }

    private void bindRest(Frame frame, List<Object> positional, Map<String, Object> named) {
        if (definition.extras.contains("kwargs")) {
            var map = new LinkedHashMap<>();
            named.forEach((name, value) -> map.put(TracedText.of(name), value));
            frame.set("kwargs", map);
        } else if (!named.isEmpty()) {
            throw TemplateException.because("macro '%s' takes no keyword argument '%s'", name(),
                    named.keySet().iterator().next());
        }
        if (definition.extras.contains("varargs")) {
            frame.set("varargs", new Tuple(positional));
        } else if (!positional.isEmpty()) {
            throw TemplateException.because("macro '%s' takes not more than %d arguments", name(),
                    definition.parameters.size());
        }
    }
}
