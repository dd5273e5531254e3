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

    /** Settings and choices, those of the sections within it in their place: the keys of the group, in order. */
    public List<Entry> keys() {
        List<Entry> keys = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Section<?> inner) {
                keys.addAll(inner.keys());
            } else {
                keys.add(entry);
            }
        }
        return keys;
    }

    /** The settings among {@link #keys}. */
    public List<Setting> settings() {
        return keys().stream().filter(Setting.class::isInstance).map(Setting.class::cast).toList();
    }

    public Optional<Setting> setting(String key) {
        return settings().stream().filter(setting -> setting.name().equals(key)).findFirst();
    }

    /** The default as a file writes it; null for what is optional, "" for what is required. */
    public Object defaultOf(Setting setting) { return valueOf(defaults, setting); }

    /** A record's value as a file writes it, null where an optional one is unset. */
    public Object valueOf(Object record, Setting setting) { return setting.written(componentOf(record, setting)); }

    /** What a record holds under a key. */
    public Object componentOf(Object record, Entry key) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).equals(key)) {
                return component(record, i);
            }
            if (entries.get(i) instanceof Section<?> inner && inner.keys().contains(key)) {
                return inner.componentOf(component(record, i), key);
            }
        }
        throw new IllegalArgumentException(name + " has no " + key.name());
    }

    /**
     * The record with these values by key, as {@link Values#parse} gives them, null for what is unset, and with what is
     * chosen; defaults for the others.
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
    public void check(R record, Problems problems) { checkRecord(record, name, problems); }

    /** The same for a group that stands elsewhere. */
    void checkRecord(Object record, String path, Problems problems) {
        for (Entry key : keys()) {
            key.check(componentOf(record, key), path + "." + key.name(), problems);
        }
    }

    @Override public void check(Object component, String path, Problems problems) {
        checkRecord(component, path, problems);
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
