package io.weft.extension;

import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * A set that grows: what Weft brings, named where the table is made, and what other jars add. A jar adds a class with a
 * public constructor without arguments, registered as Java's {@link java.util.ServiceLoader} reads it (its name in
 * {@code META-INF/services/}), and says in {@code META-INF/weft/extension.json} which Weft it was built for: see {@link
 * ExtensionJar}. What that constructor makes is the prototype: name and settings are asked of it. A jar that cannot be
 * used as it is ends the process with its name and the reason, so nothing of it is ever half used.
 */
public final class OpenTable<T> {
    private final Translatable what;
    private final Class<T> type;
    private final Function<T, String> name;
    private final List<T> builtIns;
    private volatile Loaded<T> loaded;

    private record Loaded<T>(ClassLoader loader, List<T> all) {}

    private OpenTable(Translatable what, Class<T> type, Function<T, String> name, List<T> builtIns) {
        this.what = what;
        this.type = type;
        this.name = name;
        this.builtIns = builtIns;
    }

    /**
     * @param what     one of these is, in messages: "tuning method"
     * @param builtIns in the order in which they are offered; the first is the usual one
     */
    @SafeVarargs public static <T> OpenTable<T> of(Translatable what, Class<T> type, Function<T, String> name,
            T... builtIns) {
        List<T> all = new ArrayList<>();
        for (T builtIn : builtIns) {
            all.add(builtIn);
        }
        return new OpenTable<>(what, type, name, List.copyOf(all));
    }

    /**
     * All, those of other jars last.
     *
     * @throws UserError naming a jar on the class path that cannot be used, and why
     */
    public List<T> all() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? OpenTable.class.getClassLoader() : context;
        Loaded<T> known = loaded;
        if (known == null || known.loader != loader) {
            known = new Loaded<>(loader, all(loader));
            loaded = known;
        }
        return known.all;
    }

    /** What the jars of one class loader make of it. */
    List<T> all(ClassLoader loader) {
        List<T> all = new ArrayList<>(builtIns);
        for (ExtensionJar jar : ExtensionJar.providing(type, loader)) {
            for (T added : jar.make(type, loader)) {
                String word = jar.named(added, name);
                all.stream().filter(other -> name.apply(other).equals(word)).findFirst().ifPresent(other -> {
                    throw UserError.of(say("extension %s: its %s is called %s, as %s is already; remove the jar, or "
                            + "ask its author for another name", jar, what, word, other.getClass().getName()));
                });
                all.add(added);
            }
        }
        return List.copyOf(all);
    }

    /** The one of this name. */
    public Optional<T> find(String word) {
        return all().stream().filter(one -> name.apply(one).equals(word)).findFirst();
    }

    /** The names, in the order in which they are offered. */
    public List<String> names() { return all().stream().map(name).toList(); }
}
