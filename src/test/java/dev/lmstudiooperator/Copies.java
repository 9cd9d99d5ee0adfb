package dev.lmstudiooperator;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Copies records with one component changed. Java has no withers yet. */
public final class Copies {

    private Copies() {}

    @SuppressWarnings("unchecked")
    public static <R extends Record> R copy(R record, String component, @Nullable Object value) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        if (Arrays.stream(components).noneMatch(c -> c.getName().equals(component))) {
            throw new IllegalArgumentException(record.getClass() + " has no component " + component);
        }
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            @Nullable Object[] values = new @Nullable Object[components.length];
            for (int i = 0; i < components.length; i++) {
                values[i] = components[i].getName().equals(component)
                        ? value
                        : accessible(components[i].getAccessor()).invoke(record);
            }
            return (R)
                    accessible(record.getClass().getDeclaredConstructor(types)).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot copy " + record, e);
        }
    }

    /** The record may be private. */
    private static <E extends AccessibleObject> E accessible(E executable) {
        executable.setAccessible(true);
        return executable;
    }
}
