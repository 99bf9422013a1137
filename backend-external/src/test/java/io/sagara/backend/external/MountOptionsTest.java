package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    @Test
    void optionsAreTakenAsMountAndAsKadaluWriteThem() {
        MountOptions options = MountOptions.parse(
                "log-level=WARNING, ro,--attribute-timeout=600,xlator-option=*dht*.lookup-unhashed=on,_netdev");
        assertThat(options.arguments())
                .containsExactly(
                        "--log-level=WARNING",
                        "--read-only",
                        "--attribute-timeout=600",
                        "--xlator-option=*dht*.lookup-unhashed=on");
        assertThat(MountOptions.parse("").arguments()).isEmpty();
    }

    @Test
    void furtherServersBecomeHosts() {
        assertThat(MountOptions.parse("backup-volfile-servers=h4:10.0.0.5").hosts())
                .containsExactly("h4", "10.0.0.5");
    }

    @Test
    void everyOptionThatCannotBeUsedIsNamed() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> MountOptions.parse(
                        "no-such=1,log-file=/x,attribute-timeout=soon,acl=yes,volfile-id=v,log-level=loud"))
                .withMessageContainingAll(
                        "'no-such' is unknown",
                        "'log-file' has no place here",
                        "'attribute-timeout' cannot be 'soon'",
                        "'acl' takes no value",
                        "gluster_volname",
                        "'log-level' cannot be 'loud'")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
    }
}
