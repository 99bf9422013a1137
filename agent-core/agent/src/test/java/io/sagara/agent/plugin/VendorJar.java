package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes backend jars, as a vendor's build would: compiled against the SPI alone, with a manifest of its own.
/// What a test changes is plain Java or a plain header.
final class VendorJar {
    private static final String PACKAGE = "com.example.backend";

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<Path> libraries = new ArrayList<>();
    private String requires = "requires io.sagara.spi;";
    private String provides = "provides io.sagara.spi.BackendProvider with " + PACKAGE + ".Provider;";
    private String constructor = "";
    private String create = "";
    private String attach = "return java.nio.file.Path.of(\"/bricks/scratch\");";
    private String type = "\"scratch\"";

    VendorJar() {
        headers.put("Bundle-ManifestVersion", "2");
        headers.put("Bundle-SymbolicName", PACKAGE);
        headers.put("Import-Package", "io.sagara.spi;version=\"[1.0,2)\"");
        headers.put("Plugin-Id", PACKAGE);
        headers.put("Plugin-Version", "1.0.0");
    }

    /// The Java expression its `type()` returns.
    VendorJar type(String expression) {
        type = expression;
        return this;
    }

    /// The body of the provider's constructor.
    VendorJar constructor(String body) {
        constructor = body;
        return this;
    }

    /// The beginning of the body of `create(host)`.
    VendorJar create(String body) {
        create = body;
        return this;
    }

    /// The body of `attach(pool, brick)`; `host` is what the agent lends.
    VendorJar attach(String body) {
        attach = body;
        return this;
    }

    VendorJar requires(String directives) {
        requires += directives;
        return this;
    }

    VendorJar provides(String directives) {
        provides = directives;
        return this;
    }

    VendorJar header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    VendorJar without(String header) {
        headers.remove(header);
        return this;
    }

    VendorJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    /// Puts a library into the jar and on its class path.
    VendorJar library(Path jar) {
        libraries.add(jar);
        headers.merge("Bundle-ClassPath", "lib/" + jar.getFileName(), (a, b) -> a + "," + b);
        headers.computeIfPresent("Bundle-ClassPath", (k, v) -> v.startsWith(".") ? v : ".," + v);
        return this;
    }

    /// Compiles and packs it as `file`.
    Path build(Path file) {
        sources.putIfAbsent(PACKAGE + ".Provider", provider());
        sources.put("module-info", "module " + PACKAGE + " { " + requires + " " + provides + " }");
        return pack(file, sources, headers, libraries);
    }

    /// A library: classes by name, with a module-info among them or not.
    static Path library(Path file, Map<String, String> sources) {
        return pack(file, sources, Map.of(), List.of());
    }

    /// Copies a jar with one entry changed.
    static void edit(Path from, Path to, String name, UnaryOperator<byte[]> change) throws IOException {
        try (JarFile jar = new JarFile(from.toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(to))) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                out.putNextEntry(new JarEntry(entry.getName()));
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                out.write(entry.getName().equals(name) ? change.apply(bytes) : bytes);
                out.closeEntry();
            }
        }
    }

    /// The file or directory of a module on the module path of this JVM.
    static Path location(String module) {
        Path[] path = Stream.of(System.getProperty("jdk.module.path").split(File.pathSeparator))
                .map(Path::of)
                .toArray(Path[]::new);
        return Path.of(
                ModuleFinder.of(path).find(module).orElseThrow().location().orElseThrow());
    }

    private static Path pack(
            Path file, Map<String, String> sources, Map<String, String> headers, List<Path> libraries) {
        try {
            Path work = Files.createTempDirectory(file.getParent(), "vendor");
            Path classes = compile(work, sources, libraries);
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            headers.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
            try (OutputStream out = Files.newOutputStream(file);
                    JarOutputStream jar = new JarOutputStream(out, manifest);
                    Stream<Path> files = Files.walk(classes)) {
                for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                    add(jar, classes.relativize(each).toString(), each);
                }
                for (Path library : libraries) {
                    add(jar, "lib/" + library.getFileName(), library);
                }
            }
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void add(JarOutputStream jar, String name, Path content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        Files.copy(content, jar);
        jar.closeEntry();
    }

    private static Path compile(Path work, Map<String, String> sources, List<Path> libraries) throws IOException {
        Path classes = Files.createDirectory(work.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none", "--module-path"));
        List<String> path = new ArrayList<>();
        Stream.of("io.sagara.spi", "org.jspecify")
                .forEach(m -> path.add(location(m).toString()));
        libraries.forEach(l -> path.add(l.toString()));
        arguments.add(String.join(":", path));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = work.resolve("src").resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
            arguments.add(file.toString());
        }
        StringWriter messages = new StringWriter();
        PrintWriter out = new PrintWriter(messages);
        int result = ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertThat(result).as("javac: %s", messages).isZero();
        return classes;
    }

    private String provider() {
        return """
                package com.example.backend;

                import io.sagara.spi.*;
                import java.nio.file.Path;

                public final class Provider implements BackendProvider {
                    public Provider() {
                        %s
                    }

                    @Override
                    public String type() {
                        return %s;
                    }

                    @Override
                    public java.util.Set<String> unitOptions() {
                        return java.util.Set.of("depth");
                    }

                    @Override
                    public Backend create(BackendHost host) {
                        %s
                        Bricks bricks = new Bricks() {
                            @Override public Path attach(Pool pool, Brick brick) { %s }
                            @Override public void start(Pool pool, Brick brick, Path directory) {}
                            @Override public void stop(Pool pool, Brick brick) {}
                            @Override public BrickHealth check(Pool pool, Brick brick, Path directory) { return null; }
                            @Override public Bytes grow(Pool pool, Brick brick, Path directory) { return Bytes.ZERO; }
                            @Override public void detach(Pool pool, Brick brick) {}
                            @Override public void erase(Pool pool, Brick brick) {}
                        };
                        return new Backend() {
                            @Override public Volfiles volfiles() { return host.volfiles(); }
                            @Override public Bricks bricks() { return bricks; }
                            @Override public Provisioning provisioning() { return host.provisioning(); }
                        };
                    }
                }
                """.formatted(constructor, type, create, attach);
    }
}
