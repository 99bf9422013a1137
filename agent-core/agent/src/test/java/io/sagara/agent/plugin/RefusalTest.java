package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.plugin.LoadedBackends.Refusal;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefusalTest {
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

    @Test
    void brokenJarsAreNamedAndTheRestGoOn() throws IOException {
        Path good = new VendorJar().build(fixture.jar("m.jar"));
        byte[] bytes = Files.readAllBytes(good);
        Files.write(fixture.jar("a-empty.jar"), new byte[0]);
        Files.createDirectory(fixture.jar("b-directory.jar"));
        Files.write(fixture.jar("n-truncated.jar"), Arrays.copyOf(bytes, bytes.length - 100));
        Files.write(fixture.jar("o-random.jar"), Lent.noise(5000));
        LoadedBackends loaded = fixture.load();
        assertThat(loaded.byType()).containsOnlyKeys("scratch");
        assertThat(loaded.refusals())
                .extracting(r -> r.jar().getFileName().toString())
                .containsExactly("a-empty.jar", "b-directory.jar", "n-truncated.jar", "o-random.jar");
        assertThat(loaded.refusals())
                .extracting(Refusal::reason)
                .allSatisfy(r ->
                        assertThat(r).startsWith("is broken or no jar at all (").endsWith("); copy it again"));
    }

    @Test
    void aJarWithOneDamagedByteIsRefused() throws IOException {
        Path jar = new VendorJar()
                .source(
                        "com.example.backend.Big",
                        "package com.example.backend; class Big { String s = \"" + "0123456789abcdef".repeat(200)
                                + "\"; }")
                .build(fixture.jar("damaged.jar"));
        byte[] bytes = Files.readAllBytes(jar);
        bytes[bytes.length / 3] ^= 0x55;
        Files.write(jar, bytes);
        assertThat(fixture.reasons()).singleElement().asString().startsWith("damaged.jar: is broken");
    }

    @Test
    void aJarBuiltForAnotherSpiIsRefusedNamingBothVersions() {
        new VendorJar()
                .header(
                        "Import-Package",
                        "org.jspecify.annotations;resolution:=optional,io.sagara.spi;version=\"[2.0,3)\"")
                .build(fixture.jar("future.jar"));
        assertThat(fixture.reasons())
                .containsExactly("future.jar: needs SPI [2.0,3), this agent has 1.0.0; use a build of this backend for"
                        + " that SPI, or another agent");
    }

    @Test
    void whatPf4jIsToldAboutTheSpiCountsToo() {
        new VendorJar().header("Plugin-Requires", ">=2.0.0 & <3.0.0").build(fixture.jar("future.jar"));
        assertThat(fixture.reasons())
                .containsExactly(
                        "future.jar: needs SPI >=2.0.0 & <3.0.0 (Plugin-Requires), this agent has 1.0.0; use a build of"
                                + " this backend for that SPI, or another agent");
    }

    @Test
    void aVersionRangeThatIsNoneIsRefused() {
        new VendorJar()
                .header("Import-Package", "io.sagara.spi;version=\"one\"")
                .build(fixture.jar("x.jar"));
        assertThat(fixture.reasons()).containsExactly("x.jar: has 'one' in its manifest, which is no version range");
    }

    @Test
    void aJarThatIsNoModuleIsRefused() {
        VendorJar.library(fixture.jar("x.jar"), Map.of("com.example.A", "package com.example; class A {}"));
        assertThat(fixture.reasons()).singleElement().asString().startsWith("x.jar: is no named module");
    }

    @Test
    void aModuleWithoutProviderIsRefused() {
        new VendorJar().provides("").build(fixture.jar("x.jar"));
        assertThat(fixture.reasons())
                .containsExactly("x.jar: module com.example.backend provides no io.sagara.spi.BackendProvider; a"
                        + " backend jar provides exactly one");
    }

    @Test
    void everyHeaderIsNeeded() {
        new VendorJar().without("Plugin-Id").build(fixture.jar("1.jar"));
        new VendorJar().without("Plugin-Version").build(fixture.jar("2.jar"));
        new VendorJar().without("Bundle-SymbolicName").build(fixture.jar("3.jar"));
        new VendorJar().without("Import-Package").build(fixture.jar("4.jar"));
        new VendorJar().header("Import-Package", "java.util").build(fixture.jar("5.jar"));
        assertThat(fixture.reasons())
                .containsExactly(
                        "1.jar: has no Plugin-Id in its manifest; build it as the third-party-backend example does",
                        "2.jar: has no Plugin-Version in its manifest; build it as the third-party-backend example does",
                        "3.jar: has no Bundle-SymbolicName in its manifest; build it as the third-party-backend example"
                                + " does",
                        "4.jar: has no Import-Package in its manifest; build it as the third-party-backend example does",
                        "5.jar: does not import io.sagara.spi in its manifest; build it as the third-party-backend"
                                + " example does");
    }

    @Test
    void classesOfANewerJavaAreRefused() throws IOException {
        Path jar = new VendorJar().build(root.resolve("good.jar"));
        int newer = Runtime.version().feature() + 1;
        VendorJar.edit(jar, fixture.jar("x.jar"), "com/example/backend/Provider.class", bytes -> {
            bytes[7] = (byte) (44 + newer);
            return bytes;
        });
        assertThat(fixture.reasons())
                .containsExactly("x.jar: is compiled for Java " + newer
                        + " (com/example/backend/Provider.class), this agent runs on Java " + (newer - 1)
                        + "; compile it with --release " + (newer - 1));
    }

    @Test
    void theLibrariesOfTheAgentAreNotForBackends() {
        Path gson = VendorJar.library(
                root.resolve("gson.jar"),
                Map.of(
                        "module-info", "module com.google.gson { exports com.google.gson; }",
                        "com.google.gson.Gson", "package com.google.gson; public class Gson {}"));
        new VendorJar()
                .requires("requires com.google.gson;")
                .library(gson)
                .without("Bundle-ClassPath")
                .build(fixture.jar("1.jar"));
        new VendorJar()
                .header("Import-Package", "io.sagara.spi;version=\"[1.0,2)\",com.google.gson")
                .build(fixture.jar("2.jar"));
        assertThat(fixture.reasons())
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("1.jar: module com.example.backend requires com.google.gson,"
                                        + " which is neither in the jar nor offered by the agent"),
                        second -> assertThat(second)
                                .startsWith("2.jar: imports what is not there: ")
                                .contains("com.google.gson"));
    }

    @Test
    void aLibraryThatIsMissingFromTheJarIsNamed() {
        new VendorJar().header("Bundle-ClassPath", ".,lib/gone.jar").build(fixture.jar("x.jar"));
        assertThat(fixture.reasons())
                .containsExactly("x.jar: has lib/gone.jar on its Bundle-ClassPath, but does not hold it");
    }

    @Test
    void twoJarsOfOneTypeAreBothNamedAndTheFirstNameWins() {
        new VendorJar().header("Plugin-Id", "one").build(fixture.jar("b.jar"));
        new VendorJar().header("Plugin-Id", "two").build(fixture.jar("a.jar"));
        LoadedBackends loaded = fixture.load();
        assertThat(loaded.byType().get("scratch"))
                .extracting(LoadedBackend::jar)
                .isEqualTo(fixture.jar("a.jar"));
        assertThat(loaded.refusals())
                .extracting(Refusal::toString)
                .containsExactly("b.jar: has the type 'scratch', which a.jar has already; remove one of the two");
    }

    @Test
    void twoJarsOfOnePluginIdAreBothNamedAndTheFirstNameWins() {
        new VendorJar().type("\"other\"").build(fixture.jar("b.jar"));
        new VendorJar().build(fixture.jar("a.jar"));
        assertThat(fixture.reasons())
                .containsExactly(
                        "b.jar: has the plugin id 'com.example.backend', which a.jar has already; remove one of the two");
    }

    @Test
    void aJarThatFailsGivesItsTypeToTheNext() {
        new VendorJar()
                .create("if (true) throw new IllegalStateException(\"no licence\");")
                .build(fixture.jar("a.jar"));
        new VendorJar().build(fixture.jar("b.jar"));
        LoadedBackends loaded = fixture.load();
        assertThat(loaded.byType().get("scratch"))
                .extracting(LoadedBackend::jar)
                .isEqualTo(fixture.jar("b.jar"));
        assertThat(loaded.refusals())
                .extracting(Refusal::toString)
                .containsExactly(
                        "a.jar: fails: create(host) throws java.lang.IllegalStateException: no licence; report this to its"
                                + " vendor");
    }

    @Test
    void aProviderThatFailsIsRefused() {
        new VendorJar()
                .constructor("throw new IllegalStateException(\"boom\");")
                .build(fixture.jar("1.jar"));
        new VendorJar().type("null").build(fixture.jar("2.jar"));
        new VendorJar().type("\"Not A Type\"").build(fixture.jar("3.jar"));
        new VendorJar().type("String.valueOf(1 / (int) 0L)").build(fixture.jar("4.jar"));
        new VendorJar().create("if (true) return null;").build(fixture.jar("5.jar"));
        new VendorJar()
                .create("if (true) throw new NoClassDefFoundError(\"x\");")
                .build(fixture.jar("6.jar"));
        assertThat(fixture.reasons())
                .containsExactly(
                        "1.jar: fails: the provider throws java.lang.IllegalStateException: boom; report this to its vendor",
                        "2.jar: fails: type() returned null; report this to its vendor",
                        "3.jar: has the type 'Not A Type'; use lower-case letters and digits",
                        "4.jar: fails: type() throws java.lang.ArithmeticException: / by zero; report this to its vendor",
                        "5.jar: fails: create(host) returned null; report this to its vendor",
                        "6.jar: fails: create(host) throws java.lang.NoClassDefFoundError: x; report this to its vendor");
    }

    @Test
    void aProviderThatHangsIsGivenUp() {
        try (PluginsFixture hasty =
                new PluginsFixture(root.resolve("hasty"), Duration.ofSeconds(2), Duration.ofSeconds(1))) {
            new VendorJar()
                    .constructor("try { new java.util.concurrent.CountDownLatch(1).await(); }"
                            + " catch (InterruptedException e) { throw new IllegalStateException(e); }")
                    .build(hasty.jar("a.jar"));
            new VendorJar().build(hasty.jar("b.jar"));
            LoadedBackends loaded = hasty.load();
            assertThat(loaded.byType()).containsOnlyKeys("scratch");
            assertThat(loaded.refusals())
                    .extracting(Refusal::toString)
                    .containsExactly("a.jar: does not come up within 2 s");
        }
    }

    @Test
    void aMissingPluginsDirectoryIsAnErrorThatSaysSo() {
        Path missing = root.resolve("missing");
        assertThatThrownBy(() -> fixture.plugins.load(missing))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("SAGARA_PLUGINS_DIR");
    }
}
