package io.weft.settings;

import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * A group of settings that are the components of one record: types and defaults stand in the record, bounds and
 * descriptions here. A record with many settings is made of records: their sections stand within this one, and their
 * keys beside its own, so that the file stays flat.
 * <pre>
 *   record Lora(int rank, ...) {
 *       private static final Section&lt;Lora&gt; SECTION = Section.of("lora", new Lora(8, ...), text("low-rank
 *       updates"),
 *               Setting.of("rank", new Values.WholeNumber(1, 65_536), text("inner width of the update")), ...);
 * </pre>
 */
public final class Section<R> implements Entry {
    private final String name;
    private final R defaults;
    private final Translatable about;
    private final List<Entry> entries;

    private Section(String name, R defaults, Translatable about, List<Entry> entries) {
        this.name = name;
        this.defaults = defaults;
        this.about = about;
        this.entries = entries;
        List<String> names = Arrays.stream(components()).map(RecordComponent::getName).toList();
        List<String> described = entries.stream().map(Entry::name).toList();
        if (!names.equals(described)) {
            throw new IllegalStateException(name + " has components " + names + " but describes " + described);
        }
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Setting setting) {
                check(setting, components()[i].getType());
            }
        }
    }

    /**
     * @param name    the key of the group, such as "lora"
     * @param entries one for each component, in their order; anything else is a bug that shows at once
     */
    public static <R extends Record> Section<R> of(String name, R defaults, Translatable about, Entry... entries) {
        return new Section<>(name, defaults, about, List.of(entries));
    }

    /** One whose record is a component of another, whose settings these are. */
    public static <R extends Record> Section<R> within(String name, R defaults, Entry... entries) {
        return new Section<>(name, defaults, null, List.of(entries));
    }

    private void check(Setting setting, Class<?> type) {
        boolean optional = List.of(Optional.class, OptionalInt.class, OptionalDouble.class).contains(type)
                && setting.values().written(null) == null;
        if (optional != setting.isOptional() || !optional
                && "".equals(defaultOf(setting)) != setting.isRequired()) {
            throw new IllegalStateException(name + "." + setting.name() + " is described as "
                    + (setting.isOptional() ? "optional" : setting.isRequired() ? "required" : "having a default"));
        }
    }

    @Override public String name() { return name; }

    /** One line on what it is for; null where it stands within another. */
    public Translatable about() { return about; }

    /** The record whose values stand where a file gives none. */
    public R defaults() { return defaults; }

    /** One for each component, in their order. */
    public List<Entry> entries() { return entries; }

    /** Every setting, those of the sections within it too, in the order of the file. */
    public List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Setting setting) {
                settings.add(setting);
            } else if (entry instanceof Section<?> inner) {
                settings.addAll(inner.settings());
            }
        }
        return settings;
    }

    public Optional<Setting> setting(String key) {
        return settings().stream().filter(setting -> setting.name().equals(key)).findFirst();
    }

    /** The default as a file writes it; null for what is optional, "" for what is required. */
    public Object defaultOf(Setting setting) { return valueOf(defaults, setting); }

    /** A record's value as a file writes it, null where an optional one is unset. */
    public Object valueOf(Object record, Setting setting) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).equals(setting)) {
                return setting.values().written(unboxed(component(record, i)));
            }
            if (entries.get(i) instanceof Section<?> inner && inner.settings().contains(setting)) {
                return inner.valueOf(component(record, i), setting);
            }
        }
        throw new IllegalArgumentException(name + " has no " + setting.name());
    }

    /**
     * The record with these values by key, as {@link Values#parse} gives them, null for what is unset; defaults for the
     * others.
     */
    public R with(Map<String, Object> given) {
        RecordComponent[] components = components();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = components[i].getName();
            arguments[i] = entries.get(i) instanceof Section<?> inner ? inner.with(given)
                    : given.containsKey(key) ? boxed(components[i].getType(), given.get(key)) : component(defaults, i);
        }
        try {
            @SuppressWarnings("unchecked") Class<R> type = (Class<R>) defaults.getClass();
            return type.getConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                    .newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** Adds every value of a record made in Java that a file could not give. */
    public void check(R record, Problems problems) {
        for (Setting setting : settings()) {
            Object value = valueOf(record, setting);
            if (value == null) {
                continue;
            }
            Node node = Node.of(value);
            if (setting.isRequired() && value.equals("")) {
                problems.add(say("%s.%s: is missing; expected %s", name, setting.name(), setting.values().expected()));
            } else if (setting.values().read(node).isEmpty()) {
                problems.add(say("%s.%s: expected %s, found %s", name, setting.name(), setting.values().expected(),
                        node.described()));
            }
        }
    }

    private Object component(Object record, int place) {
        try {
            var accessor = components()[place].getAccessor();
            accessor.trySetAccessible(); // a record may be private to its test or package
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + "." + entries.get(place).name(), e);
        }
    }

    private static Object unboxed(Object value) {
        if (value instanceof OptionalInt number) {
            return number.isPresent() ? number.getAsInt() : null;
        }
        if (value instanceof OptionalDouble number) {
            return number.isPresent() ? number.getAsDouble() : null;
        }
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    }

    private static Object boxed(Class<?> type, Object value) {
        if (type == OptionalInt.class) {
            return value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
        }
        if (type == OptionalDouble.class) {
            return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
        }
        return type == Optional.class && !(value instanceof Optional<?>) ? Optional.ofNullable(value) : value;
    }

    private RecordComponent[] components() { return defaults.getClass().getRecordComponents(); }
}
