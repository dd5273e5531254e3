package io.weft.app.terminal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * While it is open, Ctrl-C and requests to end (SIGTERM, SIGHUP) are given to a handler instead of ending the process:
 * the JVM would tear libtorch down under a running computation. A signal that this system does not have is passed over.
 */
public final class Signals implements AutoCloseable {
    private static final List<String> INTERRUPT = List.of("INT"), ANY = List.of("INT", "TERM", "HUP");
    private final Map<String, Object> before = new LinkedHashMap<>();

    private Signals(List<String> names, Runnable handler) {
        for (String name : names) {
            Object earlier = org.jline.utils.Signals.register(name, handler);
            if (isIgnoring(earlier)) {   // nohup
                org.jline.utils.Signals.unregister(name, earlier);
            } else if (earlier != null) {
                before.put(name, earlier);
            }
        }
    }

    /** Ctrl-C, SIGTERM and SIGHUP. @param handler called on a thread of its own */
    public static Signals any(Runnable handler) { return new Signals(ANY, handler); }

    /** Ctrl-C only. */
    public static Signals interrupt(Runnable handler) { return new Signals(INTERRUPT, handler); }

    /** By reflection, for the compiler forbids to name what jline calls by reflection too. */
    private static boolean isIgnoring(Object handler) {
        try {
            return Class.forName("sun.misc.SignalHandler").getField("SIG_IGN").get(null).equals(handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no module jdk.unsupported", e);
        }
    }

    @Override public void close() { before.forEach(org.jline.utils.Signals::unregister); }
}
