package io.sagara.api;

import java.time.Duration;

/// Is told how each call of a [UnixServer] ended. Called from many threads at once, on the way of the answer: it
/// must not block and must not throw.
@FunctionalInterface
public interface CallWatch {
    /// The result of a call that succeeded.
    String OK = "OK";
    /// The result of a call whose caller did not wait for the answer.
    String CANCELLED = "CANCELLED";
    /// Nobody watches.
    CallWatch NONE = (_, _, _) -> {};

    /// A call has ended. `method`: its name without that of the service, such as `CreateVolume`. `result`: [#OK],
    /// [#CANCELLED], or the name of the [io.sagara.spi.Problem]. `took`: from the arrival of the call.
    void ended(String method, String result, Duration took);
}
