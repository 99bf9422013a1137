/// Pools in a volume of a GlusterFS cluster that someone else runs.
module io.sagara.backend.external {
    requires io.sagara.spi;
    requires static org.jspecify;

    provides io.sagara.spi.BackendProvider with
            io.sagara.backend.external.ExternalBackendProvider;
}
