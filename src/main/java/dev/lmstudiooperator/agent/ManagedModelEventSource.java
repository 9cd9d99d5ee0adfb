package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.function.Consumer;

/**
 * Delivers events of the node to its ManagedModels. JOSDK reports ManagedModels that come to the node or leave it only
 * to event sources.
 */
final class ManagedModelEventSource extends SimpleInboundEventSource<ManagedModel>
        implements ResourceEventAware<ManagedModel> {

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
