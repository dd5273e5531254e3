package io.weft.app.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * While it is open, Ctrl-C and requests to end (SIGTERM, SIGHUP) are given to a handler instead of ending the process:
 * the JVM would tear libtorch down under a running computation. Java has no public way to say this, so {@code
 * sun.misc.Signal} of the module jdk.unsupported is called by reflection; the compiler forbids to name it.
 */
public final class Signals implements AutoCloseable {
    private static final List<String> INTERRUPT = List.of("INT"), ANY = List.of("INT", "TERM", "HUP");
    private final Map<Object, Object> before = new LinkedHashMap<>();

    private Signals(List<String> names, Runnable handler) { names.forEach(name -> take(name, handler)); }

    /** Ctrl-C, SIGTERM and SIGHUP. @param handler called on a thread of its own */
    public static Signals any(Runnable handler) { return new Signals(ANY, handler); }

    /** Ctrl-C only. */
    public static Signals interrupt(Runnable handler) { return new Signals(INTERRUPT, handler); }

    private void take(String name, Runnable handler) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal"), handlers = Class.forName("sun.misc.SignalHandler");
            Object signal = signals.getConstructor(String.class).newInstance(name);
            Object receiver = Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] {handlers},
                    (self, method, arguments) -> {
                switch (method.getName()) {
                    case "handle": handler.run(); return null;
                    case "equals": return self == arguments[0];
                    case "hashCode": return System.identityHashCode(self);
                    default: return name;
                }
            });
            Object earlier = signals.getMethod("handle", signals, handlers).invoke(null, signal, receiver);
            Object ignored = handlers.getField("SIG_IGN").get(null);
            if (earlier == ignored) {   // nohup
                signals.getMethod("handle", signals, handlers).invoke(null, signal, ignored);
            } else {
                before.put(signal, earlier);
            }
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {   // this system has no such signal
                throw new IllegalStateException(e.getCause());
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no module jdk.unsupported", e);
        }
    }

    @Override public void close() {
        before.forEach((signal, earlier) -> {
            try {
                signal.getClass().getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"))
                        .invoke(null, signal, earlier);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
