package dev.lmstudiooperator.agent;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers the last thousand values, for as long as caches may not know of what happened to them. Safe for all threads. */
final class Recent<T> {

    private static final int MOST = 1000;

    private final Map<T, Boolean> values = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(T value) {
        values.put(value, true);
    }

    synchronized boolean contains(T value) {
        return values.containsKey(value);
    }
}
