package dev.lmstudiooperator.simulator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.state.Json;
import java.util.List;
import java.util.function.Consumer;

/** Faults that change a correct JSON output. */
final class OutputFaults {

    private OutputFaults() {}

    static String apply(List<Fault> faults, String json) {
        var text = json;
        for (var fault : faults) {
            text = switch (fault.kind()) {
                case TRUNCATE -> text.substring(0, (int) Math.min(text.length(), fault.number("chars", 40)));
                case UNKNOWN_FIELD ->
                    each(text, element -> element.put(fault.text("field", "addedInAnotherRelease"), 1));
                case NULL_NUMBER -> each(text, element -> element.putNull(fault.text("field", "contextLength")));
                case REMOVE_FIELD -> each(text, element -> element.remove(fault.text("field", "identifier")));
                default -> text;
            };
        }
        return text;
    }

    private static String each(String json, Consumer<ObjectNode> change) {
        try {
            var tree = Json.MAPPER.readTree(json);
            for (JsonNode element : tree.isArray() ? tree : List.of(tree)) {
                if (element instanceof ObjectNode fields) {
                    change.accept(fields);
                }
            }
            return Json.write(tree);
        } catch (JsonProcessingException e) {
            return json;
        }
    }
}
