package dev.lmstudiooperator.controlplane;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.junit.jupiter.api.Test;

class RetryOnConflictTest {

    /** An edit fails if an agent, a controller or the API server writes the object meanwhile. */
    @Test
    void testsEditObjectsOnlyWithRetries() {
        noClasses()
                .that(not(equivalentTo(RetryOnConflict.class)))
                .should()
                .callMethodWhere(target(owner(assignableTo(Resource.class))).and(target(name("edit"))))
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.OnlyIncludeTests())
                        .importPackages("dev.lmstudiooperator"));
    }
}
