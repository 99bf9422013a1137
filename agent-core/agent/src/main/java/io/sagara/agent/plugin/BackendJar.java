package io.sagara.agent.plugin;

import io.sagara.spi.BackendProvider;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipFile;

/// A jar that was found whole and fit to be loaded.
///
/// `source`: the file the user put there. `staged`: our copy of it, which nobody overwrites while it is used.
/// `libraries`: the jars it carries on its `Bundle-ClassPath`, copied out. `module`: its module. `pluginId`,
/// `version`: from its manifest.
record BackendJar(
        Path source, Path staged, List<Path> libraries, ModuleDescriptor module, String pluginId, String version) {
    private static final String SPI = BackendProvider.class.getPackageName();
    private static final String HOW = "; build it as the third-party-backend example does";
    private static final int FIRST_JAVA = 44;

    /// Copies the jar to `staged`, a path that does not exist, and checks all that can be checked without
    /// running anything of it.
    static BackendJar stage(Path source, Path staged) throws RefusedException {
        try {
            Files.copy(source, staged);
        } catch (IOException e) {
            throw new RefusedException("cannot be read: " + e + "; check its permissions", e);
        }
        try (JarFile jar = new JarFile(staged.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            checkEntries(jar);
            ModuleDescriptor module = module(jar);
            Manifest manifest = jar.getManifest();
            if (manifest == null) {
                throw new RefusedException("has no META-INF/MANIFEST.MF" + HOW);
            }
            Attributes headers = manifest.getMainAttributes();
            required(headers, "Bundle-SymbolicName");
            String id = required(headers, "Plugin-Id");
            String version = required(headers, "Plugin-Version");
            checkSpi(required(headers, "Import-Package"));
            return new BackendJar(source, staged, libraries(jar, headers, staged), module, id, version);
        } catch (IOException | SecurityException e) {
            throw new RefusedException("is broken or no jar at all (" + e.getMessage() + "); copy it again", e);
        }
    }

    /// The file name, for messages.
    String name() {
        return String.valueOf(source.getFileName());
    }

    /// Reads every byte, so that damage is found now and not in the middle of an operation on storage.
    private static void checkEntries(JarFile jar) throws IOException, RefusedException {
        int newest = FIRST_JAVA + Runtime.version().feature();
        for (JarEntry entry : Collections.list(jar.entries())) {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(jar.getInputStream(entry), sum)) {
                boolean code =
                        entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
                int major = code ? classVersion(in) : 0;
                in.transferTo(OutputStream.nullOutputStream());
                if (sum.getValue() != entry.getCrc()) {
                    throw new IOException("wrong checksum");
                }
                if (major > newest) {
                    throw new RefusedException("is compiled for Java " + (major - FIRST_JAVA) + " (" + entry.getName()
                            + "), this agent runs on Java " + (newest - FIRST_JAVA) + "; compile it with --release "
                            + (newest - FIRST_JAVA));
                }
            } catch (IOException e) {
                throw new IOException(entry.getName() + ": " + e.getMessage(), e);
            }
        }
    }

    /// The major version of a class file: the fourth 16-bit number of it.
    private static int classVersion(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        boolean magic = data.readInt() == 0xCAFEBABE;
        data.readUnsignedShort();
        int major = data.readUnsignedShort();
        if (!magic) {
            throw new IOException("is no class file");
        }
        return major;
    }

    private static ModuleDescriptor module(JarFile jar) throws IOException, RefusedException {
        JarEntry entry = jar.getJarEntry("module-info.class");
        if (entry == null) {
            throw new RefusedException("is no named module: it has no module-info.class" + HOW);
        }
        ModuleDescriptor module;
        try (InputStream in = jar.getInputStream(entry)) {
            module = ModuleDescriptor.read(in);
        } catch (InvalidModuleDescriptorException e) {
            throw new RefusedException("has a module-info.class that cannot be read: " + e.getMessage(), e);
        }
        List<String> providers = module.provides().stream()
                .filter(p -> p.service().equals(BackendProvider.class.getName()))
                .flatMap(p -> p.providers().stream())
                .toList();
        if (providers.size() != 1) {
            throw new RefusedException("module " + module.name() + " provides "
                    + (providers.isEmpty() ? "no " : providers.size() + " of ") + BackendProvider.class.getName()
                    + "; a backend jar provides exactly one");
        }
        return module;
    }

    private static String required(Attributes headers, String name) throws RefusedException {
        String value = headers.getValue(name);
        if (value == null || value.isBlank()) {
            throw new RefusedException("has no " + name + " in its manifest" + HOW);
        }
        return value.strip();
    }

    private static void checkSpi(String imports) throws RefusedException {
        ManifestHeader.Clause clause = ManifestHeader.parse(imports)
                .find(SPI)
                .orElseThrow(() -> new RefusedException("does not import " + SPI + " in its manifest" + HOW));
        String range = clause.attributes().getOrDefault("version", "0");
        if (!FelixFramework.inRange(range, BackendProvider.SPI_VERSION)) {
            throw new RefusedException("needs SPI " + range + ", this agent has " + BackendProvider.SPI_VERSION
                    + "; use a build of this backend for that SPI, or another agent");
        }
    }

    private static List<Path> libraries(JarFile jar, Attributes headers, Path staged)
            throws IOException, RefusedException {
        List<Path> libraries = new ArrayList<>();
        String classPath = headers.getValue("Bundle-ClassPath");
        for (ManifestHeader.Clause clause :
                ManifestHeader.parse(classPath == null ? "." : classPath).clauses()) {
            for (String path : clause.paths()) {
                JarEntry entry = jar.getJarEntry(path);
                if (entry != null && !entry.isDirectory()) {
                    // not the path from the jar, which could lead anywhere
                    Path library = staged.resolveSibling(staged.getFileName() + "-" + libraries.size() + ".jar");
                    try (InputStream in = jar.getInputStream(entry)) {
                        Files.copy(in, library);
                    }
                    libraries.add(library);
                } else if (entry == null && !path.equals(".")) {
                    throw new RefusedException("has " + path + " on its Bundle-ClassPath, but does not hold it");
                }
            }
        }
        return List.copyOf(libraries);
    }
}
