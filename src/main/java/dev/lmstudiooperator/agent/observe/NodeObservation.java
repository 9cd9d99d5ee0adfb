package dev.lmstudiooperator.agent.observe;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import java.util.List;

/**
 * What is known of one LM Studio.
 *
 * @param loaded what {@code lms ps} lists: the source of truth
 * @param downloaded what {@code lms ls} lists
 * @param served what the HTTP API lists: the second witness
 */
public record NodeObservation(
        Reading<List<Instance>> loaded, Reading<List<DownloadedModel>> downloaded, Reading<Served> served) {}
