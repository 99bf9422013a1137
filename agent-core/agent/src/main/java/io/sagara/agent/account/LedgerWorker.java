package io.sagara.agent.account;

import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that uses a pool's `stat.db`. Requests wait in its mailbox; all that wait when it is free
/// make one transaction. A platform thread, because a call to a mount may hang, and would pin its carrier.
final class LedgerWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWorker.class);
    /// So many calls may wait; more come only from a file that does not answer.
    private static final int MAILBOX = 10_000;
    /// So many requests make one transaction, which bounds its journal and the wait of the first of them.
    private static final int BATCH = 256;
    /// First with the connection that is there, then with a new one, then with a new file.
    private static final int ATTEMPTS = 3;
    /// A commit on a busy disk takes tenths of a second.
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final PoolName pool;
    private final StatFile file;
    private final BlockingQueue<Request<?>> mailbox = new LinkedBlockingQueue<>(MAILBOX);
    private final Thread thread;
    /// Held while a transaction is committed, so that none is after [#close()] has returned.
    private final ReentrantLock committing = new ReentrantLock();
    private volatile boolean closed;

    private LedgerWorker(PoolName pool, StatFile file) {
        this.pool = pool;
        this.file = file;
        this.thread = Thread.ofPlatform().daemon().name("ledger-" + pool).unstarted(this::work);
    }

    static LedgerWorker start(PoolName pool, StatFile file) {
        LedgerWorker worker = new LedgerWorker(pool, file);
        worker.thread.start();
        return worker;
    }

    /// Hands the request over. The result waits for its answer, until `deadline` from now.
    <T> Supplier<T> begin(Request<T> request, Duration deadline) {
        if (closed || !mailbox.offer(request)) {
            throw unavailable(closed ? "is closed" : "has " + MAILBOX + " calls waiting", null);
        }
        long end = System.nanoTime() + deadline.toNanos();
        return () -> await(request, end, deadline);
    }

    private <T> T await(Request<T> request, long end, Duration deadline) {
        try {
            return request.answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StorageException problem
                    // a new one: the same failure may be the answer to many calls
                    ? new StorageException(problem.problem(), String.valueOf(problem.getMessage()), problem)
                    : fault(e);
        } catch (TimeoutException e) {
            request.answer.cancel(false);
            throw unavailable("did not answer within " + deadline.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            request.answer.cancel(false);
            Thread.currentThread().interrupt();
            throw unavailable("was not waited for, because the call was interrupted", e);
        }
    }

    private void work() {
        try {
            while (!closed) {
                List<Request<?>> batch = new ArrayList<>();
                batch.add(mailbox.take());
                mailbox.drainTo(batch, BATCH - 1);
                batch.removeIf(request -> request.answer.isDone());
                serve(batch);
            }
        } catch (InterruptedException e) {
            // close() ended the wait
        } finally {
            file.close();
            mailbox.forEach(request -> request.fail(unavailable("is closed", null)));
        }
    }

    private void serve(List<Request<?>> batch) {
        for (int attempt = 1; !batch.isEmpty(); attempt++) {
            try {
                transact(batch);
                return;
            } catch (SQLException e) {
                @Nullable StorageException problem = recover(e, attempt);
                if (problem != null) {
                    batch.forEach(request -> request.fail(problem));
                    return;
                }
            } catch (RuntimeException e) {
                file.close();
                StorageException problem = e instanceof StorageException known ? known : fault(e);
                batch.forEach(request -> request.fail(problem));
                return;
            }
        }
    }

    private void transact(List<Request<?>> batch) throws SQLException {
        StatDb db = file.open();
        try {
            db.begin(batch.stream().anyMatch(request -> request.writes));
            for (Request<?> request : batch) {
                request.run(db);
            }
            commit(db);
        } catch (SQLException | RuntimeException e) {
            rollBack(db, e);
            throw e;
        }
        batch.forEach(Request::complete);
    }

    /// Not for one who has closed the file meanwhile: the next to open it has read what it will believe.
    private void commit(StatDb db) throws SQLException {
        committing.lock();
        try {
            if (closed) {
                throw unavailable("is closed", null);
            }
            db.commit();
        } finally {
            committing.unlock();
        }
    }

    private void rollBack(StatDb db, Exception reason) {
        try {
            db.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
            file.close();
        }
    }

    /// Makes the next attempt possible, or says why there is none.
    private @Nullable StorageException recover(SQLException e, int attempt) {
        SqliteFault fault = SqliteFault.of(e);
        if (fault == SqliteFault.LOCKED || fault == SqliteFault.FULL) {
            return problem(fault, e);
        }
        file.close();
        if (attempt == ATTEMPTS || fault == SqliteFault.OTHER) {
            return problem(fault, e);
        }
        LOG.atWarn()
                .addKeyValue("pool", pool)
                .addKeyValue("fault", fault)
                .setCause(e)
                .log("stat.db is opened again");
        try {
            // at the first attempt another agent may have set it aside already
            if (fault == SqliteFault.CORRUPT && attempt > 1) {
                file.setAside();
            }
            return null;
        } catch (StorageException notMoved) {
            return notMoved;
        }
    }

    private StorageException problem(SqliteFault fault, SQLException e) {
        return switch (fault) {
            case FULL ->
                new StorageException(
                        Problem.NO_SPACE,
                        "pool " + pool
                                + ": its bricks are full, stat.db cannot be written; delete volumes or add storage",
                        e);
            case LOCKED ->
                unavailable("is locked by another agent or program; end a program that holds it open, or repeat", e);
            case UNREACHABLE -> unavailable("cannot be reached (" + e.getMessage() + "); look at the pool's mount", e);
            case CORRUPT -> unavailable("is damaged again right after it was rebuilt (" + e.getMessage() + ")", e);
            case OTHER -> fault(e);
        };
    }

    private StorageException unavailable(String what, @Nullable Throwable cause) {
        return new StorageException(Problem.UNAVAILABLE, "pool " + pool + ": stat.db " + what, cause);
    }

    private StorageException fault(Exception e) {
        return new StorageException(Problem.INTERNAL, "pool " + pool + ": stat.db: " + e.getMessage(), e);
    }

    /// Waits for a commit that is under way, though not for one that hangs in a call to a dead mount.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (committing.tryLock(CLOSING.toNanos(), TimeUnit.NANOSECONDS)) {
                committing.unlock();
            } else {
                LOG.atWarn()
                        .addKeyValue("pool", pool)
                        .log("stat.db is closed while a write to it hangs; what it may count is settled with the next"
                                + " reconciliation");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A call on its way: its result is kept until the transaction it is part of is committed.
    static final class Request<T> {
        private final boolean writes;
        private final Ledger.Step<T> step;
        private final Consumer<T> committed;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable StorageException refusal;

        /// `committed`: told the result, on the worker's thread, when it is on the bricks.
        Request(boolean writes, Ledger.Step<T> step, Consumer<T> committed) {
            this.writes = writes;
            this.step = step;
            this.committed = committed;
        }

        private void run(StatDb db) throws SQLException {
            result = null;
            refusal = null;
            try {
                result = step.apply(db);
            } catch (StorageException e) {
                refusal = e;
            }
        }

        private void complete() {
            T done = result;
            if (done != null) {
                committed.accept(done);
                answer.complete(done);
            } else {
                answer.completeExceptionally(refusal);
            }
        }

        private void fail(StorageException problem) {
            answer.completeExceptionally(problem);
        }
    }
}
