package dev.lmstudiooperator.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.AuditLog;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The writes of the controller in an audit log without those of Leases, by resource and subresource. */
record ControllerWrites(Map<String, Long> byResource) {

    static final String EVENTS = "events";

    private static final ObjectMapper JSON = new ObjectMapper();

    static ControllerWrites in(AuditLog log) {
        return new ControllerWrites(log.writesOf(Account.controller()).stream()
                .map(ControllerWrites::resource)
                .filter(resource -> !resource.equals("leases"))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting())));
    }

    long to(String resource) {
        return byResource.getOrDefault(resource, 0L);
    }

    /** Writes of the status of any object. */
    long statuses() {
        return byResource.entrySet().stream()
                .filter(writes -> writes.getKey().endsWith("/status"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    long all() {
        return byResource.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String resource(String line) {
        try {
            JsonNode object = JSON.readTree(line).path("objectRef");
            String subresource = object.path("subresource").asText();
            return object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
