package dev.lmstudiooperator.config;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** Name of the node that this process serves. */
@ApplicationScoped
public class NodeIdentity {

    private final OperatorConfig config;

    NodeIdentity(OperatorConfig config) {
        this.config = config;
    }

    public String name() {
        return config.nodeName().orElseGet(NodeIdentity::hostName);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(
                    "This host has no name of its own: set lmstudio-operator.node-name to the name of its Node", e);
        }
    }
}
