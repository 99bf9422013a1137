package io.sagara.agent;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of the house that a compiler does not see.
final class ArchitectureTest {
    private static final JavaClasses AGENT = new ClassFileImporter().importPath(Path.of("target", "classes"));
    private static final String HERE = "io.sagara.agent";

    private static void holds(ArchRule rule) {
        rule.check(AGENT);
    }

    /// Without it a mistake in the path would make every other rule hold.
    @Test
    void theClassesOfTheAgentAreRead() {
        assertThat(AGENT.size()).isGreaterThan(50);
        assertThat(AGENT.contain(Main.class)).isTrue();
    }

    @Test
    void theAgentKnowsNothingOfKubernetesAndOfCsi() {
        holds(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.sagara.csi..", "io.sagara.operator..", "io.sagara.cli..", "io.fabric8..", "csi.."));
    }

    @Test
    void backendsEnterThroughTheSpiOnly() {
        holds(noClasses().should().dependOnClassesThat().resideInAPackage("io.sagara.backend.."));
    }

    @Test
    void decisionsHaveNoEffects() {
        holds(noClasses()
                .that()
                .resideInAPackage(HERE + ".quota..")
                .or()
                .haveNameMatching(".*\\.(Daemon(Life|State|Event|Effect)|Reconciliation|.*Plan)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent..", "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Files.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class));
    }

    @Test
    void namesSayWhatAClassIs() {
        holds(noClasses()
                .that()
                .resideInAPackage(HERE + "..")
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveNameMatching(".*(Utils|Helper|Manager|Impl|Ref)")
                .orShould()
                .haveNameMatching(".*[.$](Abstract|I)[A-Z][a-z].*"));
    }

    @Test
    void methodsAreNamedByWhatTheyReturn() {
        holds(methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage(HERE + "..")
                .and(DescribedPredicate.describe("are our own", ArchitectureTest::isOurs))
                .should()
                .haveNameNotMatching("get[A-Z].*"));
    }

    private static boolean isOurs(JavaMethod method) {
        return method.getOwner().getAllRawInterfaces().stream()
                        .noneMatch(t ->
                                t.tryGetMethod(method.getName(), names(method)).isPresent())
                && method.getOwner().getAllRawSuperclasses().stream()
                        .noneMatch(t ->
                                t.tryGetMethod(method.getName(), names(method)).isPresent());
    }

    private static String[] names(JavaMethod method) {
        return method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
    }

    @Test
    void onlyTheProcessPackageStartsAndSignalsProcesses() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage(HERE + ".process..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Process.class)
                .orShould()
                .callMethodWhere(
                        target(owner(nameMatching("java.lang.Runtime"))).and(target(nameMatching("exec"))))
                .orShould()
                // one's own pid is no secret
                .callMethodWhere(target(owner(nameMatching("java.lang.ProcessHandle")))
                        .and(target(nameMatching("current|pid|info")).negate())));
    }

    @Test
    void onlyGrpcProblemsKnowsStatuses() {
        holds(noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.grpc\\.Status(Runtime)?(Exception)?(\\$.*)?"));
    }

    @Test
    void timeAndChanceComeFromOutside() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage(HERE + ".time..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethodWhere(target(owner(nameMatching("java.lang.Thread"))).and(target(nameMatching("sleep"))))
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .callMethod(Math.class, "random"));
    }

    @Test
    void nothingStaticChanges() {
        holds(fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage(HERE + "..")
                .and()
                .haveModifier(JavaModifier.STATIC)
                .should()
                .beFinal());
    }

    @Test
    void onlyMainEndsTheProcess() {
        holds(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Main.class.getName())
                .should()
                .callMethodWhere(target(owner(nameMatching("java.lang.(System|Runtime)")))
                        .and(target(nameMatching("exit|halt")))));
    }

    @Test
    void aLibraryIsNamedInOnePackageOnly() {
        only("plugin", "org.pf4j..", "org.osgi..", "org.apache.felix..");
        only("posix", "jnr..", "com.kenai..");
        only("account", "java.sql..", "org.sqlite..");
        only("rpc", "io.grpc..");
        only("metrics", "io.prometheus..", "com.sun.net.httpserver..");
        only("volume.disk", "com.google.gson..");
        holds(noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("ch.qos..", "io.netty..", "com.google.common..")));
    }

    private static void only(String home, String... libraries) {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage(HERE + "." + home + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(libraries)));
    }

    @Test
    void theContainerOfBackendsIsNamedInOneClassForEachPart() {
        Stream.of("FelixFramework:org.osgi..", "Pf4jHost:org.pf4j..").forEach(pair -> {
            String[] parts = pair.split(":", 2);
            holds(noClasses()
                    .that()
                    .haveNameNotMatching(".*\\." + parts[0] + "(\\$.*)?")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(parts[1]));
        });
    }

    @Test
    void packagesHaveNoCycles() {
        holds(slices().matching(HERE + ".(**)").should().beFreeOfCycles());
    }
}
