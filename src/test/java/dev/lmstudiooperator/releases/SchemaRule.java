package dev.lmstudiooperator.releases;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.stream.Stream;

/** Looks at one field as two releases describe it, and tells what whoever relies on the older one would run into. */
@FunctionalInterface
interface SchemaRule {

    Stream<String> breaches(JSONSchemaProps before, JSONSchemaProps after);
}
