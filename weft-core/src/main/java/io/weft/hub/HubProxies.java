package io.weft.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name (in either case), which Python's client obeys and
 * the JDK does not read. Without them: the JDK's own rule.
 */
public final class HubProxies extends ProxySelector {
    private final Map<String, String> environment;

    public HubProxies(Map<String, String> environment) { this.environment = Map.copyOf(environment); }

    @Override public List<Proxy> select(URI target) {
        String named = variable(target.getScheme() + "_proxy", variable("all_proxy", ""));
        if (named.isEmpty()) {
            return ProxySelector.getDefault() == null ? List.of(Proxy.NO_PROXY)
                    : ProxySelector.getDefault().select(target);
        }
        URI proxy = address(named);
        boolean direct = proxy.getHost() == null || excepted(target.getHost());
        return List.of(direct ? Proxy.NO_PROXY
                : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort() < 0
                ? 80 : proxy.getPort())));
    }

    private static URI address(String named) {
        try {
            return URI.create(named.contains("://") ? named : "http://" + named);
        } catch (IllegalArgumentException notAnAddress) {
            return URI.create("");
        }
    }

    private boolean excepted(String host) {
        for (String exception : variable("no_proxy", "").split("[,\\s]+")) {
            String suffix = exception.replaceFirst("^\\*?\\.", "");
            if (exception.equals("*") || !suffix.isEmpty()
                    && (host.equalsIgnoreCase(suffix)
                    || host.toLowerCase(Locale.ROOT).endsWith("." + suffix.toLowerCase(Locale.ROOT)))) {
                return true;
            }
        }
        return false;
    }

    private String variable(String name, String otherwise) {
        String lower = name.toLowerCase(Locale.ROOT);
        String value = environment.getOrDefault(lower, environment.getOrDefault(lower.toUpperCase(Locale.ROOT), ""))
                .strip();
        return value.isEmpty() ? otherwise : value;
    }

    @Override public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
        // the request fails with the same exception, which is told to the user
    }
}
