/// Bricks on block devices, and on files that stand in for one.
module io.sagara.backend.device {
    requires io.sagara.spi;
    requires static org.jspecify;

    provides io.sagara.spi.BackendProvider with
            io.sagara.backend.device.DeviceBackendProvider;
}
