package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.function.Consumer;

/**
 * Events of the node for its ManagedModels. The framework tells an event source, and nobody else, of the ManagedModels
 * that come to the node and leave it.
 */
final class ManagedModelEventSource extends SimpleInboundEventSource<ManagedModel> implements ResourceEventAware<ManagedModel> {

    private final Consumer<ManagedModel> comesOrGoes;

    ManagedModelEventSource(Consumer<ManagedModel> comesOrGoes) {
        super("node");
        this.comesOrGoes = comesOrGoes;
    }

    @Override
    public void onResourceCreated(ManagedModel model) {
        comesOrGoes.accept(model);
    }

    @Override
    public void onResourceDeleted(ManagedModel model) {
        comesOrGoes.accept(model);
    }
}
