package io.weft.app.api;

import io.javalin.http.Context;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.app.http.Visit;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What a request says and nobody reads. A client learns the names in a header of the answer, whoever runs the server in
 * the request's line of its log; a strict server refuses the first of them. Belongs to one request.
 */
public final class IgnoredFields {
    public static final String HEADER = "X-Weft-Ignored";
    private static final int MOST_NAMES = 20, LONGEST_NAME = 60;
    private final boolean strict;
    private final Set<String> names = new LinkedHashSet<>();

    public IgnoredFields(boolean strict) { this.strict = strict; }

    /** @param known what is read, or means nothing to an answer */
    public void beside(RequestBody body, Set<String> known) {
        body.beside(known).forEach(name -> {
            if (strict) {
                throw Refusal.request(400, "unknown_parameter", name,
                        say("'%s' is not a parameter here; there are %s", name,
                        String.join(", ", new TreeSet<>(known))));
            }
            names.add(name);
        });
    }

    /** Of one field within a parameter. @param name such as {@code messages[0].color} */
    public void add(String name) {
        if (strict) {
            throw Refusal.request(400, "unknown_parameter", name, say("'%s' is not a parameter here", name));
        }
        names.add(name);
    }

    public Set<String> names() { return Set.copyOf(names); }

    /** Names them in the answer's header, to be called before its first byte, and in the log. */
    public void tell(Context context) {
        if (!names.isEmpty()) {
            // a header holds visible ASCII; what a client calls a field may be anything
            String told = names.stream().limit(MOST_NAMES).map(name -> name.replaceAll("[^!-+\\--~]", "?"))
                    .map(name -> name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...")
                    .collect(Collectors.joining(", ")) + (names.size() > MOST_NAMES ? ", ..." : "");
            context.header(HEADER, told);
            Visit.of(context).note("ignored " + told);
        }
    }
}
