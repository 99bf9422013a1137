package io.sagara.cli.serve;

import io.sagara.cli.command.ExitCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a command end in good order when the process is told to end (SIGINT, SIGTERM, SIGHUP): its thread is
/// interrupted, and the JVM waits until it has cleaned up and then ends with the command's exit code.
final class Interrupts {
    // stopping two services takes at most twice their grace of 15 s
    private static final Duration GRACE = Duration.ofSeconds(40);

    private Interrupts() {}

    /// What is run, and may be interrupted.
    interface Body {
        ExitCode run() throws InterruptedException;
    }

    /// Runs `body` on this thread. The result is what the process ends with; where it was told to end, it ends
    /// inside.
    static ExitCode guard(Body body) throws InterruptedException {
        Guarded guarded = new Guarded(Thread.currentThread());
        Thread hook = Thread.ofPlatform().name("interrupts").unstarted(guarded::end);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ExitCode code = body.run();
            guarded.code = code.number();
            return code;
        } finally {
            guarded.done.countDown();
            release(hook);
        }
    }

    private static void release(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending already, and the hook does its work
        }
    }

    private static final class Guarded {
        private final Thread thread;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile int code = ExitCode.FAILED.number();

        Guarded(Thread thread) {
            this.thread = thread;
        }

        void end() {
            thread.interrupt();
            try {
                var _ = done.await(GRACE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        }
    }
}
