package io.sagara.agent.heal;

import io.sagara.agent.file.AtomicFile;
import io.sagara.spi.Commands;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The files of one pool that are in split brain, as GlusterFS' glfsheal sees them. It is a client of its own,
/// so each question costs some tenths of a second, and waits for bricks that hang.
public final class SplitBrain {
    /// Debian's places, and that of the RPMs.
    private static final List<Path> PROGRAMS = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/glusterfs/glfsheal"),
            Path.of("/usr/lib/aarch64-linux-gnu/glusterfs/glfsheal"),
            Path.of("/usr/libexec/glusterfs/glfsheal"));

    /// Longer than a client takes to give up a brick that does not answer.
    private static final Duration DEADLINE = Duration.ofSeconds(45);

    private final Commands commands;
    private final Path volfile;
    private final Supplier<String> graph;
    private final Lock writing = new ReentrantLock();

    /// `volfile`: where the graph for glfsheal is put. `graph`: a client's, as it is now.
    public SplitBrain(Commands commands, Path volfile, Supplier<String> graph) {
        this.commands = commands;
        this.volfile = volfile;
        this.graph = graph;
    }

    /// All of them. Throws UNAVAILABLE while a brick is not connected, because it may know others.
    public List<SplitFile> files(Pool pool) {
        SplitList list = list(pool);
        if (!list.unconnected().isEmpty()) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": split brain can only be seen while all bricks serve, and units "
                            + list.unconnected() + " do not; look at 'sagara status'");
        }
        return list.files();
    }

    private SplitList list(Pool pool) {
        Commands.Result result = run(pool, List.of("split-brain-info", "--xml"));
        if (result.exitCode() != 0) {
            throw failed(pool, result);
        }
        try {
            return SplitList.parse(result.stdout());
        } catch (IllegalArgumentException e) {
            throw new StorageException(Problem.INTERNAL, "pool " + pool.name() + ": " + e.getMessage(), e);
        }
    }

    /// Makes all copies of `file` equal to the one that `policy` chooses; the others are lost. `file`: a path
    /// from the root of the pool, or `gfid:UUID`. Throws NOT_FOUND for a file that is not there and
    /// INVALID_ARGUMENT where the policy cannot decide.
    public void resolve(Pool pool, String file, Policy policy) {
        Commands.Result result = run(pool, policy.arguments(file));
        if (result.exitCode() == 0) {
            return;
        }
        String said = (result.stdout() + " " + result.stderr()).strip();
        Problem problem = said.startsWith("Lookup failed") ? Problem.NOT_FOUND : Problem.INVALID_ARGUMENT;
        throw new StorageException(
                problem, "pool " + pool.name() + ": " + file + " stays as it is, glfsheal says: " + said);
    }

    /// The same for every file in split brain that the policy can decide on. Goes on after a failure, and
    /// throws at the end, naming the files that are left.
    public void resolveAll(Pool pool, Policy policy, Consumer<String> progress) {
        List<String> left = new ArrayList<>();
        for (SplitFile file : files(pool).stream().filter(policy::fits).toList()) {
            try {
                resolve(pool, file.name(), policy);
                progress.accept("resolved " + file.name());
            } catch (StorageException e) {
                progress.accept(String.valueOf(e.getMessage()));
                left.add(file.name());
            }
        }
        if (!left.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + pool.name() + ": still in split brain: " + String.join(", ", left)
                            + "; choose another policy for each, or a source brick");
        }
    }

    private Commands.Result run(Pool pool, List<String> question) {
        writing.lock();
        try {
            AtomicFile.write(volfile, graph.get());
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot write " + volfile + ": " + e.getMessage() + "; check the disk of the state directory",
                    e);
        } finally {
            writing.unlock();
        }
        List<String> argv = new ArrayList<>(List.of(program(), pool.name().value()));
        argv.addAll(question);
        // it takes the volfile last
        argv.addAll(List.of("--nolog", "volfile-path", volfile.toString()));
        return commands.run(DEADLINE, argv);
    }

    private static String program() {
        return PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("glfsheal");
    }

    private static StorageException failed(Pool pool, Commands.Result result) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + pool.name() + ": glfsheal cannot ask its bricks: "
                        + (result.stdout() + " " + result.stderr()).strip()
                        + "; look at 'sagara status'");
    }
}
