/// Bricks in a directory of the host. The smallest backend there is, and the one to copy.
module io.sagara.backend.path {
    requires io.sagara.spi;
    requires static org.jspecify;

    provides io.sagara.spi.BackendProvider with
            io.sagara.backend.path.PathBackendProvider;
}
