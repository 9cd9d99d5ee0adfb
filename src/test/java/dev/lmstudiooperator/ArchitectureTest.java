package dev.lmstudiooperator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.AccessTarget.Predicates.declaredIn;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.cli.LmsCli;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Verifies package dependencies, which point down only. docs/contributing.md has the diagram. */
class ArchitectureTest {

    private static final String ROOT = "dev.lmstudiooperator";
    private static final String API = ROOT + ".api..";
    private static final String LM_STUDIO = ROOT + ".lmstudio";
    private static final String PLAN = ROOT + ".agent.plan..";
    private static final String CONTROLLER = ROOT + ".controller";
    private static final String CONFIG = ROOT + ".config..";
    private static final String METRICS = ROOT + ".metrics..";
    private static final String CLOCK = ROOT + ".clock..";
    private static final String LEASE = ROOT + ".lease..";
    private static final String KUBERNETES = ROOT + ".kubernetes..";
    private static final String LOGGING = ROOT + ".logging..";
    private static final String PREFLIGHT = ROOT + ".preflight..";

    /** Excludes the classes that Quarkus generates, and the tests. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage(ROOT + "..");

    @Test
    void lmStudioApiAndConfigDependOnNothingElse() {
        hold(pkg(LM_STUDIO).uses());
        hold(pkg(API).uses());
        hold(pkg(CONFIG).uses());
    }

    @Test
    void adaptersUseLmStudioOnly() {
        hold(pkg(LM_STUDIO + ".cli.process..").uses());
        hold(pkg(LM_STUDIO + ".cli..").uses(LM_STUDIO));
        hold(pkg(LM_STUDIO + ".http..").uses(LM_STUDIO));
        hold(pkg(LM_STUDIO + ".resilience..").uses(LM_STUDIO, LOGGING));
    }

    @Test
    void sharedPackagesKnowNoRole() {
        hold(pkg(LOGGING).uses(CONFIG, LM_STUDIO));
        hold(pkg(METRICS).uses(API, CONFIG, LM_STUDIO, KUBERNETES));
        hold(pkg(KUBERNETES).uses(API, LOGGING, LM_STUDIO));
        hold(pkg(CLOCK).uses(LOGGING));
        hold(pkg(LEASE).uses(API, CLOCK, KUBERNETES));
        hold(pkg(PREFLIGHT).uses(API, LOGGING, KUBERNETES));
    }

    @Test
    void agentPackagesUseTheOnesBelowThem() {
        hold(pkg(PLAN).uses(API, LM_STUDIO));
        hold(pkg(ROOT + ".agent.observer..").uses(API, LM_STUDIO, CLOCK, LOGGING));
        hold(pkg(ROOT + ".agent.operation..").uses(ROOT + ".agent.observer..", PLAN, LM_STUDIO, LOGGING));
        hold(pkg(ROOT + ".agent.lease..").uses(API, CONFIG, CLOCK, LEASE, LOGGING, KUBERNETES));
        hold(pkg(ROOT + ".agent.verification..").uses(PLAN, API, LM_STUDIO));
        hold(pkg(ROOT + ".agent.managedmodel..")
                .uses(
                        PLAN,
                        ROOT + ".agent.observer..",
                        ROOT + ".agent.operation..",
                        ROOT + ".agent.lease..",
                        API,
                        LM_STUDIO,
                        CLOCK,
                        LOGGING,
                        KUBERNETES));
        hold(pkg(ROOT + ".agent.lmstudionode..")
                .uses(ROOT + ".agent.observer..", PLAN, API, LM_STUDIO, CLOCK, LOGGING, KUBERNETES));
    }

    @Test
    void controllerKnowsNoAgentAndNoLmStudio() {
        hold(pkg(CONTROLLER + "..").uses(API, CONFIG, CLOCK, LEASE, KUBERNETES, METRICS, LOGGING));
    }

    @Test
    void controllerPackagesUseTheOnesBelowThem() {
        hold(pkg(CONTROLLER + ".cache..").uses(API));
        hold(pkg(CONTROLLER + ".nodelifecycle..").uses(CONTROLLER + ".cache..", API, KUBERNETES, LOGGING));
        hold(pkg(CONTROLLER + ".reachability..").uses(CONTROLLER + ".cache..", API, KUBERNETES, LOGGING));
        hold(pkg(CONTROLLER + ".endpointslice..")
                .uses(
                        CONTROLLER + ".reachability..",
                        CONTROLLER + ".nodelifecycle..",
                        CONTROLLER + ".cache..",
                        API,
                        KUBERNETES,
                        METRICS,
                        LOGGING));
        hold(pkg(CONTROLLER + ".scheduling..")
                .uses(CONTROLLER + ".nodelifecycle..", CONTROLLER + ".cache..", API, KUBERNETES));
        hold(pkg(CONTROLLER + ".modelset..")
                .uses(
                        CONTROLLER + ".scheduling..",
                        CONTROLLER + ".nodelifecycle..",
                        CONTROLLER + ".cache..",
                        API,
                        CLOCK,
                        KUBERNETES,
                        LOGGING));
    }

    @Test
    void onlyTheWiringOfTheAgentKnowsTheAdapters() {
        hold(noClasses()
                .that(not(resideInAnyPackage(ROOT + ".agent", LM_STUDIO + ".cli..", LM_STUDIO + ".http.."))
                        .and(OURS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(LM_STUDIO + ".cli..", LM_STUDIO + ".http..")));
    }

    /** The adapter is created in one place, where {@code ResilientCli} wraps it. No other class calls it. */
    @Test
    void noClassBypassesTheResilience() {
        assertThat(CLASSES.stream()
                        .filter(type -> type.isAssignableTo(LmStudioCli.class) && !type.isInterface())
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder("LmsCli", "ResilientCli");
        hold(fields().should().notHaveRawType(LmsCli.class));
        hold(noClasses()
                .that(not(equivalentTo(LmsCli.class)))
                .should()
                .callMethodWhere(target(declaredIn(LmsCli.class))));
        hold(classes()
                .that(equivalentTo(LmsCli.class))
                .should()
                .onlyBeAccessed()
                .byClassesThat(equivalentTo(LmsCli.class).or(name(ROOT + ".agent.AgentRuntime"))));
    }

    @Test
    void plannerIsPure() {
        hold(classes().that().resideInAPackage(PLAN).should().onlyDependOnClassesThat(pureOr(resideInAPackage(PLAN))));
    }

    /** Includes the types that they use. */
    @Test
    void policiesOfTheControllerArePure() {
        Set<JavaClass> policies = reachable(
                CONTROLLER,
                "scheduling.Scheduler",
                "nodelifecycle.HeartbeatTracker",
                "nodelifecycle.ClusterDisruption",
                "nodelifecycle.LostNodePolicy",
                "modelset.Planner",
                "reachability.NodeAddress",
                "reachability.ProbeHistory",
                "endpointslice.EndpointPlanner",
                "endpointslice.ModelChange",
                "endpointslice.SlicePlanner");
        policies.add(CLASSES.get(StatusConditions.class));

        hold(classes()
                .that(describe("make up a policy of the controller", policies::contains))
                .should()
                .onlyDependOnClassesThat(pureOr(describe("are policies", policies::contains))));
    }

    private static DescribedPredicate<JavaClass> pureOr(DescribedPredicate<JavaClass> own) {
        return describe(
                "need no I/O, no clock, no thread, no framework and no logger",
                type -> own.test(type.getBaseComponentType()) || isPure(type.getBaseComponentType()));
    }

    /** Returns the named classes of a package, and the classes of the package that they depend on. */
    private static Set<JavaClass> reachable(String pkg, String... names) {
        Set<JavaClass> reached = new HashSet<>();
        Deque<JavaClass> ahead = new ArrayDeque<>();
        Stream.of(names).map(name -> CLASSES.get(pkg + "." + name)).forEach(ahead::add);
        while (!ahead.isEmpty()) {
            JavaClass next = ahead.pop();
            if (reached.add(next)) {
                next.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .filter(resideInAPackage(pkg + ".."))
                        .forEach(ahead::add);
            }
        }
        return reached;
    }

    private static boolean isPure(JavaClass base) {
        return base.isPrimitive()
                || resideInAnyPackage(API, "org.apache.commons.text..", "org.jspecify..")
                        .test(base)
                || resideInAPackage(LM_STUDIO)
                        .and(describe(
                                "ports",
                                t -> !t.isInterface() || t.getSimpleName().equals("Reading")))
                        .test(base)
                || resideInAnyPackage(
                                "io.fabric8.kubernetes.api.model",
                                "io.fabric8.kubernetes.api.model.coordination.v1",
                                "io.fabric8.kubernetes.api.model.discovery.v1")
                        .test(base)
                || resideInAnyPackage(
                                "java.lang",
                                "java.lang.invoke",
                                "java.lang.runtime",
                                "java.util..",
                                "java.time",
                                "java.time.temporal",
                                "java.nio.charset",
                                "java.security")
                        .and(not(resideInAnyPackage("java.util.logging..", "java.util.concurrent..")))
                        .and(not(equivalentTo(Thread.class)
                                .or(equivalentTo(Clock.class))
                                .or(equivalentTo(System.class))))
                        .test(base);
    }

    @Test
    void packagesFormNoCircle() {
        hold(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
    }

    @Test
    void namesSayWhatAClassIs() {
        hold(noClasses().should().haveNameMatching(".*(Utils?|Helper|Misc|Common)"));
    }

    @Test
    void dependenciesComeThroughTheConstructor() {
        hold(fields().should().notBeAnnotatedWith(Inject.class));
    }

    @Test
    void timeIsAnArgument() {
        hold(noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.util.Date"));
        hold(noClasses().should().callMethod(System.class, "currentTimeMillis"));
        hold(noClasses().should().callMethod(Instant.class, "now"));
        hold(noClasses().that(not(equivalentTo(SteadyClock.class))).should().callMethod(InstantSource.class, "system"));
    }

    /** See docs/adr/0012-platform-threads.md. */
    @Test
    void threadsAreTheSystems() {
        hold(noClasses().should().callMethod(Thread.class, "ofVirtual"));
        hold(noClasses().should().callMethod(Thread.class, "startVirtualThread", Runnable.class));
        hold(noClasses().should().callMethod(Executors.class, "newVirtualThreadPerTaskExecutor"));
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(
                        pkg -> assertThat(isNullMarked(pkg)).as(pkg.getName()).isTrue());
    }

    private static boolean isNullMarked(JavaPackage pkg) {
        return pkg.tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
    }

    private static void hold(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static PackageRule pkg(String name) {
        return new PackageRule(name);
    }

    private record PackageRule(String name) {

        ArchRule uses(String... others) {
            String[] allowed = Stream.concat(Stream.of(name), Stream.of(others)).toArray(String[]::new);
            return noClasses()
                    .that()
                    .resideInAPackage(name)
                    .should()
                    .dependOnClassesThat(OURS.and(not(resideInAnyPackage(allowed))))
                    .as("classes of %s use %s only".formatted(name, String.join(", ", allowed)));
        }
    }
}
