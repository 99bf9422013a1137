package io.sagara.operator;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// The rules of the house that a compiler does not see.
class ArchitectureTest {
    private static final JavaClasses OPERATOR = new ClassFileImporter().importPath(Path.of("target", "classes"));
    private static final String HERE = "io.sagara.operator";

    /// Without it a mistake in the path would make every other rule hold.
    @Test
    void theClassesOfTheOperatorAreRead() {
        assertThat(OPERATOR.size()).isGreaterThan(40);
        assertThat(OPERATOR.contain(Main.class)).isTrue();
    }

    @Test
    void theApiServersClientIsNamedInOnePackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(HERE + ".kube..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.fabric8..", "com.fasterxml.."))
                .check(OPERATOR);
    }

    @Test
    void decisionsHaveNoEffects() {
        noClasses()
                .that()
                .resideInAnyPackage(HERE + ".plan..", HERE + ".crd..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        HERE + ".kube..",
                        HERE + ".lead..",
                        HERE + ".node..",
                        "java.net..",
                        "java.util.concurrent..",
                        "org.slf4j.."))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Files.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(OPERATOR);
    }

    @Test
    void theAgentIsKnownThroughItsApiOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.sagara.agent..", "io.sagara.csi..", "io.netty.."))
                .check(OPERATOR);
    }

    @Test
    void timeComesFromOutside() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethodWhere(target(owner(nameMatching("java.lang.Thread"))).and(target(nameMatching("sleep"))))
                .check(OPERATOR);
    }
}
