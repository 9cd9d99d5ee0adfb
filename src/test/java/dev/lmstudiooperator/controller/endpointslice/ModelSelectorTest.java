package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSelectorTest {

    @Test
    void labelsAreSeparatedByCommas() {
        assertThat(ModelSelector.parse("app=chat, example.org/tier == gpu,empty=")
                        .orElseThrow())
                .isEqualTo(new ModelSelector(Map.of("app", "chat", "example.org/tier", "gpu", "empty", "")));
    }

    @Test
    void allLabelsMustMatch() {
        ModelSelector selector = ModelSelector.parse("app=chat,tier=gpu").orElseThrow();

        assertThat(selector.matches(Map.of("app", "chat", "tier", "gpu", "more", "labels")))
                .isTrue();
        assertThat(selector.matches(Map.of("app", "chat"))).isFalse();
        assertThat(selector.matches(Map.of("app", "chat", "tier", "cpu"))).isFalse();
        assertThat(selector.matches(null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "app",
                "app=chat,",
                ",app=chat",
                "app!=chat",
                "app in (chat)",
                "=chat",
                "app=chat=x",
                "app=-chat",
                "-app=chat",
                "a/b/c=d",
                "/app=chat",
                "app/=chat",
                "app=chat,app=other",
                "app=ch at",
                "UPPER/app=chat"
            })
    void otherTextIsRefused(String text) {
        assertThat(ModelSelector.parse(text)).isEmpty();
    }

    @Test
    void selectorIsReadFromTheAnnotation() {
        String annotation = "lmstudio-operator.dev/model-selector";

        assertThat(selectorOf(Map.of(annotation, "app=chat"))).contains(new ModelSelector(Map.of("app", "chat")));
        assertThat(selectorOf(Map.of(annotation, "app"))).isEmpty();
        assertThat(selectorOf(Map.of("other", "app=chat"))).isEmpty();
        assertThat(selectorOf(null)).isEmpty();
    }

    private static Optional<ModelSelector> selectorOf(@Nullable Map<String, String> annotations) {
        Service service = new Service();
        service.setMetadata(new ObjectMetaBuilder().withAnnotations(annotations).build());
        return ModelSelector.of(service);
    }

    @Test
    void repeatedLabelWithTheSameValueIsAccepted() {
        assertThat(ModelSelector.parse("app=chat,app=chat")).contains(new ModelSelector(Map.of("app", "chat")));
    }
}
