package dev.lmstudiooperator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.IpAddressMatcher;
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
 * Reads {@code NO_PROXY} as other programs do: with blanks, with {@code *.} before a domain, and with entries that would
 * stop this client from starting. The client never uses a proxy for an API server on this machine.
 */
@Singleton
final class ApiServerProxy implements KubernetesConfigCustomizer {

    /** Entries that the client accepts: addresses, networks and names. */
    private static final Pattern UNDERSTOOD = Pattern.compile("[0-9A-Za-z.:/-]+");

    /** An IPv4 address or network. The client matches other addresses only if they are named in full. */
    private static final Pattern NETWORK = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}(/\\d{1,2})?");

    @Override
    public void customize(Config config) {
        List<String> exceptions = exceptions(config.getNoProxy());
        config.setNoProxy(exceptions.stream()
                .filter(entry -> UNDERSTOOD.matcher(entry).matches())
                .toArray(String[]::new));
        String host = host(config.getMasterUrl());
        if (host.equals("localhost")
                || isLoopback(host)
                || exceptions.stream().anyMatch(entry -> entry.equals("*") || isNamedBy(entry, host))) {
            // Failure reports then name a proxy only if the request used it.
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

    private static String host(String url) {
        return Optional.ofNullable(URI.create(url).getHost()).orElse("").toLowerCase(Locale.ROOT);
    }

    /** Compares an entry with the host in the same way as the client. */
    private static boolean isNamedBy(String entry, String host) {
        return NETWORK.matcher(entry).matches()
                ? NETWORK.matcher(host).matches() && new IpAddressMatcher(entry).matches(host)
                : !entry.isEmpty() && host.endsWith(entry.toLowerCase(Locale.ROOT));
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
