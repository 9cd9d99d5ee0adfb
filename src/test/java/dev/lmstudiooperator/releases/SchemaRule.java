package dev.lmstudiooperator.releases;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.stream.Stream;

/** Compares one field of two releases, and reports what breaks for users of the older one. */
@FunctionalInterface
interface SchemaRule {

    Stream<String> breaches(JSONSchemaProps before, JSONSchemaProps after);
}
