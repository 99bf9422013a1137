package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Volfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadingTest {
    @TempDir
    Path root;

    @Test
    void aGoodJarIsLoadedAndServes() {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            Path jar = new VendorJar().header("Plugin-Version", "1.2.3").build(fixture.jar("scratch.jar"));
            LoadedBackend scratch = fixture.load("scratch");
            assertThat(scratch.type()).isEqualTo("scratch");
            assertThat(scratch.version()).isEqualTo("1.2.3");
            assertThat(scratch.jar()).isEqualTo(jar);
            assertThat(scratch.unitOptions()).containsExactly("depth");
            assertThat(scratch.backend().bricks().attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/bricks/scratch"));
            assertThat(scratch.backend().volfiles().client(Lent.POOL)).isEqualTo(new Volfile("p1", "volume p1"));
        }
    }

    @Test
    void aDirectoryWithoutJarsHoldsNoBackend() throws IOException {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            Files.writeString(fixture.jar("README.md"), "put jars here");
            LoadedBackends loaded = fixture.load();
            assertThat(loaded.byType()).isEmpty();
            assertThat(loaded.refusals()).isEmpty();
        }
    }

    @Test
    void overwritingTheFileOfALoadedJarDoesNotHurtIt() throws IOException {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            VendorJar vendor = new VendorJar()
                    .source("com.example.backend.Late", "package com.example.backend; class Late { int answer = 42; }")
                    .attach("return Path.of(\"/\" + new Late().answer);");
            Path jar = vendor.build(fixture.jar("scratch.jar"));
            LoadedBackend scratch = fixture.load("scratch");
            Files.writeString(jar, "overwritten");
            assertThat(scratch.backend().bricks().attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/42"));
        }
    }

    @Test
    void aBackendSeesItsOwnVersionOfALibraryTheAgentAlsoUses() {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            Path gson = VendorJar.library(
                    root.resolve("gson-0.1.jar"),
                    Map.of(
                            "module-info",
                            "module com.google.gson { exports com.google.gson; }",
                            "com.google.gson.Gson",
                            "package com.google.gson; public class Gson { "
                                    + "public static String version() { return \"0.1\"; } }"));
            new VendorJar()
                    .requires("requires com.google.gson;")
                    .attach("""
                            Class<?> gson = com.google.gson.Gson.class;
                            return Path.of("/" + com.google.gson.Gson.version() + gson.getModule().isNamed());
                            """)
                    .library(gson)
                    .build(fixture.jar("scratch.jar"));
            LoadedBackend scratch = fixture.load("scratch");
            assertThat(scratch.backend().bricks().attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/0.1true"));
            assertThat(new Gson().toJson(List.of(1))).isEqualTo("[1]");
        }
    }

    @Test
    void aLibraryThatIsNoModuleCanBeCarriedToo() {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            Path old = VendorJar.library(
                    root.resolve("oldlib.jar"),
                    Map.of(
                            "com.example.oldlib.Old",
                            "package com.example.oldlib; public class Old { public static int answer() { return 42; } }"));
            new VendorJar()
                    .requires("requires static oldlib;")
                    .attach("return Path.of(\"/\" + com.example.oldlib.Old.answer());")
                    .library(old)
                    .build(fixture.jar("scratch.jar"));
            LoadedBackend scratch = fixture.load("scratch");
            assertThat(scratch.backend().bricks().attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/42"));
        }
    }

    @Test
    void classesOfTheJarFindItsResources() {
        try (PluginsFixture fixture = new PluginsFixture(root)) {
            new VendorJar().attach("""
                            return Path.of("/" + (Provider.class.getClassLoader().getResource("module-info.class") != null));
                            """).build(fixture.jar("scratch.jar"));
            LoadedBackend scratch = fixture.load("scratch");
            assertThat(scratch.backend().bricks().attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/true"));
        }
    }

    @Test
    void theSpiJarIsABundleOfTheVersionTheAgentServes() throws IOException {
        try (InputStream in = BackendProvider.class.getModule().getResourceAsStream("META-INF/MANIFEST.MF")) {
            assertThat(in).isNotNull();
            String exports = new Manifest(in).getMainAttributes().getValue("Export-Package");
            assertThat(ManifestHeader.parse(exports).find("io.sagara.spi"))
                    .hasValueSatisfying(
                            c -> assertThat(c.attributes()).containsEntry("version", BackendProvider.SPI_VERSION));
        }
    }
}
