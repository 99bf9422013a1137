package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Provisioning;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LimitedVolumesTest {
    /// A method that is not passed on would answer with its default, whatever the agent's volumes do.
    @Test
    void everyMethodIsPassedOn() {
        assertThat(Arrays.stream(Provisioning.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> Arrays.stream(LimitedVolumes.class.getDeclaredMethods())
                                .noneMatch(own -> own.getName().equals(method.getName())
                                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())))
                        .map(Object::toString))
                .isEmpty();
    }
}
