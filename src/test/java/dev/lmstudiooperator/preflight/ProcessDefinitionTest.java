package dev.lmstudiooperator.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessDefinitionTest {

    private final ProcessDefinition process = new ProcessDefinition("lmstudio-operator", "gpu-1", List.of());

    @ParameterizedTest
    @CsvSource({
        "system:serviceaccount:lmstudio-operator:lmstudio-operator-agent, gpu-1",
        "system:serviceaccount:lmstudio-operator:node.gpu-1, ''",
        // The name of the account takes precedence, as in the node restriction.
        "system:serviceaccount:lmstudio-operator:node.gpu-1, gpu-2",
        // Not subject to the node restriction.
        "system:serviceaccount:lmstudio-operator:lmstudio-operator-all, gpu-2",
        "system:serviceaccount:lmstudio-operator:lmstudio-operator-controller, ''",
        "system:serviceaccount:elsewhere:node.gpu-2, gpu-2",
        "kubernetes-admin, ''",
    })
    void whoMayWriteForTheNodeIsLetIn(String userName, String tokenNode) {
        assertThat(process.objection(userName, tokenNode)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "system:serviceaccount:lmstudio-operator:lmstudio-operator-agent, gpu-2, of node gpu-2",
        "system:serviceaccount:lmstudio-operator:lmstudio-operator-agent, '', of no node",
        "system:serviceaccount:lmstudio-operator:node.gpu-2, '', of node gpu-2",
        "system:serviceaccount:lmstudio-operator:node.gpu-2, gpu-1, of node gpu-2",
        "system:serviceaccount:lmstudio-operator:default, '', of no node",
    })
    void tokenOfAnotherNodeIsReportedWithBothNames(String userName, String tokenNode, String words) {
        assertThat(process.objection(userName, tokenNode)).hasValueSatisfying(why -> assertThat(why)
                .contains("agent of node gpu-1", "its token is " + words, "node-name"));
    }

    @Test
    void ruleIsReportedInTheFormOfRbac() {
        assertThat(PolicyRule.in("ns", "coordination.k8s.io", "leases", "get", "patch"))
                .hasToString("get, patch of leases (coordination.k8s.io) in namespace ns");
        assertThat(PolicyRule.anywhere("", "nodes", "list")).hasToString("list of nodes");
    }
}
