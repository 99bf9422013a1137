package io.sagara.agent.posix;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.InvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/// One function of the C library that returns -1 and sets errno where it fails.
final class LibcFunction {
    // made with this class, so that a prepared call finds them
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError ERRNO = LastError.getInstance();

    private final String name;
    private final Function function;

    /// `parameters`: the C types; what it returns is taken as a `long`.
    LibcFunction(String name, Type... parameters) {
        this.name = name;
        this.function = new Function(address(name), Type.SINT64, parameters);
    }

    private static long address(String name) {
        long address = Library.getDefault().getSymbolAddress(name);
        if (address == 0) {
            throw new IllegalStateException("the C library has no " + name + ": " + Library.getLastError());
        }
        return address;
    }

    /// Calls it. `arguments` puts them in order. Throws a [PosixException] that names `on` where it returns -1.
    long call(Object on, Consumer<InvocationBuffer> arguments) throws PosixException {
        int result = prepare(arguments).invoke();
        if (result < 0) {
            throw failure(on, -result);
        }
        return result;
    }

    /// The failure with `errno` of a call that was about `on`.
    PosixException failure(Object on, int errno) {
        return new PosixException(errno, name + " " + on + ": " + text(errno) + " (errno " + errno + ")");
    }

    /// A call with its arguments, to be made later.
    Prepared prepare(Consumer<InvocationBuffer> arguments) {
        var buffer = new HeapInvocationBuffer(function);
        arguments.accept(buffer);
        return new Prepared(function, buffer);
    }

    /// A call that needs nothing more: making it loads no class and opens no file.
    record Prepared(Function function, HeapInvocationBuffer arguments) {
        /// The result, or the negated errno where it fails.
        int invoke() {
            // functions declared int leave the upper half of the register undefined; no caller needs more
            int result = (int) INVOKER.invokeLong(function, arguments);
            return result == -1 ? -ERRNO.get() : result;
        }
    }

    /// Puts a string that the function reads.
    static void in(InvocationBuffer buffer, String value) {
        in(buffer, value.getBytes(StandardCharsets.UTF_8));
    }

    /// Puts a file name that the function reads.
    static void in(InvocationBuffer buffer, Path value) {
        in(buffer, FileNames.bytes(value));
    }

    /// Puts bytes that the function reads; a zero byte follows them. They are copied, never pinned: a call that
    /// hangs must not stop the garbage collector.
    static void in(InvocationBuffer buffer, byte[] value) {
        buffer.putArray(value, 0, value.length, ArrayFlags.IN | ArrayFlags.NULTERMINATE);
    }

    /// Puts a buffer that the function fills.
    static void out(InvocationBuffer buffer, byte[] value) {
        buffer.putArray(value, 0, value.length, ArrayFlags.OUT | ArrayFlags.CLEAR);
    }

    private static String text(int errno) {
        var strerror = new Function(address("strerror"), Type.POINTER, Type.SINT32);
        var buffer = new HeapInvocationBuffer(strerror);
        buffer.putInt(errno);
        long text = INVOKER.invokeAddress(strerror, buffer);
        return new String(MemoryIO.getInstance().getZeroTerminatedByteArray(text), Charset.defaultCharset());
    }
}
