package io.weft.jinja;

import java.util.List;
import java.util.Map;

/** The values of a call as written: by position, then by name. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static Arguments of(Object... positional) { return new Arguments(java.util.Arrays.asList(positional), Map.of()); }

    /** The arguments after the first few. */
    Arguments from(int position) {
        return new Arguments(positional.subList(Math.min(position, positional.size()), positional.size()), named);
    }

    Object first() {
        if (positional.isEmpty()) {
            throw TemplateException.because("an argument is missing");
        }
        return positional.get(0);
    }
}
