package io.weft.jinja;

/**
 * A name, attribute or element that is not there. It prints as nothing, is false, is empty when iterated, and is an
 * error in every other use; why says what was missing.
 */
record Undefined(String why) {
    static Undefined name(String name) { return new Undefined("'" + name + "' is undefined"); }

    static Undefined attribute(Object of, String name) {
        return new Undefined("'" + Values.objectName(of) + "' has no attribute '" + name + "'");
    }

    static Undefined element(Object of, Object key) {
        return new Undefined(Values.objectName(of) + " has no element " + PythonText.repr(key));
    }

    /** What Python's sandbox calls unsafe: a method that would change a list or dict that the caller still holds. */
    static Undefined unsafe(Object of, String name) {
        return new Undefined("access to attribute '" + name + "' of '" + Values.typeName(of) + "' object is unsafe");
    }

    TemplateException error() { return TemplateException.because("%s", why); }

    /** The value itself, or its error when it is undefined. */
    static Object refuse(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        return value;
    }
}
