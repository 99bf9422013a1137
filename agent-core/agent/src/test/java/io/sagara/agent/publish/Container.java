package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a container runtime makes: processes with mounts and pids of their own and a root in which nothing of the
/// node is but its programs and the volume, at `/data`. Does what it is told through a shell.
final class Container implements AutoCloseable {
    /// `$1`: the new root, an empty directory; `$2`: what to bind; `$3`: the propagation; `$4`: mount options.
    private static final String MAKE = """
            set -e
            mount -t tmpfs none "$1"
            mkdir "$1/usr" "$1/proc" "$1/data" "$1/old"
            mount --bind /usr "$1/usr"
            ln -s usr/bin "$1/bin"; ln -s usr/lib "$1/lib"; ln -s usr/lib64 "$1/lib64"; ln -s usr/sbin "$1/sbin"
            mount --bind "$2" "$1/data"
            mount -o "remount,bind,$4" "$1/data"
            mount --make-"$3" "$1/data"
            mount -t proc proc "$1/proc"
            cd "$1"
            pivot_root . old
            umount -l /old
            while read -r line; do
              sh -c "$line" 2>&1 || echo "failed with $?"
              # also after what ends without a line feed
              echo; echo END
            done
            """;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    /// `root`: an empty directory.
    Container(Path root, Path volume, String propagation, String options) throws IOException {
        // with a shared or slave mount of the volume below, so that its propagation can be that of the host's
        process = new ProcessBuilder(List.of(
                        "unshare",
                        "--mount",
                        "--propagation",
                        propagation.equals("private") ? "private" : "slave",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "sh",
                        "-c",
                        MAKE,
                        "sh",
                        root.toString(),
                        volume.toString(),
                        propagation,
                        options))
                .redirectErrorStream(true)
                .start();
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(run("echo made")).isEqualTo("made");
    }

    /// What a command says in there.
    String run(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        var said = new StringBuilder();
        String line = answers.readLine();
        while (line != null && !line.equals("END")) {
            said.append(said.isEmpty() ? "" : "\n").append(line);
            line = answers.readLine();
        }
        if (line == null) {
            throw new IOException("the container has ended: " + said);
        }
        return said.toString().strip();
    }

    /// The line of mountinfo for `/data`, without the numbers; there must be exactly one.
    List<String> options() throws IOException {
        List<String> lines = run("grep ' /data ' /proc/self/mountinfo").lines().toList();
        assertThat(lines).hasSize(1);
        List<String> fields = List.of(lines.getFirst().split(" ", -1));
        int dash = fields.indexOf("-");
        return fields.subList(5, dash).stream()
                .map(field -> field.replaceAll(":.*", ""))
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
