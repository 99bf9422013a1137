package io.sagara.agent.block;

import io.sagara.agent.posix.Place;
import io.sagara.agent.publish.Target;
import io.sagara.agent.publish.Target.Content;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;

/// What block volumes are bound to: a directory or a file.
final class BlockTargets {
    private BlockTargets() {}

    /// An empty regular file that is no mount. It is only bound to, so what it is replaced by meanwhile harms nobody.
    static boolean isEmptyFile(Target target) throws IOException {
        if (target.place()
                .look()
                .filter(entry -> entry.kind() == Place.Kind.OTHER && !entry.mounted())
                .isEmpty()) {
            return false;
        }
        BasicFileAttributes file =
                Files.readAttributes(target.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return file.isRegularFile() && file.size() == 0;
    }

    /// Removes it where it is empty; IN_USE where something of someone else is there.
    static void remove(Target target, Volume.Kind kind) throws IOException {
        switch (target.content()) {
            case Content.Absent _ -> {}
            case Content.Empty _ -> target.place().removeDirectory();
            case Content.Occupied _
            when kind == Volume.Kind.RAWBLOCK && isEmptyFile(target) ->
                target.place().removeFile();
            case Content.Mounted(var mount) -> throw inTheWay(Problem.IN_USE, target, "a mount of " + mount.source());
            case Content.Occupied(Problem _, String what) -> throw inTheWay(Problem.IN_USE, target, what);
        }
    }

    static void removeQuietly(Target target, Exception reason) {
        try {
            remove(target, Volume.Kind.RAWBLOCK);
        } catch (IOException | StorageException e) {
            reason.addSuppressed(e);
        }
    }

    static StorageException inTheWay(Problem problem, Target target, String what) {
        return new StorageException(
                problem,
                "at " + target.path() + " is " + what + ", which is left alone; remove it by hand or use another path");
    }

    static StorageException failed(String what, IOException e) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "could not " + what + ": " + e.getMessage() + "; repeat the request, or look at 'sagara status'",
                e);
    }
}
