package dev.lmstudiooperator;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Runs one in {@value #SHARE} of the cases of a property, which is enough during development. If {@value #ALL} is set
 * in the environment, as in {@code .ci/run}, all cases run.
 */
public final class FewerCases implements AroundPropertyHook {

    static final String ALL = "EVERY_CASE";
    static final int SHARE = 25;

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        if (System.getenv(ALL) == null) {
            PropertyAttributes attributes = context.attributes();
            attributes.setTries(fewer(attributes.tries().orElseThrow()));
        }
        return property.execute();
    }

    private static int fewer(int tries) {
        return Math.max(1, tries / SHARE);
    }
}
