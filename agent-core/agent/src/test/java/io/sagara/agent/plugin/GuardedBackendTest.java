package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Backend;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedBackendTest {
    static List<Class<?>> guards() {
        return Stream.concat(Stream.of(GuardedBackend.class), Arrays.stream(GuardedBackend.class.getDeclaredClasses()))
                .filter(guard -> !roles(guard).isEmpty())
                .toList();
    }

    private static List<Class<?>> roles(Class<?> guard) {
        return Arrays.stream(guard.getInterfaces())
                .filter(role -> role.getPackage().equals(Backend.class.getPackage()))
                .toList();
    }

    /// A method that is not passed on would answer with its default, whatever the backend does.
    @ParameterizedTest
    @MethodSource("guards")
    void everyMethodIsPassedOn(Class<?> guard) {
        for (Class<?> role : roles(guard)) {
            assertThat(Arrays.stream(role.getMethods())
                            .filter(method -> !Modifier.isStatic(method.getModifiers()))
                            .filter(method -> !declares(guard, method))
                            .map(Method::toString))
                    .isEmpty();
        }
    }

    private static boolean declares(Class<?> guard, Method method) {
        return Arrays.stream(guard.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
}
