package io.weft.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the source that was parsed so far speaks of: variables, and filters and tests that do not exist. */
final class MentionedNames {
    private final List<TemplateException> unknown = new ArrayList<>();
    private Set<String> names = new HashSet<>();

    void name(String name) { names.add(name); }

    /** The names of the set that is filled now. */
    Set<String> names() { return names; }

    /** Notes names in a set of their own from here on. @return the set before */
    Set<String> collectNames(Set<String> into) {
        var before = names;
        names = into;
        return before;
    }

    /**
     * A filter or test that does not exist is an error of the template, unless a condition may keep it from being
     * reached: then only reaching it is.
     */
    void unknown(TemplateException error) { unknown.add(error); }

    int unknown() { return unknown.size(); }

    /** Forgets the unknown ones after the first few, as a condition stands around them. */
    void forgiveUnknown(int known) { unknown.subList(known, unknown.size()).clear(); }

    Optional<TemplateException> firstUnknown() { return unknown.stream().findFirst(); }
}
