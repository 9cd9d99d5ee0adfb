package dev.lmstudiooperator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Verifies the launchd property list without a Mac. launchd.plist(5) lists the keys. */
class LaunchAgentTest {

    private static final Path FILE = Path.of("deploy", "launchd", "dev.lmstudio-operator.agent.plist");

    private static final Set<String> KEYS = Set.of(
            "Label",
            "ProgramArguments",
            "EnvironmentVariables",
            "RunAtLoad",
            "KeepAlive",
            "ThrottleInterval",
            "ExitTimeOut",
            "AbandonProcessGroup",
            "ProcessType",
            "Umask");

    private Map<String, Element> settings;

    @BeforeEach
    void read() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Element plist = factory.newDocumentBuilder().parse(FILE.toFile()).getDocumentElement();
        assertThat(plist.getTagName()).isEqualTo("plist");
        assertThat(children(plist)).hasSize(1);
        settings = dictionary(children(plist).getFirst());
    }

    @Test
    void everyKeyIsOneOfLaunchds() {
        assertThat(settings.keySet()).isSubsetOf(KEYS);
    }

    @Test
    void labelIsTheNameOfTheFile() {
        assertThat(text("Label") + ".plist")
                .isEqualTo(requireNonNull(FILE.getFileName()).toString());
    }

    @Test
    void agentIsKeptAliveWithoutHaste() {
        assertThat(setting("KeepAlive").getTagName()).isEqualTo("true");
        assertThat(setting("RunAtLoad").getTagName()).isEqualTo("true");
        assertThat(setting("ThrottleInterval").getTagName()).isEqualTo("integer");
        assertThat(text("Umask")).isEqualTo("63");
    }

    @Test
    void everySettingIsOneOfTheOperatorsAndTheRoleIsThatOfAnAgent() {
        Map<String, Element> variables = dictionary(setting("EnvironmentVariables"));

        assertThat(variables)
                .containsOnlyKeys(
                        "LMSTUDIO_OPERATOR_ROLE",
                        "LMSTUDIO_OPERATOR_NODE_NAME",
                        "QUARKUS_HTTP_HOST",
                        "QUARKUS_HTTP_PORT",
                        "LC_ALL");
        assertThat(requireNonNull(variables.get("LMSTUDIO_OPERATOR_ROLE")).getTextContent())
                .isEqualTo("agent");
    }

    @Test
    void shellBecomesJava() {
        List<Element> arguments = children(setting("ProgramArguments"));

        assertThat(arguments).hasSize(3).allSatisfy(argument -> assertThat(argument.getTagName())
                .isEqualTo("string"));
        assertThat(arguments.getLast().getTextContent())
                .contains(
                        "KUBECONFIG=\"$PWD/kubeconfig\" exec /usr/bin/java ",
                        "-XX:SharedArchiveFile=\"$PWD/classes.jsa\" ",
                        "-jar \"$PWD/quarkus-run.jar\" ");
    }

    private String text(String key) {
        return setting(key).getTextContent();
    }

    private Element setting(String key) {
        return requireNonNull(settings.get(key), key);
    }

    /** Keys and values alternate. */
    private static Map<String, Element> dictionary(Element dict) {
        assertThat(dict.getTagName()).isEqualTo("dict");
        List<Element> content = children(dict);
        Map<String, Element> entries = new HashMap<>();
        for (int i = 0; i < content.size(); i += 2) {
            assertThat(content.get(i).getTagName()).isEqualTo("key");
            assertThat(entries.put(content.get(i).getTextContent(), content.get(i + 1)))
                    .isNull();
        }
        return entries;
    }

    private static List<Element> children(Node parent) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .toList();
    }
}
