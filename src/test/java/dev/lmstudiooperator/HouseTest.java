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

/** The rooms of the house, and who may look into which: arrows point down only. */
class HouseTest {

    private static final String ROOT = "dev.lmstudiooperator";
    private static final String API = ROOT + ".api..";
    private static final String LM_STUDIO = ROOT + ".lmstudio";
    private static final String PLAN = ROOT + ".agent.plan..";
    private static final String CONTROLLER = ROOT + ".controller";
    private static final String CONFIG = ROOT + ".config..";
    private static final String OBSERVABILITY = ROOT + ".observability..";
    private static final String CLOCK = ROOT + ".clock..";
    private static final String LEASE = ROOT + ".lease..";
    private static final String KUBERNETES = ROOT + ".kubernetes..";
    private static final String LOG = ROOT + ".observability.log..";
    private static final String EVENTS = ROOT + ".observability.events..";

    /** Without Quarkus' generated classes, and without the tests. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage(ROOT + "..");

    @Test
    void startupKnowsTheResourcesOnly() {
        hold(room(ROOT + ".startup..").andUses(API, LOG));
    }

    @Test
    void lmStudioDependsOnNothingOfOurs() {
        hold(room(LM_STUDIO).andUses());
    }

    @Test
    void apiDependsOnNothingOfOurs() {
        hold(room(API).andUses());
    }

    @Test
    void configDependsOnNothingOfOurs() {
        hold(room(CONFIG).andUses());
    }

    @Test
    void adaptersAndGuardUseLmStudioOnly() {
        hold(room(LM_STUDIO + ".cli..").andUses(LM_STUDIO));
        hold(room(LM_STUDIO + ".http..").andUses(LM_STUDIO));
        hold(room(LM_STUDIO + ".guard..").andUses(LM_STUDIO, LOG));
    }

    @Test
    void processRunnerKnowsNothingOfModels() {
        hold(room(LM_STUDIO + ".cli.process..").andUses());
    }

    @Test
    void roomsOfTheAgentUseWhatIsBelowThem() {
        hold(room(PLAN).andUses(API, LM_STUDIO));
        hold(room(ROOT + ".agent.observe..").andUses(API, LM_STUDIO, CLOCK, LOG));
        hold(room(ROOT + ".agent.act..").andUses(PLAN, LM_STUDIO, LOG));
        hold(room(ROOT + ".agent.tenure..").andUses(API, CONFIG, CLOCK, LEASE, LOG, EVENTS));
        hold(room(ROOT + ".agent.verify..").andUses(PLAN, API, LM_STUDIO));
        hold(room(ROOT + ".agent.status..").andUses(PLAN, API, LM_STUDIO, LOG, EVENTS));
        hold(room(ROOT + ".agent.converge..")
                .andUses(
                        PLAN,
                        ROOT + ".agent.observe..",
                        ROOT + ".agent.act..",
                        ROOT + ".agent.status..",
                        ROOT + ".agent.tenure..",
                        API,
                        LM_STUDIO,
                        CLOCK));
        hold(room(ROOT + ".agent.node..").andUses(ROOT + ".agent.observe..", PLAN, API, LM_STUDIO, CLOCK, LOG, EVENTS));
    }

    @Test
    void controllerKnowsNoAgentAndNoLmStudio() {
        hold(room(CONTROLLER + "..").andUses(API, CONFIG, CLOCK, LEASE, KUBERNETES, OBSERVABILITY));
    }

    @Test
    void clockLeaseAndRequestsAreForEverybody() {
        hold(room(CLOCK).andUses(LOG));
        hold(room(LEASE).andUses(API));
        hold(room(KUBERNETES).andUses(API));
    }

    @Test
    void observabilityMeasuresValuesOnly() {
        hold(room(OBSERVABILITY).andUses(API, CONFIG, LM_STUDIO));
    }

    @Test
    void onlyTheWiringOfTheAgentKnowsTheAdapters() {
        hold(noClasses()
                .that(not(resideInAnyPackage(ROOT + ".agent", LM_STUDIO + ".cli..", LM_STUDIO + ".http.."))
                        .and(OURS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(LM_STUDIO + ".cli..", LM_STUDIO + ".http..")));
    }

    /** The adapter is made in one place, where the guard takes it; nobody calls it by its name. */
    @Test
    void nobodyBypassesTheGuard() {
        assertThat(CLASSES.stream()
                        .filter(type -> type.isAssignableTo(LmStudioCli.class) && !type.isInterface())
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder("LmsCli", "GuardedCli");
        hold(fields().should().notHaveRawType(LmsCli.class));
        hold(noClasses()
                .that(not(equivalentTo(LmsCli.class)))
                .should()
                .callMethodWhere(target(declaredIn(LmsCli.class))));
        hold(classes()
                .that(equivalentTo(LmsCli.class))
                .should()
                .onlyBeAccessed()
                .byClassesThat(equivalentTo(LmsCli.class).or(name(ROOT + ".agent.LocalLmStudio"))));
    }

    @Test
    void plannerIsPure() {
        hold(classes().that().resideInAPackage(PLAN).should().onlyDependOnClassesThat(pureOr(resideInAPackage(PLAN))));
    }

    /** With all that they are made of. */
    @Test
    void policiesOfTheControllerArePure() {
        Set<JavaClass> policies = reachable(
                CONTROLLER, "binding.Placement", "liveness.Silence", "liveness.Judgement", "lifecycle.Lifecycle");

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

    /** Those of a room that the named ones need, and themselves. */
    private static Set<JavaClass> reachable(String room, String... names) {
        Set<JavaClass> reached = new HashSet<>();
        Deque<JavaClass> ahead = new ArrayDeque<>();
        Stream.of(names).map(name -> CLASSES.get(room + "." + name)).forEach(ahead::add);
        while (!ahead.isEmpty()) {
            JavaClass next = ahead.pop();
            if (reached.add(next)) {
                next.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .filter(resideInAPackage(room + ".."))
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
                                "io.fabric8.kubernetes.api.model", "io.fabric8.kubernetes.api.model.coordination.v1")
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
        hold(noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Handler|Processor)"));
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

    /** See docs/adr/0012-threads-are-the-systems.md. */
    @Test
    void threadsAreTheSystems() {
        hold(noClasses().should().callMethod(Thread.class, "ofVirtual"));
        hold(noClasses().should().callMethod(Thread.class, "startVirtualThread", Runnable.class));
        hold(noClasses().should().callMethod(Executors.class, "newVirtualThreadPerTaskExecutor"));
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(room ->
                        assertThat(isNullMarked(room)).as(room.getName()).isTrue());
    }

    private static boolean isNullMarked(JavaPackage room) {
        return room.tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
    }

    private static void hold(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static Room room(String name) {
        return new Room(name);
    }

    /** One line of the table "The house". */
    private record Room(String name) {

        ArchRule andUses(String... others) {
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
