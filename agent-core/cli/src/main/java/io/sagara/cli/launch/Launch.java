package io.sagara.cli.launch;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/// How a service is started: its command line, its whole environment, and the file its output is added to.
public record Launch(Service service, List<String> command, Map<String, String> environment, Path log) {
    // with the one file before, room for days of INFO; a bound because nobody looks after a laptop's logs
    private static final long MAX_LOG_BYTES = 8L << 20;
    private static final int SHOWN = 1;

    /// Copies the collections.
    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /// Starts the process. Throws UNAVAILABLE where it cannot be started.
    public Process start() {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectErrorStream(true);
        try {
            rotate();
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            return builder.start();
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot start the " + service + ": " + e.getMessage(), e);
        }
    }

    /// What it said last, for the message that tells of its end.
    String lastWords() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN), lines.size());
            return last.isEmpty() ? "it said nothing" : String.join(" | ", last).strip();
        } catch (IOException e) {
            return "its log " + log + " cannot be read";
        }
    }

    private void rotate() throws IOException {
        if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
