package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests which other ManagedModels claim the identifier of one. */
class IdentifierClaimsTest {

    private static final String TEN = "2026-01-01T10:00:00Z";

    private final ManagedModel model = model("chat", "uid-5", TEN);

    @Test
    void modelAloneHasNoRivals() {
        assertThat(claims(model)).isEqualTo(new IdentifierClaims(null, null));
    }

    @Test
    void ageDecides() {
        ManagedModel older = model("older", "uid-9", "2026-01-01T09:59:59Z");
        ManagedModel younger = model("younger", "uid-1", "2026-01-01T10:00:01Z");

        assertThat(claims(younger, model, older)).isEqualTo(new IdentifierClaims("team/older", "team/younger"));
        assertThat(claims(model, older)).isEqualTo(new IdentifierClaims("team/older", null));
        assertThat(claims(younger, model)).isEqualTo(new IdentifierClaims(null, "team/younger"));
    }

    @Test
    void uidDecidesForTheSameAge() {
        assertThat(claims(model("first", "uid-4", TEN), model("last", "uid-6", TEN)))
                .isEqualTo(new IdentifierClaims("team/first", "team/last"));
    }

    @Test
    void oldestAndNextYoungerAreNamed() {
        assertThat(claims(
                        model("second", "uid-2", TEN),
                        model("first", "uid-1", TEN),
                        model("fourth", "uid-9", TEN),
                        model("third", "uid-8", TEN)))
                .isEqualTo(new IdentifierClaims("team/first", "team/third"));
    }

    @Test
    void deletedModelClaimsTheIdentifierOnlyAsTheOlderOne() {
        ManagedModel older = model("older", "uid-1", TEN);
        older.getMetadata().setDeletionTimestamp("2026-01-01T11:00:00Z");
        ManagedModel younger = model("younger", "uid-9", TEN);
        younger.getMetadata().setDeletionTimestamp("2026-01-01T11:00:00Z");

        assertThat(claims(older, younger)).isEqualTo(new IdentifierClaims("team/older", null));
    }

    private IdentifierClaims claims(ManagedModel... naming) {
        return IdentifierClaims.of(model, Stream.of(naming));
    }

    private static ManagedModel model(String name, String uid, String created) {
        ManagedModel model = ManagedModels.chat();
        model.getMetadata().setName(name);
        model.getMetadata().setUid(uid);
        model.getMetadata().setCreationTimestamp(created);
        return model;
    }
}
