package io.weft.recipe;

import io.weft.problem.Translatable;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A group of settings that are the components of one record. */
final class Section<R extends Record> {
    private final String path;
    private final R defaults;
    private final Translatable about;
    private final List<Setting> settings;

    /**
     * @param path such as "tuning.lora"
     * @param settings one for each component, in their order; anything else is a bug that shows at once
     */
    Section(String path, R defaults, Translatable about, Setting... settings) {
        this.path = path;
        this.defaults = defaults;
        this.about = about;
        this.settings = List.of(settings);
        List<String> names = Arrays.stream(components()).map(RecordComponent::getName).toList();
        List<String> described = this.settings.stream().map(Setting::name).toList();
        if (!names.equals(described)) {
            throw new IllegalStateException(path + " has components " + names + " but describes " + described);
        }
        for (Setting setting : settings) {
            boolean optional = isOptional(setting);
            if (optional != setting.isOptional() || !optional
                    && "".equals(defaultOf(setting)) != setting.isRequired()) {
                throw new IllegalStateException(path(setting) + " is described as "
                        + (setting.isOptional() ? "optional" : setting.isRequired() ? "required" : "having a default"));
            }
        }
    }

    String path() { return path; }

    /** The last part of the path. */
    String name() { return path.substring(path.lastIndexOf('.') + 1); }

    String path(Setting setting) { return path + "." + setting.name(); }

    Translatable about() { return about; }

    R defaults() { return defaults; }

    List<Setting> settings() { return settings; }

    Optional<Setting> setting(String name) {
        return settings.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /** True when the record is one of this section. */
    boolean holds(Object record) { return defaults.getClass().isInstance(record); }

    /** The default as {@link Values} reads it; null for what is optional, "" for what is required. */
    Object defaultOf(Setting setting) { return valueOf(defaults, setting); }

    /** A component's value as {@link Values} reads it, null for an empty optional. */
    Object valueOf(Object record, Setting setting) {
        Object value;
        try {
            value = component(setting).getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(path(setting), e);
        }
        if (value instanceof OptionalInt number) {
            return number.isPresent() ? number.getAsInt() : null;
        }
        if (value instanceof OptionalDouble number) {
            return number.isPresent() ? number.getAsDouble() : null;
        }
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    }

    /** The record with these values by name, as {@link Values} reads them, and defaults for the others. */
    R with(Map<String, Object> given) {
        RecordComponent[] components = components();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Setting setting = settings.get(i);
            arguments[i] = boxed(components[i].getType(), given.containsKey(setting.name()) ? given.get(setting.name())
                    : defaultOf(setting));
        }
        try {
            @SuppressWarnings("unchecked") Class<R> type = (Class<R>) defaults.getClass();
            return type.getConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                    .newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(path, e);
        }
    }

    private static Object boxed(Class<?> type, Object value) {
        if (type == OptionalInt.class) {
            return value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
        }
        if (type == OptionalDouble.class) {
            return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
        }
        return type == Optional.class ? Optional.ofNullable(value) : value;
    }

    private boolean isOptional(Setting setting) {
        return List.of(Optional.class, OptionalInt.class, OptionalDouble.class).contains(component(setting).getType());
    }

    private RecordComponent component(Setting setting) { return components()[settings.indexOf(setting)]; }

    private RecordComponent[] components() { return defaults.getClass().getRecordComponents(); }
}
