package io.sagara.operator.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/// The way to the API server: the service account of the pod, or what KUBECONFIG names. Any number of threads
/// may use it.
public final class ApiServer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final KubernetesClient client;
    private final String namespace;

    /// The API server of this process' surroundings; nothing is connected yet. `namespace`: that of all our
    /// objects.
    public static ApiServer ofSurroundings(String namespace) {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestTimeout(TIMEOUT_MILLIS)
                .withConnectionTimeout(TIMEOUT_MILLIS)
                // our own rounds try again
                .withRequestRetryBackoffLimit(0)
                .build();
        return new ApiServer(
                new KubernetesClientBuilder()
                        .withConfig(config)
                        .withHttpClientFactory(new JdkHttpClientFactory())
                        .build(),
                namespace);
    }

    ApiServer(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    /// The address, for logs.
    public String address() {
        return client.getMasterUrl().toString();
    }

    /// Makes a call; `what` names it in the message of a failure.
    static <A> A call(String what, Supplier<A> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            Problem problem =
                    switch (e.getCode()) {
                        // somebody was there first
                        case HttpURLConnection.HTTP_CONFLICT -> Problem.BUSY;
                        case HttpURLConnection.HTTP_NOT_FOUND -> Problem.NOT_FOUND;
                        default -> Problem.UNAVAILABLE;
                    };
            throw new StorageException(problem, "the API server cannot " + what + ": " + reason(e), e);
        }
    }

    /// What the API server said, or else what kept us from hearing it.
    private static String reason(KubernetesClientException failure) {
        if (failure.getStatus() != null && failure.getStatus().getMessage() != null) {
            return failure.getStatus().getMessage();
        }
        String reason = String.valueOf(failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            reason = cause.toString();
        }
        return reason;
    }

    @Override
    public void close() {
        client.close();
    }
}
