package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.IdentityGrpc;
import io.sagara.csi.v1.NodeGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Generated requests, right and wild, to all calls of both sockets: each failure is of a kind a caller can act on
/// and says why, and nothing is left or grows.
///
/// `-Dfuzz.requests=20000`: how many, at most what a minute and a half allows; `-Dfuzz.seed=N`: which.
class FuzzIT {
    private static final int CALLERS = 6;
    private static final Duration LONGEST = Duration.ofSeconds(90);
    private static final int SHOWN = 5;
    private static final long MOST_MEMORY_KIB = 200 * 1024;
    /// They end what the others are sent to, or take minutes each.
    private static final Set<String> LEFT_OUT = Set.of("Shutdown", "ApplyPool", "RemovePool");
    /// Nobody can act on these, or nothing has happened to which they would be the answer.
    private static final Set<Status.Code> FORBIDDEN = Set.of(
            Status.Code.INTERNAL,
            Status.Code.UNKNOWN,
            Status.Code.DATA_LOSS,
            Status.Code.CANCELLED,
            Status.Code.UNAVAILABLE,
            Status.Code.DEADLINE_EXCEEDED);

    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();
    private Scene scene;
    private Standalone sagara;
    private Path kubelet;
    private Path outside;

    @BeforeEach
    void open() throws IOException {
        // a source that is deleted while it is copied is UNAVAILABLE, which stands on chance here
        LongTests.only();
        scene = new Scene();
        kubelet = scene.newDirectory("kubelet");
        outside = scene.newDirectory("outside");
        Files.createSymbolicLink(kubelet.resolve("link"), outside);
        Files.writeString(kubelet.resolve("file"), "mine");
        Files.writeString(Files.createDirectory(kubelet.resolve("full")).resolve("precious"), "mine");
        for (int i = 0; i < 2; i++) {
            Files.createDirectory(kubelet.resolve("s" + i));
        }
        sagara = scene.keep(new Standalone(
                Scene.home(),
                scene.path("state"),
                scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))),
                Map.of("SAGARA_KUBELET_DIR", kubelet.toString())));
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void wildRequestsAreRefusedWithReasonsAndLeaveNothing() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        int most = Integer.getInteger("fuzz.requests", 20_000);
        System.out.println("fuzz.seed=" + seed);
        List<Long> processes = processes();
        try (UnixClient agent = new UnixClient(sagara.agentSocket());
                UnixClient csi = new UnixClient(sagara.csiSocket())) {
            send(agent, csi, seed, most / 10, LONGEST);
            Map<Long, ProcessFootprint> before = footprints(processes);
            send(agent, csi, seed + 1, most - sent.get(), LONGEST);
            clean(agent);
            System.out.println(sent + " requests " + new TreeMap<>(answers));
            assertThat(wrong.stream().distinct().limit(SHOWN).toList()).isEmpty();
            for (long pid : processes) {
                ProcessFootprint first = Objects.requireNonNull(before.get(pid));
                ProcessFootprint last = Await.until(
                        Duration.ofSeconds(40),
                        "process " + pid + " has no more threads and descriptors than " + first,
                        () -> ProcessFootprint.of(pid),
                        now -> now.fits(first));
                System.out.println("process " + pid + ": " + first + ", then " + last);
                assertThat(last.residentKib()).isLessThan(MOST_MEMORY_KIB);
            }
        }
        nothingIsLeft();
    }

    private void send(UnixClient agent, UnixClient csi, long seed, int count, Duration longest)
            throws InterruptedException, ExecutionException {
        List<Call> calls = new ArrayList<>();
        calls(calls, AgentGrpc.getServiceDescriptor(), agent.channel());
        for (ServiceDescriptor service : List.of(
                IdentityGrpc.getServiceDescriptor(),
                ControllerGrpc.getServiceDescriptor(),
                NodeGrpc.getServiceDescriptor())) {
            calls(calls, service, csi.channel());
        }
        long end = System.nanoTime() + longest.toNanos();
        AtomicInteger left = new AtomicInteger(count);
        List<Path> right = right();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> all = IntStream.range(0, CALLERS)
                    .<Future<?>>mapToObj(i -> callers.submit(() -> {
                        Random random = new Random(seed * CALLERS + i);
                        WildMessage wild = new WildMessage(random.nextLong(), right, outside, kubelet.resolve("link"));
                        while (left.getAndDecrement() > 0 && System.nanoTime() < end) {
                            calls.get(random.nextInt(calls.size())).send(wild);
                        }
                    }))
                    .toList();
            for (Future<?> one : all) {
                var _ = one.get();
            }
        }
    }

    /// The paths that are used most, two for staging and two for pods.
    private List<Path> right() {
        return Stream.of("s0", "s1", "t0", "t1").map(kubelet::resolve).toList();
    }

    private void calls(List<Call> calls, ServiceDescriptor service, Channel channel) {
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
            if (method.getType() == MethodDescriptor.MethodType.UNARY
                    && !LEFT_OUT.contains(method.getBareMethodName())
                    && method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier
                    && method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                    && marshaller.getMessagePrototype() instanceof Message prototype) {
                calls.add(new Call(
                        method.getFullMethodName(),
                        method.toBuilder(ProtoUtils.marshaller(prototype), ProtoUtils.marshaller(answer(method)))
                                .build(),
                        supplier.getMethodDescriptor().getInputType(),
                        channel));
            }
        }
    }

    private static Message answer(MethodDescriptor<?, ?> method) {
        if (method.getResponseMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return prototype;
        }
        throw new IllegalStateException(method.getFullMethodName());
    }

    private final class Call {
        private final String name;
        private final MethodDescriptor<Message, Message> method;
        private final com.google.protobuf.Descriptors.Descriptor request;
        private final Channel channel;

        Call(
                String name,
                MethodDescriptor<Message, Message> method,
                com.google.protobuf.Descriptors.Descriptor request,
                Channel channel) {
            this.name = name;
            this.method = method;
            this.request = request;
            this.channel = channel;
        }

        void send(WildMessage wild) {
            Message message = wild.next(request);
            sent.incrementAndGet();
            try {
                Message _ = ClientCalls.blockingUnaryCall(
                        channel, method, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), message);
                answers.merge("OK", 1, Integer::sum);
            } catch (StatusRuntimeException e) {
                Status status = e.getStatus();
                answers.merge(status.getCode().name(), 1, Integer::sum);
                String reason = status.getDescription();
                if (FORBIDDEN.contains(status.getCode()) || reason == null || reason.isBlank()) {
                    wrong.add(name + " answered " + status + " to " + abbreviated(message));
                }
            }
        }
    }

    private static String abbreviated(Message message) {
        String text = message.toString().replace('\n', ' ');
        return text.length() < 600 ? text : text.substring(0, 600) + "…";
    }

    /// Takes back what right requests have made.
    private void clean(UnixClient agent) {
        AgentGrpc.AgentBlockingStub stub =
                AgentGrpc.newBlockingStub(agent.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
        CsiClient csi = scene.csi(sagara);
        // a wild name may be one that a volume can have
        List<String> made = csi.list();
        // a block volume that is staged as it is has no mount
        List<String> targets = Stream.concat(
                        Traces.mounts(kubelet).reversed().stream().map(Traces::mountPoint), right().stream())
                .map(Path::toString)
                .distinct()
                .toList();
        for (String target : targets) {
            for (String name : made) {
                quietly(() -> stub.unpublishVolume(UnpublishVolumeRequest.newBuilder()
                        .setName(name)
                        .setTargetPath(target)
                        .build()));
                quietly(() -> stub.unstageVolume(UnstageVolumeRequest.newBuilder()
                        .setName(name)
                        .setStagingPath(target)
                        .build()));
            }
        }
        made.forEach(csi::delete);
        csi.snapshots().forEach(snapshot -> csi.deleteSnapshot(snapshot.getSnapshotId()));
    }

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            assertThat(FORBIDDEN).doesNotContain(e.getStatus().getCode());
        }
    }

    private void nothingIsLeft() throws Exception {
        assertThat(Traces.mounts(kubelet)).isEmpty();
        assertThat(Traces.mounts(outside)).isEmpty();
        assertThat(outside).isEmptyDirectory();
        assertThat(kubelet.resolve("file")).hasContent("mine");
        assertThat(kubelet.resolve("full/precious")).hasContent("mine");
        Path brick = scene.path("d/data/brick");
        Await.until("no directory is left", () -> below(brick.resolve("subvol"), 3), List::isEmpty);
        Await.until("no info file is left", () -> below(brick.resolve("info"), 4), List::isEmpty);
        assertThat(Shell.check(
                                "sqlite3",
                                "-readonly",
                                sagara.state()
                                        .resolve("mounts/p1.management/stat.db")
                                        .toString(),
                                "SELECT count(*) FROM pv_stats")
                        .strip())
                .isEqualTo("0");
        assertThat(below(sagara.state().resolve("run/.published"), 1)).isEmpty();
        try (Stream<Path> top = Files.list(kubelet)) {
            assertThat(top.map(path -> path.getFileName().toString()).filter(name -> !name.matches("[st]\\d")))
                    .containsExactlyInAnyOrder("link", "file", "full");
        }
    }

    private static List<Path> below(Path top, int depth) throws IOException {
        try (Stream<Path> all = Files.exists(top) ? Files.walk(top, depth) : Stream.empty()) {
            return all.filter(path -> top.relativize(path).getNameCount() == depth && !path.equals(top))
                    .toList();
        }
    }

    /// The agent and the sidecar.
    private List<Long> processes() {
        return sagara.process()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(pid -> Traces.commandLine(pid).contains("java"))
                .toList();
    }

    private static Map<Long, ProcessFootprint> footprints(List<Long> processes) {
        Map<Long, ProcessFootprint> found = new TreeMap<>();
        processes.forEach(pid -> found.put(pid, ProcessFootprint.of(pid)));
        return found;
    }
}
