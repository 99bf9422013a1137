package io.sagara.backend.device.system;

import io.sagara.backend.device.plan.Device;
import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Loop devices over files that stand in for a device. A loop device is ours only where a ledger file says so,
/// written in this boot, and the kernel says that it is over the very file of the ledger; no other is touched.
/// Any number of threads, on different ledgers.
public final class LoopDevices {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long SECTOR = 512;
    private static final List<String> COLUMNS = List.of("NAME", "BACK-MAJ:MIN", "BACK-INO", "OFFSET", "SIZELIMIT");

    private final Commands commands;
    private final Kernel kernel;

    /// Uses these.
    public LoopDevices(Commands commands, Kernel kernel) {
        this.commands = commands;
        this.kernel = kernel;
    }

    /// `file`: the identity of the backing file. `whole`: over all of it.
    private record Loop(Path node, String file, boolean whole) {}

    /// `node`: empty between the intention to make one and its being made.
    private record Entry(String boot, String file, String node) {
        String text() {
            return boot + "\n" + file + "\n" + node + "\n";
        }

        static Optional<Entry> of(String text) {
            List<String> lines = text.lines().toList();
            return lines.size() < 2
                    ? Optional.empty()
                    : Optional.of(new Entry(lines.get(0), lines.get(1), lines.size() > 2 ? lines.get(2) : ""));
        }

        boolean owns(Loop loop) {
            return loop.file().equals(file)
                    && loop.whole()
                    && (node.isEmpty() || loop.node().toString().equals(node));
        }
    }

    /// The loop device over this file, ours already or a new one. Throws IN_USE where the file is behind a loop
    /// device that is not ours by this ledger.
    public Kernel.Node.Block take(AtomicFile ledger, Kernel.Node.RegularFile file) {
        if (entry(ledger).filter(one -> !one.file().equals(file.identity())).isPresent()) {
            release(ledger);
        }
        Optional<Entry> entry = entry(ledger);
        Optional<Loop> ours = Optional.empty();
        for (Loop loop : over(file.identity())) {
            if (ours.isPresent() || entry.filter(one -> one.owns(loop)).isEmpty()) {
                throw new StorageException(
                        Problem.IN_USE,
                        file.path() + " is behind " + loop.node() + " already; stop what uses it, then"
                                + " `losetup -d " + loop.node() + "`");
            }
            ours = Optional.of(loop);
        }
        Loop loop = ours.orElseGet(() -> make(ledger, file));
        ledger.write(new Entry(kernel.bootId(), file.identity(), loop.node().toString()).text());
        return block(loop);
    }

    private Loop make(AtomicFile ledger, Kernel.Node.RegularFile file) {
        ledger.write(new Entry(kernel.bootId(), file.identity(), "").text());
        Commands.Result made = commands.run(
                DEADLINE,
                List.of(
                        "losetup",
                        "--find",
                        "--show",
                        "--nooverlap",
                        file.path().toString()));
        List<Loop> loops = over(file.identity());
        if (made.exitCode() != 0 || loops.size() != 1) {
            if (loops.isEmpty()) {
                ledger.delete();
            }
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "no loop device over " + file.path() + " ("
                            + (made.exitCode() == 0
                                    ? loops.size() + " found"
                                    : made.stderr().strip())
                            + "); see `losetup --list` and `dmesg`");
        }
        return loops.getFirst();
    }

    /// Whether the loop device of the ledger exists and is over this file.
    public boolean has(AtomicFile ledger, Kernel.Node.RegularFile file) {
        return ours(ledger).stream().anyMatch(loop -> loop.file().equals(file.identity()));
    }

    /// Lets the loop device of the ledger go, and forgets it. Does nothing where there is none. Throws BUSY
    /// where someone still has it open.
    public void release(AtomicFile ledger) {
        for (Loop loop : ours(ledger)) {
            commands.check(DEADLINE, List.of("losetup", "--detach", loop.node().toString()));
        }
        List<Loop> left = ours(ledger);
        if (!left.isEmpty()) {
            throw new StorageException(
                    Problem.BUSY,
                    left.getFirst().node() + " is still open; `fuser -v "
                            + left.getFirst().node() + "` shows who has it: end that, and detach again");
        }
        ledger.delete();
    }

    /// Makes the loop device of the ledger as large as its file. Does nothing where there is none, or it is.
    public void stretch(AtomicFile ledger, Path source) {
        for (Loop loop : ours(ledger)) {
            Device device = kernel.device(block(loop));
            if (kernel.node(source) instanceof Kernel.Node.RegularFile file
                    && file.identity().equals(loop.file())
                    && file.size().value() / SECTOR > device.size().value() / SECTOR) {
                commands.check(
                        DEADLINE,
                        List.of("losetup", "--set-capacity", loop.node().toString()));
            }
        }
    }

    private List<Loop> ours(AtomicFile ledger) {
        return entry(ledger).stream()
                .flatMap(entry -> over(entry.file()).stream().filter(entry::owns))
                .toList();
    }

    /// A loop device does not outlive the boot, so neither does a claim to it.
    private Optional<Entry> entry(AtomicFile ledger) {
        return ledger.read().flatMap(Entry::of).filter(entry -> entry.boot().equals(kernel.bootId()));
    }

    private Kernel.Node.Block block(Loop loop) {
        return switch (kernel.node(loop.node())) {
            case Kernel.Node.Block block -> block;
            case Kernel.Node.RegularFile _, Kernel.Node.Unfit _, Kernel.Node.Missing _ ->
                throw new StorageException(Problem.UNAVAILABLE, loop.node() + " is no block device; check /dev");
        };
    }

    private List<Loop> over(String file) {
        Commands.Result listed = commands.check(
                DEADLINE, List.of("losetup", "--list", "--noheadings", "--raw", "--output", String.join(",", COLUMNS)));
        List<Loop> loops = new ArrayList<>();
        for (String line : listed.stdout().lines().toList()) {
            List<String> fields = List.of(line.strip().split(" ", -1));
            if (fields.size() != COLUMNS.size()) {
                throw new StorageException(
                        Problem.UNAVAILABLE, "losetup printed '" + line + "', which names no file; repeat this later");
            }
            String identity = fields.get(1).replace("\\x20", "") + ":" + fields.get(2);
            boolean whole = fields.get(3).equals("0") && fields.get(4).equals("0");
            loops.add(new Loop(Path.of(fields.getFirst()), identity, whole));
        }
        return loops.stream().filter(loop -> loop.file().equals(file)).toList();
    }
}
