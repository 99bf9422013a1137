package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IsolationTest {
    @TempDir
    Path root;

    private PluginsFixture fixture;

    @BeforeEach
    void start() {
        fixture = new PluginsFixture(root);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /// What `code`, a body that returns an Object or throws, comes to inside a backend.
    private String inABackend(String code) {
        new VendorJar()
                .source(
                        "com.example.backend.Probe",
                        "package com.example.backend; import io.sagara.spi.*; class Probe {"
                                + " static Object run(BackendHost host) throws Exception { " + code + " } }")
                .create("try { host.progress(String.valueOf(Probe.run(host))); }"
                        + " catch (Throwable e) { host.progress(e.toString()); }")
                .build(fixture.jar("scratch.jar"));
        assertThat(fixture.load().refusals()).isEmpty();
        return fixture.lent.lines().getLast();
    }

    @Test
    void aBackendIsANamedModuleThatReadsTheSpiOnly() {
        assertThat(inABackend("Module me = Probe.class.getModule(); return me.getName() + \" reads \" + "
                        + "me.getLayer().configuration().findModule(me.getName()).orElseThrow().reads().stream()"
                        + ".map(m -> m.name()).sorted().toList();"))
                .isEqualTo("com.example.backend reads [io.sagara.spi, java.base, org.jspecify]");
    }

    @Test
    void aBackendDoesNotFindTheClassesOfTheAgent() {
        assertThat(inABackend("return Class.forName(\"io.sagara.agent.plugin.BackendGate\");"))
                .startsWith("java.lang.ClassNotFoundException: io.sagara.agent.plugin.BackendGate");
    }

    @Test
    void aBackendDoesNotFindTheLibrariesOfTheAgent() {
        assertThat(inABackend("return Class.forName(\"com.google.gson.Gson\");"))
                .startsWith("java.lang.ClassNotFoundException: com.google.gson.Gson");
    }

    @Test
    void aBackendMayNotUseAnObjectOfTheAgentBeyondTheSpi() {
        assertThat(inABackend("return host.getClass().getMethod(\"lines\").invoke(host);"))
                .startsWith("java.lang.IllegalAccessException: class com.example.backend.Probe (in module"
                        + " com.example.backend) cannot access")
                .contains("because module io.sagara.agent does not export io.sagara.agent.plugin to module"
                        + " com.example.backend");
        assertThat(fixture.lent.lines()).hasSize(1);
    }

    @Test
    void aBackendMayNotOpenAClassOfTheAgent() {
        assertThat(inABackend("var lines = host.getClass().getDeclaredField(\"lines\");"
                        + " lines.setAccessible(true); return lines.get(host);"))
                .startsWith("java.lang.reflect.InaccessibleObjectException");
    }

    @Test
    void aBackendMayNotUseAClassOfAnother() {
        new VendorJar()
                .type("\"first\"")
                .header("Plugin-Id", "first")
                .source(
                        "com.example.backend.Secret",
                        "package com.example.backend; public class Secret {"
                                + " public String toString() { return \"secret\"; } public String open() { return \"open\"; } }")
                .create("Thread.currentThread().setName(\"x\"); System.getProperties().put(\"secret\", new Secret());")
                .build(fixture.jar("a.jar"));
        try {
            String seen = inABackend("Object secret = System.getProperties().get(\"secret\");"
                    + " return secret.getClass().getMethod(\"open\").invoke(secret);");
            assertThat(seen).startsWith("java.lang.IllegalAccessException").contains("does not export");
        } finally {
            System.getProperties().remove("secret");
        }
    }
}
