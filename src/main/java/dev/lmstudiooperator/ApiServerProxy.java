package dev.lmstudiooperator;

import io.fabric8.kubernetes.client.Config;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code NO_PROXY} as other programs do: with blanks, with {@code *.} before a domain, and with entries that this client
 * refuses to start with. An API server of this machine is never asked through a proxy.
 */
@Singleton
final class ApiServerProxy implements KubernetesConfigCustomizer {

    /** What the client takes: addresses, networks and names. */
    private static final Pattern UNDERSTOOD = Pattern.compile("[0-9A-Za-z.:/-]+");

    @Override
    public void customize(Config config) {
        List<String> exceptions = exceptions(config.getNoProxy());
        config.setNoProxy(exceptions.stream()
                .filter(entry -> UNDERSTOOD.matcher(entry).matches())
                .toArray(String[]::new));
        if (exceptions.contains("*") || isOfThisMachine(config.getMasterUrl())) {
            config.setHttpProxy(null);
            config.setHttpsProxy(null);
        }
    }

    private static List<String> exceptions(String @Nullable [] entries) {
        return Optional.ofNullable(entries).stream()
                .flatMap(Arrays::stream)
                .flatMap(entry -> Arrays.stream(entry.split("[,\\s]+")))
                .map(entry -> entry.startsWith("*.") ? entry.substring(1) : entry)
                .toList();
    }

    private static boolean isOfThisMachine(String url) {
        String host = URI.create(url).getHost();
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || isLoopback(name);
    }

    private static boolean isLoopback(String address) {
        boolean isLiteral = address.matches("[0-9.]+|\\[[0-9a-f:.]+]");
        try {
            return isLiteral && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
