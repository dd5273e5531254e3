package io.weft.jinja;

import java.util.List;

/** What stands left of an assignment. */
interface Target {
    void assign(Frame frame, Object value);

    static Target name(String name) { return (frame, value) -> frame.set(name, value); }

    /** {@code namespace.attribute}. */
    static Target attribute(String namespace, String attribute) {
        return (frame, value) -> {
            if (!(frame.get(namespace) instanceof Namespace space)) {
                throw TemplateException.because("cannot assign attribute '%s': %s is no namespace", attribute,
                        namespace);
            }
            space.attributes().put(attribute, value);
        };
    }

    /** {@code a, b}: one element each. */
    static Target unpacking(List<Target> targets) {
        return (frame, value) -> {
            var elements = Values.iterate(frame.budget(), Undefined.refuse(value));
            if (elements.size() != targets.size()) {
                throw TemplateException.because("cannot unpack %d values into %d names", elements.size(),
                        targets.size());
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(frame, elements.get(i));
            }
        };
    }
}
