package dev.lmstudiooperator.controller.modelset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Tests the names of the ManagedModels of a set. */
class NamesTest {

    @Test
    void replicaOfAnyNodeHasFiveCharactersAfterTheNameOfTheSet() {
        assertThat(Names.ofReplica("chat", "uid-1", 0)).matches("chat-[bcdfghjklmnpqrstvwxz2456789]{5}");
    }

    @Test
    void indexAndSetDecideTheName() {
        Set<String> names = new HashSet<>();
        for (int index = 0; index < 100; index++) {
            names.add(Names.ofReplica("chat", "uid-1", index));
        }

        assertThat(names).hasSizeGreaterThan(98);
        assertThat(Names.ofReplica("chat", "uid-1", 0)).isNotEqualTo(Names.ofReplica("chat", "uid-2", 0));
    }

    @Test
    void replicaOfANodeHasTheNameOfTheNode() {
        assertThat(Names.ofReplica("chat", "gpu-1")).isEqualTo("chat-gpu-1");
        assertThat(Names.ofReplica("chat", "n".repeat(58))).isEqualTo("chat-" + "n".repeat(58));
    }

    @Test
    void longNameIsCutAndDistinguishedByAHash() {
        String node = "n".repeat(59);

        assertThat(Names.ofReplica("chat", node))
                .matches("chat-n{52}-[a-z0-9]{5}")
                .hasSize(63);
        assertThat(Names.ofReplica("chat", node + "1")).isNotEqualTo(Names.ofReplica("chat", node + "2"));
        assertThat(Names.ofReplica("chat", "n".repeat(51) + ".-" + node)).matches("chat-n{51}-[a-z0-9]{5}");
    }

    @Property
    void nameOfANodeIsAValidName(
            @ForAll @StringLength(min = 1, max = 248) @CharRange(from = 'a', to = 'z') String node) {
        assertThat(Names.ofReplica("s".repeat(63), node))
                .hasSizeLessThanOrEqualTo(63)
                .matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
    }
}
