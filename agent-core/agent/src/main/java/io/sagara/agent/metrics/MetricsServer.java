package io.sagara.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sagara.agent.process.ProcessCost;
import io.sagara.agent.publish.VolumeUses;
import io.sagara.api.v1.PoolStatus;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `GET /metrics` in Prometheus' text format, and nothing else. It tells names, sizes and counts to whoever
/// can reach its address; it changes nothing.
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final PrometheusTextFormatWriter TEXT = PrometheusTextFormatWriter.create();
    private static final int OK = 200;
    private static final int WRONG_METHOD = 405;
    private static final int NOT_FOUND = 404;
    private static final int FAILED = 500;
    private static final int NO_BODY = -1;
    /// Prometheus asks one at a time; a queue of callers means that something else asks.
    private static final int BACKLOG = 16;

    private final List<Metrics> sources;
    private final HttpServer server;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    /// Listens on `address` at once; port 0 is any free one, which is logged. `node`: the name of this node.
    /// UNAVAILABLE where the address is not of this node or is taken.
    public MetricsServer(
            InetSocketAddress address,
            String node,
            Supplier<List<PoolStatus>> pools,
            VolumeUses volumes,
            RequestMetrics requests) {
        this(address, List.of(new PoolMetrics(node, pools, ProcessCost::of), new VolumeMetrics(volumes), requests));
    }

    MetricsServer(InetSocketAddress address, List<Metrics> sources) {
        this.sources = sources;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot serve metrics on " + address + ": " + e.getMessage() + "; set SAGARA_METRICS to a free port"
                            + " of this node",
                    e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(calls);
        server.start();
        LOG.atInfo().addKeyValue("address", server.getAddress()).log("serving metrics");
    }

    /// Where it listens.
    InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange call) throws IOException {
        try (call) {
            if (!call.getRequestURI().getPath().equals("/metrics")) {
                call.sendResponseHeaders(NOT_FOUND, NO_BODY);
            } else if (!call.getRequestMethod().equals("GET")) {
                call.sendResponseHeaders(WRONG_METHOD, NO_BODY);
            } else {
                send(call);
            }
        }
    }

    private void send(HttpExchange call) throws IOException {
        byte[] text;
        try {
            text = text();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("metrics could not be told");
            call.sendResponseHeaders(FAILED, NO_BODY);
            return;
        }
        call.getResponseHeaders().set("Content-Type", PrometheusTextFormatWriter.CONTENT_TYPE);
        call.sendResponseHeaders(OK, text.length);
        call.getResponseBody().write(text);
    }

    private byte[] text() throws IOException {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        sources.forEach(source -> source.now().forEach(all::metricSnapshot));
        var text = new ByteArrayOutputStream();
        TEXT.write(text, all.build());
        return text.toByteArray();
    }

    /// Ends it, with whatever is being answered.
    @Override
    public void close() {
        server.stop(0);
        calls.shutdownNow();
    }
}
