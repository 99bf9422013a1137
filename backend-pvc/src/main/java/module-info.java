/// Bricks on PersistentVolumeClaims, which a holder pod has mounted.
module io.sagara.backend.pvc {
    requires io.sagara.spi;
    requires static org.jspecify;

    provides io.sagara.spi.BackendProvider with
            io.sagara.backend.pvc.PvcBackendProvider;
}
