package io.sagara.api;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// The one mapping between a [Problem] and a gRPC status. It follows the error table of the CSI specification,
/// so the same mapping serves both sockets.
public final class GrpcProblems {
    /// The trailer that names the problem and shows that the service itself answered. A status that a client
    /// makes up, because the connection broke or the time was over, does not have it.
    static final Metadata.Key<String> PROBLEM = Metadata.Key.of("sagara-problem", Metadata.ASCII_STRING_MARSHALLER);

    // a peer refuses headers of more than 8192 bytes (grpc's default), and then the status is lost with the message
    private static final int MAX_ENCODED_MESSAGE = 6000;
    private static final String CUT = " ...";

    private GrpcProblems() {}

    /// Why a call came back without an answer of the service.
    public enum Unanswered {
        /// Nobody listens on the socket, or the connection broke.
        UNREACHABLE,
        /// The deadline passed; the work may still be going on.
        LATE,
        /// The caller gave up.
        CANCELLED
    }

    /// The status a failure is answered with. Anything that is no [StorageException] is INTERNAL. A message
    /// that is too long to be carried is cut.
    public static Status toStatus(Throwable failure) {
        return switch (failure) {
            case StorageException e -> status(code(e.problem()), Objects.requireNonNullElse(e.getMessage(), ""), e);
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            default ->
                status(
                        Status.Code.INTERNAL,
                        "unexpected failure: " + failure + "; see the log and report it as a bug",
                        failure);
        };
    }

    /// The failure a status stands for, seen by a client: what [#toStatus] was given, or the closest problem.
    public static StorageException fromStatus(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        String message = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        // not `failure` itself: grpc would answer with its status, were this exception handed to onError
        Problem problem = severed(status) ? Problem.UNAVAILABLE : problem(status.getCode());
        return new StorageException(problem, message, status.getCause());
    }

    /// Whether the connection broke just when grpc wrote the request, which it reports as UNKNOWN, with a cause; a
    /// status from a service has none.
    private static boolean severed(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
    }

    /// Why the service gave no answer; empty where it did give one.
    public static Optional<Unanswered> unanswered(StatusRuntimeException failure) {
        Metadata trailers = failure.getTrailers();
        if (trailers != null && trailers.containsKey(PROBLEM)) {
            return Optional.empty();
        }
        if (severed(failure.getStatus())) {
            return Optional.of(Unanswered.UNREACHABLE);
        }
        return switch (failure.getStatus().getCode()) {
            case UNAVAILABLE -> Optional.of(Unanswered.UNREACHABLE);
            case DEADLINE_EXCEEDED -> Optional.of(Unanswered.LATE);
            case CANCELLED -> Optional.of(Unanswered.CANCELLED);
            default -> Optional.empty();
        };
    }

    /// The name of the status code that a failure is answered with, for logs: `NOT_FOUND`.
    public static String codeName(Throwable failure) {
        return toStatus(failure).getCode().name();
    }

    static Problem problem(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT -> Problem.INVALID_ARGUMENT;
            case NOT_FOUND -> Problem.NOT_FOUND;
            case ALREADY_EXISTS -> Problem.ALREADY_EXISTS;
            case OUT_OF_RANGE -> Problem.OUT_OF_RANGE;
            case RESOURCE_EXHAUSTED -> Problem.NO_SPACE;
            case FAILED_PRECONDITION -> Problem.IN_USE;
            case ABORTED -> Problem.BUSY;
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> Problem.UNAVAILABLE;
            case UNIMPLEMENTED, PERMISSION_DENIED, UNAUTHENTICATED -> Problem.UNSUPPORTED;
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> Problem.INTERNAL;
        };
    }

    private static Status.Code code(Problem problem) {
        return switch (problem) {
            case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
            case NO_SPACE -> Status.Code.RESOURCE_EXHAUSTED;
            case IN_USE -> Status.Code.FAILED_PRECONDITION;
            case BUSY -> Status.Code.ABORTED;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    private static Status status(Status.Code code, String message, Throwable cause) {
        return code.toStatus().withDescription(carried(message)).withCause(cause);
    }

    /// `message`, cut where its percent-encoded form would be too long for a header.
    private static String carried(String message) {
        int encoded = 0;
        int index = 0;
        while (index < message.length()) {
            int point = message.codePointAt(index);
            boolean plain = point >= ' ' && point < 0x7f && point != '%';
            encoded += plain ? 1 : 3 * Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
            if (encoded > MAX_ENCODED_MESSAGE) {
                return message.substring(0, index) + CUT;
            }
            index += Character.charCount(point);
        }
        return message;
    }
}
