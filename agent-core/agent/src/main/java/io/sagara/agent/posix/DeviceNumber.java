package io.sagara.agent.posix;

/// Device numbers as st_dev and makedev(3) write them.
public final class DeviceNumber {
    private DeviceNumber() {}

    /// The number of the device that the kernel prints as `major:minor`.
    public static long of(int major, int minor) {
        return ((major & 0xfffff000L) << 32)
                | ((major & 0xfffL) << 8)
                | ((minor & 0xffffff00L) << 12)
                | (minor & 0xffL);
    }
}
