package io.sagara.agent.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a GlusterFS log says about a failure.
///
/// `log`: the file. `from`: where the part begins that is of interest, such as its size before a start.
public record LogTail(Path log, long from) {
    private static final int READ_AT_MOST = 1 << 16;
    private static final int LINES = 4;
    private static final int LINE_LENGTH = 300;

    /// What is written from now on.
    public static LogTail fromNow(Path log) {
        return new LogTail(log, size(log));
    }

    private static long size(Path log) {
        try {
            return Files.size(log);
        } catch (IOException e) {
            return 0; // no log yet
        }
    }

    /// All of the part, at most its last 64 KiB. Empty where there is no log.
    public String text() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long length = file.length();
            // a shorter file is a rotated one: then all of it is new
            long start = Math.max(length < from ? 0 : from, length - READ_AT_MOST);
            byte[] bytes = new byte[Math.toIntExact(length - start)];
            file.seek(start);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /// The last lines that report errors, or the last lines at all where none does, shortened, on one line.
    public String reason() {
        List<String> lines = text().lines().filter(line -> line.startsWith("[")).toList();
        List<String> errors = lines.stream()
                .filter(line -> line.contains("] E [") || line.contains("] C ["))
                .toList();
        List<String> telling = errors.isEmpty() ? lines : errors;
        List<String> shown = telling.subList(Math.max(0, telling.size() - LINES), telling.size()).stream()
                .map(line -> line.substring(line.indexOf("] ") + 2).strip())
                .map(line -> line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "…" : line)
                .toList();
        return shown.isEmpty() ? "nothing new in " + log : String.join(" / ", shown) + " (" + log + ")";
    }
}
